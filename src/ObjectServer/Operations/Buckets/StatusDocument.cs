using System.Text;
using ObjectServer.Errors;
using ObjectServer.Messages;
using ObjectServer.Storage.Model;
using ObjectServer.Xml;

namespace ObjectServer.Operations.Buckets;

/// <summary>The documents of settings that are nothing but a status.</summary>
internal static class StatusDocument
{
    public const int MaxBytes = 16 * 1024;

    private const string Element = "Status";

    /// <summary>Reads one of a few words.</summary>
    /// <exception cref="S3Exception">MalformedXML.</exception>
    public static string Read(ReadOnlyMemory<byte> document, string rootName, params ReadOnlySpan<string> words) =>
        S3XmlReader.Parse(document, rootName).Children is [{ Name: Element } status] && words.Contains(status.Text)
            ? status.Text
            : throw new S3Exception(S3Errors.MalformedXML);

    /// <summary>The document of a status; an empty one of none.</summary>
    public static S3Response Answer(string rootName, string? status) =>
        S3Response.Xml(xml => xml.Root(rootName).Element(Element, status).End(rootName));

    /// <summary>A status as it is kept.</summary>
    public static byte[] Keep(string status) => Encoding.ASCII.GetBytes(status);

    /// <summary>The status that is kept; null where there is none.</summary>
    public static string? Find(BucketRecord bucket, BucketSetting setting) =>
        bucket.Settings.Find(setting) is { } kept ? Encoding.ASCII.GetString(kept.Bytes.Span) : null;
}
