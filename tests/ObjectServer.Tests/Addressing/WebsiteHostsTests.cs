using ObjectServer.Addressing;

namespace ObjectServer.Tests.Addressing;

public sealed class WebsiteHostsTests
{
    private static readonly Addresser Addresser = new("s3.example.com", "Files.Example.Org.");
    private static readonly WebsiteHosts Hosts = new("eu-west-1", Addresser, "www.example.com", "Blog", "s3.example.com");
    private static readonly WebsiteHosts AnyHosts = new("eu-west-1", Addresser, WebsiteHosts.AnyDomain);

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
    [InlineData("WWW.Example.com.:80", "www.example.com")]
    [InlineData("blog:9000", "blog")]
    public void A_host_of_websites_names_a_bucket(string host, string bucket)
    {
        Assert.True(Hosts.Has(host));
        Assert.Equal(bucket, Hosts.BucketOf(host));
    }

    [Theory]
    [InlineData("s3-website.localhost")]
    [InlineData(".s3-website.localhost")]
    [InlineData("site.s3-website-us-east-1.localhost")]
    [InlineData("site.s3-website-us-east-1.example.com")]
    [InlineData("site.s3-website.us-east-1.example.com")]
    [InlineData("S3-Website.Example.com")]
    [InlineData("s3-website-us-east-1.example.com")]
    [InlineData("s3.example.com")]
    [InlineData("s3.localhost:9000")]
    [InlineData("localhost")]
    [InlineData("files.example.org.")]
    [InlineData("")]
    [InlineData(null)]
    public void What_S3_and_websites_have_for_themselves_is_no_buckets(string? host)
    {
        Assert.False(Hosts.Has(host));
        Assert.False(AnyHosts.Has(host));
        Assert.Null(Hosts.BucketOf(host));
    }

    [Theory]
    [InlineData("site.localhost", "site", false)]
    [InlineData("site.s3.localhost", "site", false)]
    [InlineData("www.site.s3.example.com", "www.site", false)]
    [InlineData("sites3-website.localhost", "sites3-website", false)]
    [InlineData("site", "site", false)]
    [InlineData("127.0.0.1:9000", "127.0.0.1", false)]
    [InlineData("[::1]:9000", "[::1]", false)]
    [InlineData("www.example.net", "www.example.net", true)]
    [InlineData("example.com", "example.com", true)]
    [InlineData("site.s3-website.example.net", "site.s3-website.example.net", true)]
    [InlineData("sites3.example.com", "sites3.example.com", true)]
    public void At_an_address_of_their_own_a_label_or_the_whole_name_counts(string host, string bucket, bool isDomain)
    {
        Assert.False(Hosts.Has(host));
        Assert.Equal(isDomain, AnyHosts.Has(host));
        Assert.Equal(bucket, Hosts.BucketOf(host));
    }
}
