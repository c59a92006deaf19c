using System.Security.Cryptography;
using ObjectServer.Checksums;
using ObjectServer.Storage.Model;

namespace ObjectServer.Tests.Checksums;

public sealed class ContentHashesTests
{
    private static readonly byte[] Content = [.. Enumerable.Range(0, 100_000).Select(i => (byte)(i * 31))];

    [Theory]
    [InlineData(ChecksumAlgorithm.Crc64Nvme, false)]
    [InlineData(ChecksumAlgorithm.Crc64Nvme, true)]
    [InlineData(ChecksumAlgorithm.Sha256, false)]
    [InlineData(ChecksumAlgorithm.Sha256, true)]
    [InlineData(ChecksumAlgorithm.Md5, false)]
    [InlineData(ChecksumAlgorithm.Md5, true)]
    public void One_pass_gives_every_digest(ChecksumAlgorithm algorithm, bool needsSha256)
    {
        using var hashes = new ContentHashes(algorithm, needsSha256);
        foreach (var piece in Content.Chunk(7000))
        {
            hashes.Append(piece);
        }

        var digests = hashes.Finish();

        Assert.Equal(MD5.HashData(Content), digests.Md5);
        Assert.Equal(needsSha256 ? SHA256.HashData(Content) : null, digests.Sha256);
        Assert.Equal(ChecksumHasher.Hash(algorithm, Content), digests.Checksum);
    }
}
