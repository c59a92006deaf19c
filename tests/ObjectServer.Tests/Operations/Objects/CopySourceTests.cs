using ObjectServer.Errors;
using ObjectServer.Operations.Objects;

namespace ObjectServer.Tests.Operations.Objects;

public sealed class CopySourceTests
{
    [Theory]
    [InlineData("bucket/key", "key")]
    [InlineData("/bucket/key", "key")]
    [InlineData("bucket//key", "/key")]
    [InlineData("bucket/a/b/", "a/b/")]
    [InlineData("bucket/a%2Fb%3Fc", "a/b?c")]
    [InlineData("bucket/a+b%2Bc", "a b+c")]
    [InlineData("bucket/what?ever", "what?ever")]
    [InlineData("%2Fbucket%2Fkey", "key")]
    [InlineData("bucket/\u00e9", "\u00e9")]
    [InlineData("bucket/%C3%A9", "\u00e9")]
    public void Bucket_and_key_are_found(string header, string key)
    {
        var source = CopySource.Parse(header);
        Assert.Equal("bucket", source.Bucket);
        Assert.Equal(key, source.Key.ToString());
        Assert.Null(source.VersionId);
    }

    [Fact]
    public void The_null_version_can_be_named() =>
        Assert.True(CopySource.Parse("bucket/key?versionId=null").VersionId?.IsNull);

    [Theory]
    [InlineData("")]
    [InlineData("bucket")]
    [InlineData("/bucket/")]
    [InlineData("b/key")]
    [InlineData("bucket/%00")]
    [InlineData("bucket/%ZZ")]
    [InlineData("bucket/key?versionId=")]
    [InlineData("bucket/key?versionId=nothing-of-ours")]
    public void What_names_no_object_is_refused(string header) =>
        Assert.Equal("InvalidArgument", Assert.Throws<S3Exception>(() => CopySource.Parse(header)).Error.Code);

    [Fact]
    public void A_key_has_a_limit() =>
        Assert.Equal(
            "KeyTooLongError",
            Assert.Throws<S3Exception>(() => CopySource.Parse("bucket/" + new string('k', 1025))).Error.Code);
}
