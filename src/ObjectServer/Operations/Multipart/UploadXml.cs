using ObjectServer.Checksums;
using ObjectServer.Storage.Model;
using ObjectServer.Xml;

namespace ObjectServer.Operations.Multipart;

/// <summary>The elements that answers about uploads have in common.</summary>
internal static class UploadXml
{
    /// <summary>A checksum under the name of its algorithm, e.g. <c>ChecksumCRC32</c>.</summary>
    /// <param name="xml">Where to write.</param>
    /// <param name="checksum">Of an object or a part.</param>
    /// <param name="partCount">How many parts a composite one covers.</param>
    public static S3XmlWriter Checksum(this S3XmlWriter xml, ObjectChecksum checksum, int partCount) =>
        xml.Element(ChecksumNames.Of(checksum.Algorithm).Element, CompositeChecksum.Format(checksum, partCount));
}
