using ObjectServer.Checksums;
using ObjectServer.Errors;
using ObjectServer.Storage.Model;

namespace ObjectServer.Tests.Checksums;

public sealed class ChecksumNamesTests
{
    [Fact]
    public void Every_algorithm_has_its_names_in_the_place_of_its_number() =>
        Assert.All(Enum.GetValues<ChecksumAlgorithm>(), algorithm =>
        {
            var naming = ChecksumNames.Of(algorithm);
            Assert.Equal(algorithm, naming.Algorithm);
            Assert.True(ChecksumNames.TryFromName(naming.Name, out var byName));
            Assert.True(ChecksumNames.TryFromHeader(naming.Header, out var byHeader));
            Assert.True(ChecksumNames.TryFromElement(naming.Element, out var byElement));
            Assert.Equal((algorithm, algorithm, algorithm), (byName, byHeader, byElement));
        });

    [Fact]
    public void Names_are_those_of_the_contract()
    {
        Assert.Equal(
            ["CRC32", "CRC32C", "CRC64NVME", "SHA1", "SHA256", "SHA512", "MD5", "XXHASH64", "XXHASH3", "XXHASH128"],
            ChecksumNames.All.Select(naming => naming.Name));
        Assert.Equal("x-amz-checksum-crc64nvme", ChecksumNames.Of(ChecksumAlgorithm.Crc64Nvme).Header);
        Assert.Equal("ChecksumXXHASH128", ChecksumNames.Of(ChecksumAlgorithm.XxHash128).Element);
    }

    [Theory]
    [InlineData(ChecksumAlgorithm.Crc32, ChecksumType.Composite, true)]
    [InlineData(ChecksumAlgorithm.Crc32C, ChecksumType.Composite, true)]
    [InlineData(ChecksumAlgorithm.Crc64Nvme, ChecksumType.FullObject, false)]
    [InlineData(ChecksumAlgorithm.Sha256, ChecksumType.Composite, false)]
    [InlineData(ChecksumAlgorithm.XxHash3, ChecksumType.Composite, false)]
    public void Multipart_uploads_get_the_types_that_aws_allows(
        ChecksumAlgorithm algorithm, ChecksumType byDefault, bool allowsBoth)
    {
        var other = byDefault is ChecksumType.Composite ? ChecksumType.FullObject : ChecksumType.Composite;

        Assert.Equal(byDefault, ChecksumNames.DefaultMultipartType(algorithm));
        Assert.True(ChecksumNames.AllowsMultipart(algorithm, byDefault));
        Assert.Equal(allowsBoth, ChecksumNames.AllowsMultipart(algorithm, other));
    }

    [Theory]
    [InlineData("y/Q5Jg==", true)]
    [InlineData("y/Q5Jg", false)]
    [InlineData("y/Q5", false)]
    [InlineData(" y/Q5Jg==", false)]
    [InlineData("y/Q5J g==", false)]
    [InlineData("y/Q5JgAA", false)]
    [InlineData("y_Q5Jg==", false)]
    [InlineData("", false)]
    public void A_value_is_base64_of_exactly_the_digest(string value, bool isValid)
    {
        Assert.Equal(isValid, ChecksumNames.TryParseDigest(ChecksumAlgorithm.Crc32, value, out var digest));
        Assert.Equal(isValid ? "CBF43926" : null, digest is null ? null : Convert.ToHexString(digest));
    }

    [Fact]
    public void A_value_longer_than_any_digest_is_refused()
    {
        var value = Convert.ToBase64String(new byte[65]);

        Assert.False(ChecksumNames.TryParseDigest(ChecksumAlgorithm.Sha512, value, out _));
    }

    [Fact]
    public void A_wrong_value_is_refused_by_the_name_of_its_header()
    {
        var refusal = Assert.Throws<S3Exception>(() => ChecksumNames.ParseHeader(ChecksumAlgorithm.Sha1, "nonsense"));

        Assert.Equal("InvalidRequest", refusal.Error.Code);
        Assert.Equal("Value for x-amz-checksum-sha1 header is invalid.", refusal.Error.Message);
    }

    [Fact]
    public void An_unknown_algorithm_is_refused_with_those_that_exist()
    {
        var refusal = Assert.Throws<S3Exception>(() => ChecksumNames.ParseAlgorithm("CRC16"));

        Assert.Equal("InvalidRequest", refusal.Error.Code);
        Assert.Contains("[CRC32, CRC32C, CRC64NVME, SHA1, SHA256, ", refusal.Error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("FULL_OBJECT", true, ChecksumType.FullObject)]
    [InlineData("COMPOSITE", true, ChecksumType.Composite)]
    [InlineData("HALF_OBJECT", false, ChecksumType.Composite)]
    public void Types_are_read_as_they_are_written(string name, bool isKnown, ChecksumType expected)
    {
        Assert.Equal(isKnown, ChecksumNames.TryParseType(name, out var type));
        if (isKnown)
        {
            Assert.Equal(expected, type);
            Assert.Equal(name, ChecksumNames.NameOf(type));
        }
    }
}
