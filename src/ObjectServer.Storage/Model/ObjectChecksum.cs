namespace ObjectServer.Storage.Model;

/// <summary>The checksum algorithms of the S3 contract. The numbers are on disk: they only grow.</summary>
public enum ChecksumAlgorithm : byte
{
    Crc32 = 1,
    Crc32C = 2,
    Crc64Nvme = 3,
    Sha1 = 4,
    Sha256 = 5,
    Sha512 = 6,
    Md5 = 7,
    XxHash64 = 8,
    XxHash3 = 9,
    XxHash128 = 10,
}

/// <summary>Whether a checksum covers the object's bytes, or the digests of its parts. The numbers are on disk.</summary>
public enum ChecksumType : byte
{
    FullObject = 1,
    Composite = 2,
}

/// <summary>One checksum of an object or a part.</summary>
/// <param name="Algorithm">How it was computed.</param>
/// <param name="Type">What it covers.</param>
/// <param name="Digest">The raw digest, 4 to 64 bytes, in the order in which S3 encodes it (big-endian for CRCs).</param>
public sealed record ObjectChecksum(ChecksumAlgorithm Algorithm, ChecksumType Type, ReadOnlyMemory<byte> Digest)
{
    public bool Equals(ObjectChecksum? other) =>
        other is not null
        && Algorithm == other.Algorithm
        && Type == other.Type
        && Digest.Span.SequenceEqual(other.Digest.Span);

    public override int GetHashCode()
    {
        var hash = new HashCode();
        hash.Add(Algorithm);
        hash.Add(Type);
        hash.AddBytes(Digest.Span);
        return hash.ToHashCode();
    }
}
