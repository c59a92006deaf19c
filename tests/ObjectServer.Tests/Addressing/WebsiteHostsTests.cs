using ObjectServer.Addressing;

namespace ObjectServer.Tests.Addressing;

public sealed class WebsiteHostsTests
{
    private static readonly WebsiteHosts Hosts = new("eu-west-1", "s3.example.com", "Files.Example.Org.");

    [Theory]
    [InlineData("site.s3-website.localhost", "site")]
    [InlineData("site.s3-website.localhost:9000", "site")]
    [InlineData("SITE.S3-Website.LocalHost.:9000", "site")]
    [InlineData("site.s3-website-eu-west-1.localhost", "site")]
    [InlineData("site.s3-website.eu-west-1.localhost", "site")]
    [InlineData("www.example.com.s3-website.localhost", "www.example.com")]
    [InlineData("site.s3-website.s3.example.com", "site")]
    [InlineData("site.s3-website.example.com", "site")]
    [InlineData("site.s3-website-eu-west-1.example.com", "site")]
    [InlineData("site.s3-website.files.example.org", "site")]
    [InlineData("site.s3-website-us-east-1.localhost", null)]
    [InlineData("site.s3-website.example.org", null)]
    [InlineData("site.s3-website.example.net", null)]
    [InlineData("s3-website.localhost", null)]
    [InlineData(".s3-website.localhost", null)]
    [InlineData("site.s3.localhost", null)]
    [InlineData("site.localhost", null)]
    [InlineData("sites3-website.localhost", null)]
    [InlineData("127.0.0.1:9000", null)]
    [InlineData("[::1]:9000", null)]
    [InlineData("", null)]
    [InlineData(null, null)]
    public void A_host_of_websites_names_a_bucket(string? host, string? bucket) =>
        Assert.Equal(bucket, Hosts.BucketOf(host));
}
