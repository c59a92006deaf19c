using System.Globalization;
using ObjectServer.Storage.Model;

namespace ObjectServer.Checksums;

/// <summary>A checksum of parts' checksums: the digest of the raw digests laid end to end, in part order.</summary>
/// <remarks>https://docs.aws.amazon.com/AmazonS3/latest/userguide/checking-object-integrity-upload.html</remarks>
internal sealed class CompositeChecksum(ChecksumAlgorithm algorithm) : IDisposable
{
    private readonly ChecksumHasher _hasher = ChecksumHasher.Create(algorithm);

    /// <summary>Adds the raw digest of the next part.</summary>
    public void Append(ReadOnlySpan<byte> partDigest) => _hasher.Append(partDigest);

    /// <summary>The raw digest; on the wire it is followed by a dash and the number of parts.</summary>
    public byte[] Finish() => _hasher.Finish();

    /// <summary>A checksum as headers and XML show it: base64, and "-N" behind a composite one of N parts.</summary>
    public static string Format(ObjectChecksum checksum, int partCount)
    {
        var base64 = Convert.ToBase64String(checksum.Digest.Span);
        return checksum.Type is ChecksumType.Composite
            ? string.Create(CultureInfo.InvariantCulture, $"{base64}-{partCount}")
            : base64;
    }

    public void Dispose() => _hasher.Dispose();
}
