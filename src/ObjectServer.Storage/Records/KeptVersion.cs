using System.Collections.Immutable;
using ObjectServer.Storage.Metadata;
using ObjectServer.Storage.Model;

namespace ObjectServer.Storage.Records;

/// <summary>
/// One version as it is kept in the spaces <c>o</c>, <c>d</c> and <c>v</c>: the summary holds what listings and
/// conditions need, the record everything else. The record is the same bytes wherever the version lies; the summary of an
/// older one says besides which version took its place.
/// </summary>
internal sealed record KeptVersion(ObjectVersion Version, ContentReference Content)
{
    public ulong Sequence => Version.Sequence;

    public ReadOnlyMemory<byte> EncodeSummary()
    {
        var writer = new FieldWriter();
        writer.Number(1, Version.Sequence);
        if (VersionIds.TryRead(Version.VersionId, out _, out var nonce))
        {
            writer.Fixed(2, nonce);
        }

        writer.Time(3, Version.LastModified);
        writer.Flag(4, Version.IsDeleteMarker);
        writer.Number(5, Version.Size);
        writer.ETag(6, 7, 8, Version.ETag);
        writer.Owner(9, 10, Version.OwnerId);
        writer.StorageClass(11, Version.StorageClass);
        if (Version.Checksum is { } checksum)
        {
            writer.Number(12, (ulong)checksum.Algorithm);
            writer.Number(13, (ulong)checksum.Type);
        }

        if (Version.Storage.Restore is { } restore)
        {
            writer.Time(14, restore.Requested);
            writer.Time(15, restore.Ready);
            if (restore.Expires is { } expires)
            {
                writer.Time(16, expires);
            }

            writer.Number(17, (ulong)restore.Tier);
        }

        writer.Number(18, Version.Successor);
        return writer.Written;
    }

    public ReadOnlyMemory<byte> EncodeRecord()
    {
        var writer = new FieldWriter();
        writer.Number(1, (ulong)Content.Kind);
        if (Content.IsCounted)
        {
            writer.Id(2, Content.Id);
        }

        if (Version.Checksum is { } checksum)
        {
            writer.Bytes(3, checksum.Digest.Span);
        }

        writer.Number(4, Version.PartCount);
        writer.Text(5, Version.Metadata.ContentType);
        writer.Text(6, Version.Metadata.CacheControl);
        writer.Text(7, Version.Metadata.ContentDisposition);
        writer.Text(8, Version.Metadata.ContentEncoding);
        writer.Text(9, Version.Metadata.ContentLanguage);
        writer.Text(10, Version.Metadata.Expires);
        writer.Text(11, Version.Metadata.WebsiteRedirectLocation);
        writer.Pairs(12, Version.Metadata.User);
        writer.Tags(13, Version.Tags);
        writer.Document(14, Version.Acl);
        KeptLock.Write(writer, 15, Version.Retention, Version.LegalHold);
        writer.Number(18, (ulong)Content.Place);
        if (Version.Storage.AccessedUntil is { } accessed)
        {
            writer.Time(19, accessed);
        }

        return writer.Written;
    }

    public static KeptVersion Decode(ObjectKey key, MetadataReading reading, bool isLatest)
    {
        var listed = DecodeSummary(key, reading.Summary, isLatest, out var sequence);
        var (kind, id, partCount) = (ContentKind.None, Guid.Empty, 0);
        ReadOnlyMemory<byte> digest = default;
        string? type = null, cache = null, disposition = null, encoding = null, language = null, expires = null;
        string? redirect = null;
        ImmutableArray<KeyValuePair<string, string>>.Builder? user = null;
        ImmutableArray<Tag>.Builder? tags = null;
        SettingDocument? acl = null;
        var held = new KeptLock(15);
        var (place, storage) = ((byte)0, listed.Storage);

        var fields = new FieldReader(reading.Record.Span);
        while (fields.Next())
        {
            switch (fields.Field)
            {
                case 1:
                    kind = (ContentKind)fields.Value;
                    break;
                case 2:
                    id = fields.Id;
                    break;
                case 3:
                    digest = fields.Bytes.ToArray();
                    break;
                case 4:
                    partCount = checked((int)fields.Value);
                    break;
                case 5:
                    type = fields.Text;
                    break;
                case 6:
                    cache = fields.Text;
                    break;
                case 7:
                    disposition = fields.Text;
                    break;
                case 8:
                    encoding = fields.Text;
                    break;
                case 9:
                    language = fields.Text;
                    break;
                case 10:
                    expires = fields.Text;
                    break;
                case 11:
                    redirect = fields.Text;
                    break;
                case 12:
                    (user ??= ImmutableArray.CreateBuilder<KeyValuePair<string, string>>()).Add(fields.Pair);
                    break;
                case 13:
                    (tags ??= ImmutableArray.CreateBuilder<Tag>()).Add(fields.Tag);
                    break;
                case 14:
                    acl = fields.Document;
                    break;
                case 18:
                    place = fields.Byte;
                    break;
                case 19:
                    storage = storage with { AccessedUntil = fields.Time };
                    break;
                default:
                    held.Read(in fields);
                    break;
            }
        }

        var version = new ObjectVersion
        {
            Sequence = sequence,
            Successor = listed.Successor,
            Key = key,
            VersionId = listed.VersionId,
            LastModified = listed.LastModified,
            IsLatest = isLatest,
            IsDeleteMarker = listed.IsDeleteMarker,
            Size = listed.Size,
            ETag = listed.ETag,
            OwnerId = listed.OwnerId,
            Storage = storage,
            PartCount = partCount,
            Tags = tags?.DrainToImmutable() ?? [],
            Acl = acl,
            Retention = held.Retention,
            LegalHold = held.LegalHold,
            Checksum = listed is { ChecksumAlgorithm: { } algorithm, ChecksumType: { } checksumType }
                ? new ObjectChecksum(algorithm, checksumType, digest)
                : null,
            Metadata = new ObjectMetadata
            {
                ContentType = type,
                CacheControl = cache,
                ContentDisposition = disposition,
                ContentEncoding = encoding,
                ContentLanguage = language,
                Expires = expires,
                WebsiteRedirectLocation = redirect,
                User = user?.DrainToImmutable() ?? [],
            },
        };
        return new KeptVersion(version, new ContentReference(kind, id, place));
    }

    /// <summary>What a listing shows, from the summary alone.</summary>
    public static ListedVersion DecodeSummary(
        ObjectKey key, ReadOnlyMemory<byte> summary, bool isLatest, out ulong sequence, ulong revision = 0)
    {
        sequence = 0;
        ulong? nonce = null;
        var (modified, isMarker, size) = (DateTimeOffset.UnixEpoch, false, 0L);
        ReadOnlySpan<byte> digest = default;
        var eTagParts = 0UL;
        var (eTag, owner) = ("", "");
        var storage = StorageState.Standard;
        DateTimeOffset requested = default, ready = default;
        DateTimeOffset? expires = null;
        RetrievalTier tier = default;
        ChecksumAlgorithm? algorithm = null;
        ChecksumType? checksumType = null;
        var successor = 0UL;

        var fields = new FieldReader(summary.Span);
        while (fields.Next())
        {
            switch (fields.Field)
            {
                case 1:
                    sequence = fields.Value;
                    break;
                case 2:
                    nonce = fields.Fixed;
                    break;
                case 3:
                    modified = fields.Time;
                    break;
                case 4:
                    isMarker = fields.Flag;
                    break;
                case 5:
                    size = fields.Signed;
                    break;
                case 6:
                    digest = fields.Bytes;
                    break;
                case 7:
                    eTagParts = fields.Value;
                    break;
                case 8:
                    eTag = fields.Text;
                    break;
                case 9:
                    owner = Convert.ToHexStringLower(fields.Bytes);
                    break;
                case 10:
                    owner = fields.Text;
                    break;
                case 11:
                    storage = StorageState.Of(fields.Text);
                    break;
                case 12:
                    algorithm = (ChecksumAlgorithm)fields.Value;
                    break;
                case 13:
                    checksumType = (ChecksumType)fields.Value;
                    break;
                case 14:
                    requested = fields.Time;
                    break;
                case 15:
                    ready = fields.Time;
                    break;
                case 16:
                    expires = fields.Time;
                    break;
                case 17:
                    tier = (RetrievalTier)fields.Value;
                    break;
                case 18:
                    successor = fields.Value;
                    break;
            }
        }

        return new ListedVersion
        {
            Sequence = sequence,
            Revision = revision,
            Successor = successor,
            Key = key,
            VersionId = nonce is { } made ? VersionIds.Make(sequence, made) : VersionId.Null,
            LastModified = modified,
            IsLatest = isLatest,
            IsDeleteMarker = isMarker,
            Size = size,
            ETag = digest.IsEmpty ? eTag : CompactFields.ETag(digest, eTagParts),
            OwnerId = owner,
            Storage = tier == default ? storage : storage with { Restore = new(requested, ready, expires, tier) },
            ChecksumAlgorithm = algorithm,
            ChecksumType = checksumType,
        };
    }
}
