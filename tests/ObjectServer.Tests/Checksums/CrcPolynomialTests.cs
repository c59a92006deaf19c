using CsCheck;
using ObjectServer.Checksums;
using ObjectServer.Storage.Model;

namespace ObjectServer.Tests.Checksums;

public sealed class CrcPolynomialTests
{
    private static readonly Gen<byte[]> Bytes = Gen.OneOf(Gen.Byte.Array[0, 300], Gen.Byte.Array[1000, 5000]);

    [Theory]
    [InlineData(ChecksumAlgorithm.Crc32, 0xEDB88320)]
    [InlineData(ChecksumAlgorithm.Crc32C, 0x82F63B78)]
    [InlineData(ChecksumAlgorithm.Crc64Nvme, 0x9A6C9329AC4BC9B5)]
    public void Folding_and_tables_agree_with_division_bit_by_bit(ChecksumAlgorithm algorithm, ulong reflected)
    {
        var polynomial = CrcCombination.PolynomialOf(algorithm)!;
        Bytes.Sample(bytes =>
        {
            var expected = DivideBitByBit(polynomial.Mask, reflected, bytes);
            Assert.Equal(expected, polynomial.Append(polynomial.Mask, bytes));
            Assert.Equal(expected, polynomial.AppendByTable(polynomial.Mask, bytes));
        });
    }

    [Theory]
    [InlineData(ChecksumAlgorithm.Crc32)]
    [InlineData(ChecksumAlgorithm.Crc32C)]
    [InlineData(ChecksumAlgorithm.Crc64Nvme)]
    public void Combined_crcs_are_the_crc_of_the_whole(ChecksumAlgorithm algorithm) =>
        Bytes.Array[0, 6].Sample(parts =>
        {
            var combination = new CrcCombination(algorithm);
            foreach (var part in parts)
            {
                combination.Append(ChecksumHasher.Hash(algorithm, part), part.Length);
            }

            Assert.Equal(
                ChecksumHasher.Hash(algorithm, parts.SelectMany(part => part).ToArray()), combination.Finish());
        });

    [Fact]
    public void Zero_bytes_shift_by_any_length_up_to_the_largest()
    {
        var polynomial = CrcPolynomial.Crc64Nvme;
        var half = polynomial.Shift(1L << 61);

        Assert.Equal(polynomial.Multiply(half, half), polynomial.Shift(1L << 62));
        Assert.Equal(
            polynomial.Multiply(polynomial.Shift(long.MaxValue - 12345), polynomial.Shift(12345)),
            polynomial.Shift(long.MaxValue));
    }

    [Fact]
    public void Only_crcs_can_be_combined()
    {
        Assert.True(CrcCombination.IsPossible(ChecksumAlgorithm.Crc32C));
        Assert.False(CrcCombination.IsPossible(ChecksumAlgorithm.Sha256));
        Assert.Throws<ArgumentOutOfRangeException>(() => new CrcCombination(ChecksumAlgorithm.Md5));
    }

    private static ulong DivideBitByBit(ulong register, ulong polynomial, byte[] bytes)
    {
        foreach (var one in bytes)
        {
            register ^= one;
            for (var bit = 0; bit < 8; bit++)
            {
                register = (register & 1) == 0 ? register >> 1 : (register >> 1) ^ polynomial;
            }
        }

        return register;
    }
}
