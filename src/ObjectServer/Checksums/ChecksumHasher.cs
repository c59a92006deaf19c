using System.IO.Hashing;
using System.Security.Cryptography;
using ObjectServer.Storage.Model;

namespace ObjectServer.Checksums;

/// <summary>Computes one checksum of bytes that come in any number of pieces.</summary>
internal abstract class ChecksumHasher : IDisposable
{
    private ChecksumHasher(ChecksumAlgorithm algorithm) => Algorithm = algorithm;

    public ChecksumAlgorithm Algorithm { get; }

    /// <summary>Begins the checksum of no bytes.</summary>
    public static ChecksumHasher Create(ChecksumAlgorithm algorithm) => algorithm switch
    {
        ChecksumAlgorithm.Crc32 or ChecksumAlgorithm.Crc32C or ChecksumAlgorithm.Crc64Nvme =>
            new Crc(algorithm, CrcCombination.PolynomialOf(algorithm)!),
        ChecksumAlgorithm.Sha1 => new Cryptographic(algorithm, HashAlgorithmName.SHA1),
        ChecksumAlgorithm.Sha256 => new Cryptographic(algorithm, HashAlgorithmName.SHA256),
        ChecksumAlgorithm.Sha512 => new Cryptographic(algorithm, HashAlgorithmName.SHA512),
        ChecksumAlgorithm.Md5 => new Cryptographic(algorithm, HashAlgorithmName.MD5),
        ChecksumAlgorithm.XxHash64 => new NonCryptographic(algorithm, new XxHash64()),
        ChecksumAlgorithm.XxHash3 => new NonCryptographic(algorithm, new XxHash3()),
        ChecksumAlgorithm.XxHash128 => new NonCryptographic(algorithm, new XxHash128()),
        _ => throw new ArgumentOutOfRangeException(nameof(algorithm), algorithm, "No such algorithm."),
    };

    /// <summary>The checksum of bytes that are all at hand.</summary>
    public static byte[] Hash(ChecksumAlgorithm algorithm, ReadOnlySpan<byte> bytes)
    {
        using var hasher = Create(algorithm);
        hasher.Append(bytes);
        return hasher.Finish();
    }

    public abstract void Append(ReadOnlySpan<byte> bytes);

    /// <summary>Gives the digest of everything in S3's (big-endian) order, and ends the hasher's use.</summary>
    /// <param name="digest">Of this, <see cref="ChecksumNaming.DigestBytes"/> are written.</param>
    public abstract void Finish(Span<byte> digest);

    /// <summary>The same, as an array.</summary>
    public byte[] Finish()
    {
        var digest = new byte[ChecksumNames.Of(Algorithm).DigestBytes];
        Finish(digest);
        return digest;
    }

    public abstract void Dispose();

    private sealed class Crc(ChecksumAlgorithm algorithm, CrcPolynomial polynomial) : ChecksumHasher(algorithm)
    {
        private ulong _register = polynomial.Mask;

        public override void Append(ReadOnlySpan<byte> bytes) => _register = polynomial.Append(_register, bytes);

        public override void Finish(Span<byte> digest) =>
            CrcCombination.WriteCrc(polynomial, _register ^ polynomial.Mask, digest);

        public override void Dispose()
        {
        }
    }

    private sealed class Cryptographic(ChecksumAlgorithm algorithm, HashAlgorithmName name) : ChecksumHasher(algorithm)
    {
        private readonly IncrementalHash _hash = IncrementalHash.CreateHash(name);

        public override void Append(ReadOnlySpan<byte> bytes) => _hash.AppendData(bytes);

        public override void Finish(Span<byte> digest) => _hash.GetHashAndReset(digest);

        public override void Dispose() => _hash.Dispose();
    }

    private sealed class NonCryptographic(ChecksumAlgorithm algorithm, NonCryptographicHashAlgorithm hash)
        : ChecksumHasher(algorithm)
    {
        public override void Append(ReadOnlySpan<byte> bytes) => hash.Append(bytes);

        public override void Finish(Span<byte> digest) => hash.GetHashAndReset(digest);

        public override void Dispose()
        {
        }
    }
}
