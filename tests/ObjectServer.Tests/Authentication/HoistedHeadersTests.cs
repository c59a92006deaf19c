using Microsoft.AspNetCore.Http;
using ObjectServer.Addressing;
using ObjectServer.Authentication;

namespace ObjectServer.Tests.Authentication;

public sealed class HoistedHeadersTests
{
    private const string Version2 = "AWSAccessKeyId=a&Expires=1&Signature=s";
    private const string Version4 = "X-Amz-Algorithm=AWS4-HMAC-SHA256";

    [Theory]
    [InlineData(Version2, "text/html")]
    [InlineData(Version4, null)]
    public void Only_version_2_carries_the_type_of_a_body(string signature, string? type) =>
        Assert.Equal(type, (string?)Merge($"{signature}&content-type=text%2Fhtml")["Content-Type"]);

    [Theory]
    [InlineData(Version2)]
    [InlineData(Version4)]
    public void Of_two_parameters_the_first_counts_and_a_header_before_both(string signature)
    {
        var query = $"{signature}&x-amz-meta-a=1&X-Amz-Meta-A=2";

        Assert.Equal("1", Merge(query)["x-amz-meta-a"]);
        Assert.Equal("0", Merge(query, ("x-amz-meta-a", "0"))["x-amz-meta-a"]);
    }

    [Theory]
    [InlineData("x-amz-checksum-crc32")]
    [InlineData("x-amz-date")]
    [InlineData("x-amz-security-token")]
    [InlineData("Range")]
    public void Others_are_no_headers(string name) =>
        Assert.False(Merge($"{Version2}&{name}=x").ContainsKey(name));

    [Fact]
    public void A_url_that_is_not_signed_carries_none() =>
        Assert.False(Merge("x-amz-meta-a=1").ContainsKey("x-amz-meta-a"));

    private static IHeaderDictionary Merge(string query, params (string Name, string Value)[] headers)
    {
        var sent = new HeaderDictionary();
        foreach (var (name, value) in headers)
        {
            sent[name] = value;
        }

        return HoistedHeaders.Merge(sent, RawQuery.Parse(query));
    }
}
