using System.Buffers.Binary;
using ObjectServer.Storage.Model;

namespace ObjectServer.Checksums;

/// <summary>
/// The CRC of parts laid end to end, from the parts' own CRCs and lengths: how a full-object checksum of a multipart
/// upload is had without reading a byte again.
/// </summary>
/// <remarks>
/// crc(A B) = crc(A) * x^(8 |B|) + crc(B), modulo the polynomial. The factor costs one multiplication per set bit of
/// the length, and is kept for the next part, which is nearly always as long: ten thousand parts take about a
/// millisecond.
/// </remarks>
internal sealed class CrcCombination
{
    private readonly CrcPolynomial _polynomial;
    private ulong _crc;
    private long _lastLength;
    private ulong _lastShift;

    /// <param name="algorithm">CRC32, CRC32C or CRC64NVME.</param>
    /// <exception cref="ArgumentOutOfRangeException">The algorithm is no CRC.</exception>
    public CrcCombination(ChecksumAlgorithm algorithm)
    {
        _polynomial = PolynomialOf(algorithm)
            ?? throw new ArgumentOutOfRangeException(nameof(algorithm), algorithm, "Only CRCs can be combined.");
        _lastShift = _polynomial.Shift(0);
    }

    /// <summary>Whether checksums of this algorithm can be combined.</summary>
    public static bool IsPossible(ChecksumAlgorithm algorithm) => PolynomialOf(algorithm) is not null;

    /// <summary>Lays the next part behind those before it.</summary>
    /// <param name="digest">The part's CRC, big-endian.</param>
    /// <param name="length">The part's length in bytes.</param>
    public void Append(ReadOnlySpan<byte> digest, long length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        if (length != _lastLength)
        {
            _lastShift = _polynomial.Shift(length);
            _lastLength = length;
        }

        _crc = _polynomial.Multiply(_crc, _lastShift) ^ ReadCrc(_polynomial, digest);
    }

    /// <summary>The CRC of everything so far, big-endian.</summary>
    public byte[] Finish()
    {
        var digest = new byte[_polynomial.Width / 8];
        WriteCrc(_polynomial, _crc, digest);
        return digest;
    }

    internal static CrcPolynomial? PolynomialOf(ChecksumAlgorithm algorithm) => algorithm switch
    {
        ChecksumAlgorithm.Crc32 => CrcPolynomial.Crc32,
        ChecksumAlgorithm.Crc32C => CrcPolynomial.Crc32C,
        ChecksumAlgorithm.Crc64Nvme => CrcPolynomial.Crc64Nvme,
        _ => null,
    };

    internal static void WriteCrc(CrcPolynomial polynomial, ulong crc, Span<byte> digest)
    {
        if (polynomial.Width == 32)
        {
            BinaryPrimitives.WriteUInt32BigEndian(digest, (uint)crc);
        }
        else
        {
            BinaryPrimitives.WriteUInt64BigEndian(digest, crc);
        }
    }

    private static ulong ReadCrc(CrcPolynomial polynomial, ReadOnlySpan<byte> digest) =>
        polynomial.Width == 32
            ? BinaryPrimitives.ReadUInt32BigEndian(digest)
            : BinaryPrimitives.ReadUInt64BigEndian(digest);
}
