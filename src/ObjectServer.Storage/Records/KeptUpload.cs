using System.Collections.Immutable;
using ObjectServer.Storage.Metadata;
using ObjectServer.Storage.Model;

namespace ObjectServer.Storage.Records;

/// <summary>
/// An upload in progress, in the space <c>u</c>: the summary holds what listings show, the record what the object will be.
/// </summary>
internal static class KeptUpload
{
    /// <summary>Upload ids are 16 bytes that begin with the time, written as 32 hex digits, so that both forms order alike.</summary>
    public static string FormatId(Guid id) => id.ToString("N");

    /// <summary>False for a text that was not made here.</summary>
    public static bool TryParseId(string text, out Guid id) =>
        Guid.TryParseExact(text, "N", out id) && !text.AsSpan().ContainsAnyInRange('A', 'F');

    public static ReadOnlyMemory<byte> EncodeSummary(UploadRecord upload)
    {
        var writer = new FieldWriter();
        writer.Time(1, upload.Initiated);
        writer.Owner(2, 3, upload.OwnerId);
        writer.StorageClass(4, upload.StorageClass);
        writer.Number(5, (ulong)(upload.ChecksumAlgorithm ?? default));
        writer.Number(6, (ulong)(upload.ChecksumType ?? default));
        if (upload.InitiatorId is { } initiator)
        {
            writer.Owner(7, 8, initiator);
        }

        return writer.Written;
    }

    public static ReadOnlyMemory<byte> EncodeRecord(UploadRecord upload)
    {
        var writer = new FieldWriter();
        writer.Text(1, upload.Metadata.ContentType);
        writer.Text(2, upload.Metadata.CacheControl);
        writer.Text(3, upload.Metadata.ContentDisposition);
        writer.Text(4, upload.Metadata.ContentEncoding);
        writer.Text(5, upload.Metadata.ContentLanguage);
        writer.Text(6, upload.Metadata.Expires);
        writer.Text(7, upload.Metadata.WebsiteRedirectLocation);
        writer.Pairs(8, upload.Metadata.User);
        writer.Tags(9, upload.Tags);
        writer.Document(10, upload.Acl);
        KeptLock.Write(writer, 11, upload.Retention, upload.LegalHold);
        return writer.Written;
    }

    /// <summary>The whole upload.</summary>
    public static UploadRecord Decode(ObjectKey key, Guid id, MetadataReading reading)
    {
        string? type = null, cache = null, disposition = null, encoding = null, language = null, expires = null;
        string? redirect = null;
        var user = ImmutableArray.CreateBuilder<KeyValuePair<string, string>>();
        var tags = ImmutableArray.CreateBuilder<Tag>();
        SettingDocument? acl = null;
        var held = new KeptLock(11);
        var fields = new FieldReader(reading.Record.Span);
        while (fields.Next())
        {
            switch (fields.Field)
            {
                case 1:
                    type = fields.Text;
                    break;
                case 2:
                    cache = fields.Text;
                    break;
                case 3:
                    disposition = fields.Text;
                    break;
                case 4:
                    encoding = fields.Text;
                    break;
                case 5:
                    language = fields.Text;
                    break;
                case 6:
                    expires = fields.Text;
                    break;
                case 7:
                    redirect = fields.Text;
                    break;
                case 8:
                    user.Add(fields.Pair);
                    break;
                case 9:
                    tags.Add(fields.Tag);
                    break;
                case 10:
                    acl = fields.Document;
                    break;
                default:
                    held.Read(in fields);
                    break;
            }
        }

        return DecodeSummary(key, id, reading.Summary) with
        {
            Tags = tags.DrainToImmutable(),
            Acl = acl,
            Retention = held.Retention,
            LegalHold = held.LegalHold,
            Metadata = new ObjectMetadata
            {
                ContentType = type,
                CacheControl = cache,
                ContentDisposition = disposition,
                ContentEncoding = encoding,
                ContentLanguage = language,
                Expires = expires,
                WebsiteRedirectLocation = redirect,
                User = user.DrainToImmutable(),
            },
        };
    }

    /// <summary>What a listing shows, from the summary alone.</summary>
    public static UploadRecord DecodeSummary(ObjectKey key, Guid id, ReadOnlyMemory<byte> summary)
    {
        var (initiated, owner, storageClass) = (DateTimeOffset.UnixEpoch, "", "STANDARD");
        ChecksumAlgorithm? algorithm = null;
        ChecksumType? checksumType = null;
        string? initiator = null;
        var fields = new FieldReader(summary.Span);
        while (fields.Next())
        {
            switch (fields.Field)
            {
                case 1:
                    initiated = fields.Time;
                    break;
                case 2:
                    owner = Convert.ToHexStringLower(fields.Bytes);
                    break;
                case 3:
                    owner = fields.Text;
                    break;
                case 4:
                    storageClass = fields.Text;
                    break;
                case 5:
                    algorithm = (ChecksumAlgorithm)fields.Value;
                    break;
                case 6:
                    checksumType = (ChecksumType)fields.Value;
                    break;
                case 7:
                    initiator = Convert.ToHexStringLower(fields.Bytes);
                    break;
                case 8:
                    initiator = fields.Text;
                    break;
            }
        }

        return new UploadRecord
        {
            UploadId = FormatId(id),
            Key = key,
            Initiated = initiated,
            OwnerId = owner,
            InitiatorId = initiator,
            StorageClass = storageClass,
            ChecksumAlgorithm = algorithm,
            ChecksumType = checksumType,
        };
    }
}
