using ObjectServer.Addressing;
using ObjectServer.Errors;

namespace ObjectServer.Tests.Addressing;

public sealed class RawTargetTests
{
    [Theory]
    [InlineData("/", "/", "", null)]
    [InlineData("/a/../b%2f", "/a/../b%2f", "", null)]
    [InlineData("//a", "//a", "", null)]
    [InlineData("/a?", "/a", "", null)]
    [InlineData("/a?b?c", "/a", "b?c", null)]
    [InlineData("/http://x", "/http://x", "", null)]
    [InlineData("http://host", "/", "", "host")]
    [InlineData("HTTP://host:9000/a//b?acl", "/a//b", "acl", "host:9000")]
    [InlineData("https://host?acl", "/", "acl", "host")]
    public void A_target_is_split_and_nothing_more(string target, string path, string query, string? authority)
    {
        var parsed = RawTarget.Parse(target);

        Assert.Equal(path, parsed.Path);
        Assert.Equal(query, parsed.Query.Text);
        Assert.Equal(authority, parsed.Authority);
    }

    [Theory]
    [InlineData("")]
    [InlineData("*")]
    [InlineData("bucket/key")]
    [InlineData("?acl")]
    [InlineData("host:443")]
    [InlineData("ftp://host/a")]
    [InlineData("http:///a")]
    [InlineData("http://user@host/a")]
    [InlineData("https://user:word@host")]
    [InlineData("/a?b=%")]
    [InlineData("/a?%FF")]
    public void Other_forms_are_refused(string target) =>
        Assert.Equal("InvalidURI", Assert.Throws<S3Exception>(() => RawTarget.Parse(target)).Error.Code);
}
