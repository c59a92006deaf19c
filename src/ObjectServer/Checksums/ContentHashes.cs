using ObjectServer.Storage.Model;

namespace ObjectServer.Checksums;

/// <summary>What was computed of some content.</summary>
/// <param name="Md5">16 bytes: the ETag, and what Content-MD5 is compared with.</param>
/// <param name="Sha256">32 bytes, where it was asked for: what a signed payload is compared with.</param>
/// <param name="Checksum">The raw digest of the chosen algorithm.</param>
internal sealed record ContentDigests(byte[] Md5, byte[]? Sha256, byte[] Checksum);

/// <summary>
/// Everything that one pass over content computes: its MD5, its SHA-256 where the payload is signed, and one checksum.
/// </summary>
/// <remarks>
/// MD5 takes longer than receiving, writing and all else together, so it can be left to somebody else
/// (<see cref="WithoutMd5"/>), whose digest is handed in at the end.
/// </remarks>
internal sealed class ContentHashes : IDisposable
{
    /// <summary>What S3 computes where the client chose nothing.</summary>
    public const ChecksumAlgorithm DefaultAlgorithm = ChecksumAlgorithm.Crc64Nvme;

    private readonly ChecksumHasher? _md5;
    private readonly ChecksumHasher? _sha256;
    private readonly ChecksumHasher? _checksum;
    private readonly ChecksumAlgorithm _algorithm;

    /// <param name="algorithm">The checksum to compute; it costs nothing where it is computed anyway.</param>
    /// <param name="needsSha256">Whether <see cref="ContentDigests.Sha256"/> is wanted.</param>
    public ContentHashes(ChecksumAlgorithm algorithm, bool needsSha256)
        : this(algorithm, needsSha256, ChecksumHasher.Create(ChecksumAlgorithm.Md5))
    {
    }

    private ContentHashes(ChecksumAlgorithm algorithm, bool needsSha256, ChecksumHasher? md5)
    {
        _md5 = md5;
        _algorithm = algorithm;
        _sha256 = needsSha256 ? ChecksumHasher.Create(ChecksumAlgorithm.Sha256) : null;
        var isComputedAnyway = algorithm is ChecksumAlgorithm.Md5
            || (algorithm is ChecksumAlgorithm.Sha256 && needsSha256);
        _checksum = isComputedAnyway ? null : ChecksumHasher.Create(algorithm);
    }

    /// <summary>Everything but the MD5, which <see cref="Finish(byte[])"/> gets.</summary>
    public static ContentHashes WithoutMd5(ChecksumAlgorithm algorithm, bool needsSha256) =>
        new(algorithm, needsSha256, md5: null);

    public void Append(ReadOnlySpan<byte> bytes)
    {
        _md5?.Append(bytes);
        _sha256?.Append(bytes);
        _checksum?.Append(bytes);
    }

    /// <summary>The digests of everything appended. Ends the use of this.</summary>
    public ContentDigests Finish() => Finish(_md5!.Finish());

    /// <summary>The same, with an MD5 that was computed elsewhere.</summary>
    public ContentDigests Finish(byte[] md5)
    {
        var sha256 = _sha256?.Finish();
        var checksum = _checksum?.Finish() ?? (_algorithm is ChecksumAlgorithm.Md5 ? md5 : sha256!);
        return new ContentDigests(md5, sha256, checksum);
    }

    public void Dispose()
    {
        _md5?.Dispose();
        _sha256?.Dispose();
        _checksum?.Dispose();
    }
}
