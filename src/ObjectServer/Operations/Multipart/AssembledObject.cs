using System.Globalization;
using ObjectServer.Checksums;
using ObjectServer.Errors;
using ObjectServer.Storage.Model;

namespace ObjectServer.Operations.Multipart;

/// <summary>
/// What an upload's parts make together. Nothing is read again: it all follows from the parts' own digests.
/// </summary>
/// <param name="Parts">The parts chosen, in order.</param>
/// <param name="Size">Bytes of all of them.</param>
/// <param name="ETag">Without quotes.</param>
/// <param name="Checksum">The object's; null only where a part has none.</param>
/// <remarks>
/// There is no largest sum to watch: 10,000 parts of 5 GiB are 48.8 TiB, which is what AWS calls its 50 TB.
/// https://docs.aws.amazon.com/AmazonS3/latest/userguide/qfacts.html
/// </remarks>
internal sealed record AssembledObject(
    IReadOnlyList<Storage.Model.UploadPart> Parts, long Size, string ETag, ObjectChecksum? Checksum)
{
    /// <summary>The least that a part must hold, unless it is the last one.</summary>
    public const long MinPartBytes = 5L << 20;

    /// <summary>Finds each chosen part among the stored ones and puts them together.</summary>
    /// <param name="upload">The upload.</param>
    /// <param name="chosen">Ascending by number, at least one.</param>
    /// <param name="stored">Ascending by number.</param>
    /// <exception cref="S3Exception">
    /// InvalidPart, InvalidRequest (a composite checksum needs every part's), BadDigest, EntityTooSmall.
    /// </exception>
    public static AssembledObject From(
        UploadRecord upload, IReadOnlyList<ChosenPart> chosen, IReadOnlyList<Storage.Model.UploadPart> stored)
    {
        var parts = Find(upload, chosen, stored);
        foreach (var part in parts.SkipLast(1))
        {
            if (part.Size < MinPartBytes)
            {
                throw new S3Exception(S3Errors.EntityTooSmall
                    .With("ProposedSize", Text(part.Size))
                    .With("MinSizeAllowed", Text(MinPartBytes))
                    .With("PartNumber", Text(part.Number))
                    .With("ETag", part.ETag));
            }
        }

        return new AssembledObject(
            parts, parts.Sum(part => part.Size), ETagOf(parts.Select(part => part.ETag))!, ChecksumOf(upload, parts));
    }

    /// <summary>The ETag of an object whose parts have these; null where one of them is no MD5.</summary>
    public static string? ETagOf(IEnumerable<string> partETags)
    {
        Span<byte> md5 = stackalloc byte[16];
        using var eTag = new MultipartETag();
        foreach (var partETag in partETags)
        {
            if (partETag.Length != 32
                || Convert.FromHexString(partETag, md5, out _, out _) is not System.Buffers.OperationStatus.Done)
            {
                return null;
            }

            eTag.Append(md5);
        }

        return eTag.Finish();
    }

    private static List<Storage.Model.UploadPart> Find(
        UploadRecord upload, IReadOnlyList<ChosenPart> chosen, IReadOnlyList<Storage.Model.UploadPart> stored)
    {
        var parts = new List<Storage.Model.UploadPart>(chosen.Count);
        var next = 0;
        foreach (var wanted in chosen)
        {
            while (next < stored.Count && stored[next].Number < wanted.Number)
            {
                next++;
            }

            if (next == stored.Count || stored[next].Number != wanted.Number || stored[next].ETag != wanted.ETag)
            {
                throw Invalid(upload, wanted);
            }

            CheckChecksums(upload, wanted, stored[next]);
            parts.Add(stored[next]);
        }

        return parts;
    }

    private static void CheckChecksums(UploadRecord upload, ChosenPart wanted, Storage.Model.UploadPart part)
    {
        var algorithm = UploadChecksums.OfParts(upload);
        foreach (var checksum in wanted.Checksums)
        {
            if (checksum.Algorithm != algorithm && upload.ChecksumAlgorithm is null)
            {
                // SDKs send a checksum of their own choice with parts of uploads that announced none, and name it here
                // again. It was verified when the part came, and the ETag shows that this still is that part.
                continue;
            }

            if (checksum.Algorithm != algorithm)
            {
                throw new S3Exception(S3Errors.BadDigest.Saying(
                    $"The {UploadChecksums.WireName(checksum.Algorithm)} you specified for part {wanted.Number} did "
                    + "not match what we received."));
            }

            if (part.Checksum is not { } kept
                || !ChecksumNames.TryParseDigest(algorithm, checksum.Base64, out var digest)
                || !kept.Digest.Span.SequenceEqual(digest))
            {
                throw Invalid(upload, wanted);
            }
        }

        if (wanted.Checksums.IsEmpty && UploadChecksums.OfObject(upload) == ChecksumType.Composite)
        {
            throw new S3Exception(S3Errors.InvalidRequest.Saying(
                $"The upload was created using a {UploadChecksums.WireName(algorithm)} checksum. The complete request "
                + $"must include the checksum for each part. It was missing for part {wanted.Number} in the request."));
        }
    }

    private static ObjectChecksum? ChecksumOf(UploadRecord upload, List<Storage.Model.UploadPart> parts)
    {
        if (parts.Exists(part => part.Checksum is null))
        {
            return null;
        }

        var algorithm = UploadChecksums.OfParts(upload);
        var type = UploadChecksums.OfObject(upload);
        if (type == ChecksumType.Composite)
        {
            using var composite = new CompositeChecksum(algorithm);
            foreach (var part in parts)
            {
                composite.Append(part.Checksum!.Digest.Span);
            }

            return new ObjectChecksum(algorithm, type, composite.Finish());
        }

        var combined = new CrcCombination(algorithm);
        foreach (var part in parts)
        {
            combined.Append(part.Checksum!.Digest.Span, part.Size);
        }

        return new ObjectChecksum(algorithm, type, combined.Finish());
    }

    private static S3Exception Invalid(UploadRecord upload, ChosenPart wanted) => new(S3Errors.InvalidPart
        .With("UploadId", upload.UploadId)
        .With("PartNumber", Text(wanted.Number))
        .With("ETag", wanted.ETag));

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
