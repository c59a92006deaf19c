using Microsoft.AspNetCore.Http;
using ObjectServer.Authentication;

namespace ObjectServer.Tests.Authentication;

public sealed class CanonicalRequestTests
{
    [Theory]
    [InlineData("/", "")]
    [InlineData("/?", "")]
    [InlineData("/?acl", "acl=")]
    [InlineData("/?acl=", "acl=")]
    [InlineData("/?b=1&a=2", "a=2&b=1")]
    [InlineData("/?a=2&a=1&a=10", "a=1&a=10&a=2")]
    [InlineData("/?a=1&A=1&a-b=1", "A=1&a=1&a-b=1")]
    [InlineData("/?prefix=a/b+c%2b~", "prefix=a%2Fb%20c%2B~")]
    [InlineData("/?b=%C3%A9&a=é", "a=%C3%A9&b=%C3%A9")]
    [InlineData("/?a%3D=1&a=2", "a=2&a%3D=1")]
    [InlineData("/?X-Amz-Signature=0&X-Amz-Date=1", "X-Amz-Date=1")]
    [InlineData("/?&&a=1&", "a=1")]
    public void The_query_is_sorted_and_encoded_anew(string target, string expected) =>
        Assert.Equal(expected, Canonical(target, [], "host").Split('\n')[2]);

    [Theory]
    [InlineData("value", "value")]
    [InlineData("  value  ", "value")]
    [InlineData("a   b", "a b")]
    [InlineData("a \t b\tc", "a b c")]
    [InlineData("\"a   b\"", "\"a b\"")]
    [InlineData("", "")]
    [InlineData("   ", "")]
    [InlineData("grüße", "grüße")]
    public void A_header_value_is_trimmed_and_its_spaces_are_folded(string sent, string expected) =>
        Assert.Equal(
            "x-amz-meta-a:" + expected,
            Canonical("/", new() { ["X-Amz-Meta-A"] = sent }, "x-amz-meta-a").Split('\n')[3]);

    [Fact]
    public void A_header_sent_twice_is_joined_by_a_comma()
    {
        var headers = new HeaderDictionary { ["x-amz-meta-a"] = new[] { " 1 ", "2  3" } };

        Assert.Equal("x-amz-meta-a:1,2 3", Canonical("/", headers, "x-amz-meta-a").Split('\n')[3]);
    }

    [Fact]
    public void A_signed_header_that_is_absent_reads_as_empty() =>
        Assert.Equal(
            "GET\n/\n\nhost:h\nrange:\n\nhost;range\nUNSIGNED-PAYLOAD",
            Canonical("/", new() { ["Host"] = "h" }, "host;range"));

    [Fact]
    public void The_path_is_neither_normalised_nor_encoded_twice() =>
        Assert.Equal("/a//../b%20c", Canonical("/a//../b%20c", [], "host").Split('\n')[1]);

    [Fact]
    public void A_request_larger_than_any_first_buffer_is_written_whole()
    {
        var value = new string('v', 100_000);

        Assert.Contains(
            $"\nx-amz-meta-a:{value}\n",
            Canonical("/", new() { ["x-amz-meta-a"] = value }, "x-amz-meta-a"),
            StringComparison.Ordinal);
    }

    private static string Canonical(string target, HeaderDictionary headers, string signedHeaders)
    {
        var text = new PooledText();
        try
        {
            new CanonicalRequest
            {
                Method = "GET",
                Target = ExampleAccount.Target(target, headers["Host"]),
                Headers = headers,
                SignedHeaders = SignedHeaders.Parse(signedHeaders),
                PayloadToken = PayloadMode.Unsigned.Token,
            }.WriteTo(ref text);
            return text.ToString();
        }
        finally
        {
            text.Dispose();
        }
    }
}
