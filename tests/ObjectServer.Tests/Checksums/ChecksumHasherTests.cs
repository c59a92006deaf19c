using System.Text;
using CsCheck;
using ObjectServer.Checksums;
using ObjectServer.Storage.Model;

namespace ObjectServer.Tests.Checksums;

public sealed class ChecksumHasherTests
{
    /// <summary>Published values: the CRC catalogue, the FIPS and RFC examples, xxHash's own.</summary>
    [Theory]
    [InlineData("CRC32", "123456789", "CBF43926")]
    [InlineData("CRC32C", "123456789", "E3069283")]
    [InlineData("CRC64NVME", "123456789", "AE8B14860A799888")]
    [InlineData("CRC32", "", "00000000")]
    [InlineData("CRC32C", "", "00000000")]
    [InlineData("CRC64NVME", "", "0000000000000000")]
    [InlineData("SHA1", "abc", "A9993E364706816ABA3E25717850C26C9CD0D89D")]
    [InlineData("SHA256", "abc", "BA7816BF8F01CFEA414140DE5DAE2223B00361A396177A9CB410FF61F20015AD")]
    [InlineData(
        "SHA512",
        "abc",
        "DDAF35A193617ABACC417349AE20413112E6FA4E89A97EA20A9EEEE64B55D39A"
        + "2192992A274FC1A836BA3C23A3FEEBBD454D4423643CE80E2A9AC94FA54CA49F")]
    [InlineData("MD5", "abc", "900150983CD24FB0D6963F7D28E17F72")]
    [InlineData("XXHASH64", "", "EF46DB3751D8E999")]
    [InlineData("XXHASH64", "abc", "44BC2CF5AD770999")]
    [InlineData("XXHASH3", "", "2D06800538D394C2")]
    [InlineData("XXHASH3", "abc", "78AF5F94892F3950")]
    [InlineData("XXHASH128", "", "99AA06D3014798D86001C324468D497F")]
    [InlineData("XXHASH128", "abc", "06B05AB6733A618578AF5F94892F3950")]
    public void Every_algorithm_gives_its_published_value(string name, string text, string hex)
    {
        var algorithm = ChecksumNames.ParseAlgorithm(name);

        Assert.Equal(hex, Convert.ToHexString(ChecksumHasher.Hash(algorithm, Encoding.ASCII.GetBytes(text))));
    }

    [Theory]
    [MemberData(nameof(Algorithms))]
    public void Bytes_in_any_pieces_give_the_same_digest(ChecksumAlgorithm algorithm) =>
        Gen.Select(Gen.Byte.Array[0, 2000], Gen.Int[1, 700]).Sample((bytes, piece) =>
        {
            using var hasher = ChecksumHasher.Create(algorithm);
            foreach (var some in bytes.Chunk(piece))
            {
                hasher.Append(some);
            }

            return hasher.Finish().AsSpan().SequenceEqual(ChecksumHasher.Hash(algorithm, bytes));
        });

    [Theory]
    [MemberData(nameof(Algorithms))]
    public void A_digest_is_as_long_as_its_algorithm_says(ChecksumAlgorithm algorithm)
    {
        var digest = new byte[80];
        using var hasher = ChecksumHasher.Create(algorithm);
        hasher.Append(new byte[1000]);
        hasher.Finish(digest);

        Assert.Equal(ChecksumNames.Of(algorithm).DigestBytes, ChecksumHasher.Hash(algorithm, []).Length);
        Assert.All(digest[ChecksumNames.Of(algorithm).DigestBytes..], one => Assert.Equal(0, one));
    }

    public static TheoryData<ChecksumAlgorithm> Algorithms => [.. Enum.GetValues<ChecksumAlgorithm>()];
}
