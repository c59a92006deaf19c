using System.Security.Cryptography;
using System.Text;
using ObjectServer.Checksums;
using ObjectServer.Storage.Model;

namespace ObjectServer.Tests.Checksums;

public sealed class CompositeTests
{
    private static readonly byte[][] Parts = [Encoding.ASCII.GetBytes("one"), Encoding.ASCII.GetBytes("two"), []];

    [Fact]
    public void A_composite_checksum_is_the_digest_of_the_parts_digests()
    {
        using var composite = new CompositeChecksum(ChecksumAlgorithm.Sha256);
        foreach (var part in Parts)
        {
            composite.Append(SHA256.HashData(part));
        }

        Assert.Equal(SHA256.HashData(Parts.SelectMany(part => SHA256.HashData(part)).ToArray()), composite.Finish());
    }

    [Fact]
    public void A_composite_crc_is_big_endian_inside_and_out()
    {
        using var composite = new CompositeChecksum(ChecksumAlgorithm.Crc32);
        composite.Append(Convert.FromHexString("CBF43926"));

        Assert.Equal(
            ChecksumHasher.Hash(ChecksumAlgorithm.Crc32, [0xCB, 0xF4, 0x39, 0x26]), composite.Finish());
    }

    [Fact]
    public void Only_composite_checksums_show_their_parts()
    {
        var digest = Convert.FromHexString("CBF43926");
        var composite = new ObjectChecksum(ChecksumAlgorithm.Crc32, ChecksumType.Composite, digest);

        Assert.Equal("y/Q5Jg==-3", CompositeChecksum.Format(composite, 3));
        Assert.Equal("y/Q5Jg==", CompositeChecksum.Format(composite with { Type = ChecksumType.FullObject }, 3));
    }

    [Fact]
    public void A_multipart_etag_is_the_md5_of_the_parts_md5s_and_their_number()
    {
        using var etag = new MultipartETag();
        foreach (var part in Parts)
        {
            etag.Append(MD5.HashData(part));
        }

        var expected = MD5.HashData(Parts.SelectMany(part => MD5.HashData(part)).ToArray());
        Assert.Equal(Convert.ToHexStringLower(expected) + "-3", etag.Finish());
    }
}
