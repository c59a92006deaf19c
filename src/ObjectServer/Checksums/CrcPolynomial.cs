using System.Buffers.Binary;
using System.Runtime.Intrinsics;

namespace ObjectServer.Checksums;

/// <summary>
/// A reflected CRC of 32 or 64 bits, whose register begins as all ones and is inverted at the end: CRC32, CRC32C and
/// CRC64NVME are this, with a polynomial each.
/// </summary>
/// <remarks>
/// Polynomials over GF(2) are kept reflected: of a value of <see cref="Width"/> bits, the lowest bit is the
/// coefficient of the highest power. Where the processor multiplies without carries, the bytes are folded: four
/// lanes of 16 bytes each are multiplied by the power of x that moves them 64 bytes on, and added to the bytes
/// there, until 16 bytes are left that have the same remainder as all of them. The table does the rest.
/// https://www.intel.com/content/dam/www/public/us/en/documents/white-papers/fast-crc-computation-generic-polynomials-pclmulqdq-paper.pdf
/// </remarks>
internal sealed class CrcPolynomial
{
    private const int LaneBytes = 16;
    private const int StrideBytes = 4 * LaneBytes;

    public static readonly CrcPolynomial Crc32 = new(32, 0xEDB88320);
    public static readonly CrcPolynomial Crc32C = new(32, 0x82F63B78);
    public static readonly CrcPolynomial Crc64Nvme = new(64, 0x9A6C9329AC4BC9B5);

    private readonly ulong _polynomial;

    /// <summary>Entry 256 k + b is the remainder of the byte b followed by k zero bytes.</summary>
    private readonly ulong[] _table = new ulong[8 * 256];

    /// <summary>Entry k is x to the power of 8 * 2^k: what k-th powers of two of zero bytes multiply by.</summary>
    private readonly ulong[] _zeroBytes = new ulong[63];

    private readonly Vector128<ulong> _foldByStride;
    private readonly Vector128<ulong> _foldByLane;

    private CrcPolynomial(int width, ulong polynomial)
    {
        Width = width;
        Mask = ulong.MaxValue >> (64 - width);
        _polynomial = polynomial;
        FillTable();
        _zeroBytes[0] = PowerOfX(8);
        for (var k = 1; k < _zeroBytes.Length; k++)
        {
            _zeroBytes[k] = Multiply(_zeroBytes[k - 1], _zeroBytes[k - 1]);
        }

        _foldByStride = FoldBy(8 * StrideBytes);
        _foldByLane = FoldBy(8 * LaneBytes);
    }

    /// <summary>Bits of the register: 32 or 64.</summary>
    public int Width { get; }

    /// <summary>A register of all ones: the CRC's beginning, and what its end is inverted by.</summary>
    public ulong Mask { get; }

    /// <summary>Takes bytes into a register that began as <see cref="Mask"/>.</summary>
    public ulong Append(ulong register, ReadOnlySpan<byte> bytes)
    {
        if (CarrylessProduct.IsFast && bytes.Length >= 2 * StrideBytes)
        {
            register = Fold(register, ref bytes);
        }

        return AppendByTable(register, bytes);
    }

    /// <summary>The same as <see cref="Append"/>, on any processor.</summary>
    internal ulong AppendByTable(ulong register, ReadOnlySpan<byte> bytes)
    {
        while (bytes.Length >= 8)
        {
            var next = register ^ BinaryPrimitives.ReadUInt64LittleEndian(bytes);
            register = _table[(7 * 256) + (byte)next]
                ^ _table[(6 * 256) + (byte)(next >> 8)]
                ^ _table[(5 * 256) + (byte)(next >> 16)]
                ^ _table[(4 * 256) + (byte)(next >> 24)]
                ^ _table[(3 * 256) + (byte)(next >> 32)]
                ^ _table[(2 * 256) + (byte)(next >> 40)]
                ^ _table[256 + (byte)(next >> 48)]
                ^ _table[(byte)(next >> 56)];
            bytes = bytes[8..];
        }

        foreach (var one in bytes)
        {
            register = _table[(byte)(register ^ one)] ^ (register >> 8);
        }

        return register;
    }

    /// <summary>What a CRC of bytes is to be multiplied by when <paramref name="count"/> bytes follow them.</summary>
    public ulong Shift(long count)
    {
        var shift = 1UL << (Width - 1);
        for (var k = 0; count != 0; k++, count >>= 1)
        {
            if ((count & 1) != 0)
            {
                shift = Multiply(shift, _zeroBytes[k]);
            }
        }

        return shift;
    }

    /// <summary>The product of two reflected polynomials, modulo this one.</summary>
    public ulong Multiply(ulong left, ulong right)
    {
        var product = 0UL;
        for (var bit = 1UL << (Width - 1); bit != 0; bit >>= 1)
        {
            // No branch: the bits of a CRC cannot be predicted.
            product ^= right & (0 - Convert.ToUInt64((left & bit) != 0));
            right = TimesX(right);
        }

        return product;
    }

    private ulong TimesX(ulong value) => (value >> 1) ^ (_polynomial & (0 - (value & 1)));

    private ulong PowerOfX(int exponent)
    {
        var power = 1UL << (Width - 1);
        for (var i = 0; i < exponent; i++)
        {
            power = TimesX(power);
        }

        return power;
    }

    private void FillTable()
    {
        for (var one = 0; one < 256; one++)
        {
            var remainder = (ulong)one;
            for (var bit = 0; bit < 8; bit++)
            {
                remainder = TimesX(remainder);
            }

            _table[one] = remainder;
        }

        for (var i = 256; i < _table.Length; i++)
        {
            _table[i] = _table[(byte)_table[i - 256]] ^ (_table[i - 256] >> 8);
        }
    }

    /// <summary>
    /// The factors that move 16 bytes on by a number of bits: of their first 8 bytes (64 bits further on than the
    /// last 8) and of their last 8. A product of reflected values is one bit short, so each power is one less.
    /// </summary>
    private Vector128<ulong> FoldBy(int bits) =>
        Vector128.Create(PowerOfX(bits + 63) << (64 - Width), PowerOfX(bits - 1) << (64 - Width));

    /// <summary>Folds all whole lanes of <paramref name="bytes"/> into a register; leaves the rest of them.</summary>
    private ulong Fold(ulong register, ref ReadOnlySpan<byte> bytes)
    {
        var first = Load(bytes, 0) ^ Vector128.CreateScalar(register);
        var second = Load(bytes, 1);
        var third = Load(bytes, 2);
        var fourth = Load(bytes, 3);
        bytes = bytes[StrideBytes..];
        while (bytes.Length >= StrideBytes)
        {
            first = Move(first, _foldByStride) ^ Load(bytes, 0);
            second = Move(second, _foldByStride) ^ Load(bytes, 1);
            third = Move(third, _foldByStride) ^ Load(bytes, 2);
            fourth = Move(fourth, _foldByStride) ^ Load(bytes, 3);
            bytes = bytes[StrideBytes..];
        }

        var folded = Move(first, _foldByLane) ^ second;
        folded = Move(folded, _foldByLane) ^ third;
        folded = Move(folded, _foldByLane) ^ fourth;
        while (bytes.Length >= LaneBytes)
        {
            folded = Move(folded, _foldByLane) ^ Load(bytes, 0);
            bytes = bytes[LaneBytes..];
        }

        Span<byte> left = stackalloc byte[LaneBytes];
        folded.AsByte().CopyTo(left);
        return AppendByTable(0, left);
    }

    private static Vector128<ulong> Load(ReadOnlySpan<byte> bytes, int lane) =>
        Vector128.Create(bytes.Slice(lane * LaneBytes, LaneBytes)).AsUInt64();

    private static Vector128<ulong> Move(Vector128<ulong> lane, Vector128<ulong> factors) =>
        CarrylessProduct.OfLowHalves(lane, factors) ^ CarrylessProduct.OfHighHalves(lane, factors);
}
