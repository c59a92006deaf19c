using ObjectServer.AccessControl;
using ObjectServer.Checksums;
using ObjectServer.Http;
using ObjectServer.Storage.Model;
using ObjectServer.Xml;

namespace ObjectServer.Operations.Listing;

/// <summary>The elements that listings have in common.</summary>
internal static class ListingXml
{
    /// <summary>An ETag with its quotes.</summary>
    public static S3XmlWriter ETag(this S3XmlWriter xml, string eTag) => xml.Element("ETag", EntityTags.Quote(eTag));

    /// <summary>What checksum there is to ask for; nothing where there is none.</summary>
    public static S3XmlWriter ChecksumChoice(this S3XmlWriter xml, ChecksumAlgorithm? algorithm, ChecksumType? type)
    {
        if (algorithm is { } known)
        {
            xml.Element("ChecksumAlgorithm", ChecksumNames.Of(known).Name);
        }

        return type is { } covered ? xml.Element("ChecksumType", ChecksumNames.NameOf(covered)) : xml;
    }

    /// <summary>A <c>Contents</c> element.</summary>
    /// <param name="xml">Where to write.</param>
    /// <param name="found">What was found.</param>
    /// <param name="keys">How keys are shown.</param>
    /// <param name="owners">Who owns what; null where that is not shown.</param>
    /// <param name="restoresAt">The time at which restores are judged; null where they are not shown.</param>
    public static S3XmlWriter Contents(
        this S3XmlWriter xml, ListedVersion found, KeyEncoding keys, Owners? owners, DateTimeOffset? restoresAt)
    {
        xml.Start("Contents")
            .Element("Key", keys.Show(found.Key.Utf8))
            .Element("LastModified", found.LastModified)
            .ETag(found.ETag)
            .ChecksumChoice(found.ChecksumAlgorithm, found.ChecksumType)
            .Element("Size", found.Size);
        owners?.Write(xml, found.OwnerId);
        return xml.Element("StorageClass", found.StorageClass).RestoreStatus(found, restoresAt).End("Contents");
    }

    /// <summary>Whether an archived object is on its way back, or until when it is back; nothing of all others.</summary>
    /// <param name="xml">Where to write.</param>
    /// <param name="found">What was found.</param>
    /// <param name="at">The time at which that is judged; null where it is not shown.</param>
    public static S3XmlWriter RestoreStatus(this S3XmlWriter xml, ListedVersion found, DateTimeOffset? at)
    {
        if (at is not { } now || found.Storage.Restore is not { } restore || restore.IsOver(now))
        {
            return xml;
        }

        if (restore.IsOngoing(now))
        {
            return xml.Start("RestoreStatus").Element("IsRestoreInProgress", true).End("RestoreStatus");
        }

        return restore.Expires is { } expires
            ? xml.Start("RestoreStatus")
                .Element("IsRestoreInProgress", false)
                .Element("RestoreExpiryDate", expires)
                .End("RestoreStatus")
            : xml;
    }

    /// <summary>One <c>CommonPrefixes</c> element for each.</summary>
    public static S3XmlWriter CommonPrefixes(
        this S3XmlWriter xml, IEnumerable<ReadOnlyMemory<byte>> prefixes, KeyEncoding keys)
    {
        foreach (var prefix in prefixes)
        {
            xml.Start("CommonPrefixes").Element("Prefix", keys.Show(prefix.Span)).End("CommonPrefixes");
        }

        return xml;
    }
}
