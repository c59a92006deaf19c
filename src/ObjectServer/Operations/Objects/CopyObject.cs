using System.Buffers;
using Microsoft.AspNetCore.Http;
using ObjectServer.AccessControl;
using ObjectServer.Addressing;
using ObjectServer.Archives;
using ObjectServer.Authorization;
using ObjectServer.Checksums;
using ObjectServer.Errors;
using ObjectServer.Http;
using ObjectServer.Lifecycle;
using ObjectServer.Messages;
using ObjectServer.Operations.Locking;
using ObjectServer.Operations.Tagging;
using ObjectServer.Storage;
using ObjectServer.Storage.Model;

namespace ObjectServer.Operations.Objects;

/// <summary>PUT /{bucket}/{key} with <c>x-amz-copy-source</c>: makes an object of another one's bytes.</summary>
/// <remarks>
/// The bytes are shared, so the copy keeps the source's ETag, also one of a multipart upload, for which S3 would make a
/// new one. They are read only for a checksum that cannot be had without: of an algorithm that the source lacks, or
/// of the whole object where the source has one of its parts that is no CRC.
/// https://docs.aws.amazon.com/AmazonS3/latest/API/API_CopyObject.html
/// </remarks>
internal sealed class CopyObject(
    ObjectStore objects,
    BucketStore buckets,
    AccessRules rules,
    ArchiveRules archives,
    LifecycleCalendar calendar) : S3Operation
{
    /// <summary>Tries for a source that is replaced between being found and being copied.</summary>
    private const int MaxAttempts = 8;

    private const int BlockBytes = 256 * 1024;

    private readonly CopySourceReader _sources = new(buckets);

    public override S3Route Route { get; } = new(HttpMethods.Put, TargetKind.Object) { Header = CopySource.Header };

    public override TakenHeaders Takes => TakenHeaders.Acl | TakenHeaders.Lock;

    public override S3Action ActionFor(S3Target target) => S3Action.PutObject;

    public override IEnumerable<S3Action> FurtherActionsFor(
        S3Target target, IHeaderDictionary headers, BucketRecord? bucket) =>
        WriteDemands.Of(headers, bucket!);

    public override async ValueTask<S3Response> ExecuteAsync(S3Request request, CancellationToken cancellation)
    {
        var source = CopySource.Parse(request.Header(CopySource.Header) ?? "");
        var wish = Wish.Read(request, rules);
        var sourceBucket = await _sources.FindBucketAsync(request, source, cancellation);

        for (var attempt = 1; ; attempt++)
        {
            var found = await objects.FindAsync(sourceBucket, source.Key, source.VersionId, cancellation);
            await CopySourceReader.DemandAsync(request, sourceBucket, source, found, cancellation);
            var refusal = CopySourceReader.Judge(request, source, found)
                ?? archives.Judge(found!, sourceBucket, request.Now)
                ?? Judge(request, source, found!, wish);
            if (refusal is not null)
            {
                return refusal;
            }

            if (!wish.ReplacesTags && !found!.Tags.IsEmpty)
            {
                await DemandTagsAsync(request, sourceBucket, source, found, cancellation);
            }

            var checksum = await ChecksumAsync(sourceBucket, found!, wish.Checksum, cancellation);
            var written = wish.Make(request, found!) with { Checksum = checksum };
            var outcome = await objects.CopyAsync(sourceBucket, found!, request.Bucket, written, cancellation);
            switch (outcome)
            {
                case WriteOutcome.Written { Version: var copy }:
                    await archives.NoteAccessAsync(found!, sourceBucket, request.Now);
                    return Answer(request, sourceBucket, found!, copy);
                case WriteOutcome.SourceChanged when attempt < MaxAttempts:
                    continue;
                default:
                    return WriteAnswers.RefusalOf(outcome, request.Bucket, request.Key);
            }
        }
    }

    /// <summary>Tags that come along are read there and put here.</summary>
    private static async ValueTask DemandTagsAsync(
        S3Request request,
        BucketRecord sourceBucket,
        CopySource source,
        ObjectVersion found,
        CancellationToken cancellation)
    {
        var reading = source.VersionId is null ? S3Action.GetObjectTagging : S3Action.GetObjectVersionTagging;
        await request.Access.DemandAsync(
            reading, AccessTarget.Of(sourceBucket, source.Key, source.VersionId), cancellation);
        await request.Access.DemandAsync(
            S3Action.PutObjectTagging,
            AccessTarget.Of(request.Bucket, request.Key),
            new() { Tags = found.Tags },
            cancellation);
    }

    private static S3Error? Judge(S3Request request, CopySource source, ObjectVersion found, Wish wish)
    {
        if (found.Size > PutObject.MaxBytes)
        {
            return S3Errors.InvalidRequest.Saying(
                "The specified copy source is larger than the maximum allowable size for a copy source: "
                + PutObject.MaxBytes);
        }

        var isOntoItself = source.Bucket == request.Bucket.Name && source.Key == request.Key && found.IsLatest;
        return isOntoItself && !wish.ChangesSomething
            ? S3Errors.InvalidRequest.Saying(
                "This copy request is illegal because it is trying to copy an object to itself without changing the "
                + "object's metadata, storage class, website redirect location or encryption attributes.")
            : null;
    }

    /// <summary>The checksum of the whole object: the source's, one made of its parts', or one of the bytes.</summary>
    private async ValueTask<ObjectChecksum?> ChecksumAsync(
        BucketRecord bucket, ObjectVersion found, ChecksumAlgorithm? wanted, CancellationToken cancellation)
    {
        var kept = found.Checksum;
        var algorithm = wanted ?? kept?.Algorithm;
        if (algorithm is not { } chosen || (kept is { Type: ChecksumType.FullObject } && kept.Algorithm == chosen))
        {
            return kept;
        }

        // What is opened may be newer than what was found; then the copy fails and all is tried again.
        await using var stored = await objects.OpenAsync(bucket, found.Key, found.VersionId, cancellation);
        if (stored is null or { Version.IsDeleteMarker: true })
        {
            return kept;
        }

        var digest = Combine(await stored.ReadPartsAsync(cancellation), chosen)
            ?? await HashAsync(stored, chosen, cancellation);
        return new(chosen, ChecksumType.FullObject, digest);
    }

    /// <summary>The CRC of the whole, where every part has one of the algorithm; null where they do not.</summary>
    private static byte[]? Combine(IReadOnlyList<ObjectPart> parts, ChecksumAlgorithm algorithm)
    {
        if (parts.Count == 0
            || !CrcCombination.IsPossible(algorithm)
            || parts.Any(part => part.Checksum?.Algorithm != algorithm))
        {
            return null;
        }

        var combination = new CrcCombination(algorithm);
        foreach (var part in parts)
        {
            combination.Append(part.Checksum!.Digest.Span, part.Size);
        }

        return combination.Finish();
    }

    private static async ValueTask<byte[]> HashAsync(
        StoredObject stored, ChecksumAlgorithm algorithm, CancellationToken cancellation)
    {
        using var hasher = ChecksumHasher.Create(algorithm);
        var block = ArrayPool<byte>.Shared.Rent(BlockBytes);
        try
        {
            int read;
            for (long position = 0; position < stored.Version.Size; position += read)
            {
                read = await stored.ReadAsync(position, block.AsMemory(0, BlockBytes), cancellation);
                if (read == 0)
                {
                    throw new CorruptDataException($"The object ends at byte {position}, before its size.");
                }

                hasher.Append(block.AsSpan(0, read));
            }

            return hasher.Finish();
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(block);
        }
    }

    private S3Response Answer(
        S3Request request, BucketRecord sourceBucket, ObjectVersion source, ObjectVersion copy)
    {
        var response = S3Response.Xml(xml =>
        {
            xml.Root("CopyObjectResult")
                .Element("LastModified", copy.LastModified)
                .Element("ETag", EntityTags.Quote(copy.ETag));
            if (copy.Checksum is { } checksum)
            {
                xml.Element("ChecksumType", ChecksumNames.NameOf(checksum.Type))
                    .Element(
                        ChecksumNames.Of(checksum.Algorithm).Element,
                        CompositeChecksum.Format(checksum, copy.PartCount));
            }

            xml.End("CopyObjectResult");
        });
        var sourceVersion = sourceBucket.Versioning is VersioningState.Unversioned || source.VersionId.IsNull
            ? null
            : source.VersionId.ToString();
        return response
            .With("x-amz-copy-source-version-id", sourceVersion)
            .WithVersion(request.Bucket, copy.VersionId)
            .WithExpiration(request.Bucket, copy, calendar);
    }

    /// <summary>What the copy shall be, as far as the request says it.</summary>
    private sealed record Wish
    {
        public required ObjectHeaders Headers { get; init; }

        /// <summary>Whose it will be, and its ACL, which is never the source's.</summary>
        public required ObjectAccess Access { get; init; }

        /// <summary>Its lock, which is never the source's.</summary>
        public required WantedLock Lock { get; init; }

        /// <summary>Whether metadata comes from the request and not from the source.</summary>
        public required bool ReplacesMetadata { get; init; }

        /// <summary>Whether tags come from the request and not from the source.</summary>
        public required bool ReplacesTags { get; init; }

        /// <summary>The algorithm of the checksum to have; null for the source's.</summary>
        public required ChecksumAlgorithm? Checksum { get; init; }

        public required WriteConditions Conditions { get; init; }

        /// <summary>Whether copying an object onto itself makes any sense.</summary>
        public required bool ChangesSomething { get; init; }

        /// <summary>Reads the request.</summary>
        /// <exception cref="S3Exception">InvalidArgument: a directive; what the headers' readers refuse.</exception>
        public static Wish Read(S3Request request, AccessRules rules)
        {
            var replacesMetadata = ReadDirective(request, "x-amz-metadata-directive", "Unknown metadata directive.");
            var replacesTags = ReadDirective(request, "x-amz-tagging-directive", "Unknown tagging directive.");
            return new()
            {
                Headers = new(
                    replacesMetadata ? ObjectHeaders.ReadMetadata(request.Headers) : ObjectMetadata.Empty,
                    ObjectHeaders.ReadStorageClass(request.Headers) ?? ObjectHeaders.StandardClass,
                    replacesTags ? TagSets.ParseHeader(request.Header("x-amz-tagging")) : []),
                Access = rules.OfWrite(request.Headers, request.Bucket, request.Caller.CanonicalId),
                Lock = WantedLock.Read(request.Headers, request.Bucket, request.Now),
                ReplacesMetadata = replacesMetadata,
                ReplacesTags = replacesTags,
                Checksum = request.Header("x-amz-checksum-algorithm") is { Length: > 0 } name
                    ? ChecksumNames.ParseAlgorithm(name)
                    : null,
                Conditions = WriteConditionHeaders.Read(request.Headers),
                ChangesSomething = replacesMetadata
                    || ObjectHeaders.ReadStorageClass(request.Headers) is not null
                    || ObjectHeaders.ReadRedirect(request.Headers) is not null,
            };
        }

        /// <summary>The copy of a source. Its redirect location is never the source's.</summary>
        public NewObject Make(S3Request request, ObjectVersion source) => new()
        {
            Key = request.Key,
            ETag = source.ETag,
            OwnerId = Access.OwnerId,
            Acl = Access.Acl,
            Retention = Lock.Retention,
            LegalHold = Lock.LegalHold,
            StorageClass = Headers.StorageClass,
            Metadata = (ReplacesMetadata ? Headers.Metadata : source.Metadata) with
            {
                WebsiteRedirectLocation = ObjectHeaders.ReadRedirect(request.Headers),
            },
            Tags = ReplacesTags ? Headers.Tags : source.Tags,
            Conditions = Conditions,
        };

        /// <summary>Reads COPY, the default, or REPLACE.</summary>
        private static bool ReadDirective(S3Request request, string name, string complaint) =>
            request.Header(name) switch
            {
                null or "" => false,
                var copy when copy.Equals("COPY", StringComparison.OrdinalIgnoreCase) => false,
                var replace when replace.Equals("REPLACE", StringComparison.OrdinalIgnoreCase) => true,
                var other => throw new S3Exception(S3Errors.InvalidArgument
                    .Saying(complaint)
                    .With("ArgumentName", name)
                    .With("ArgumentValue", other)),
            };
    }
}
