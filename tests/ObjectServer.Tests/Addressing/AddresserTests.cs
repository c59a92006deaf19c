using System.Text;
using CsCheck;
using ObjectServer.Addressing;
using ObjectServer.Errors;

namespace ObjectServer.Tests.Addressing;

public sealed class AddresserTests
{
    private static readonly Addresser Addresser = new("s3.example.com", "Example.Org.");

    [Theory]
    [InlineData("/", null, null)]
    [InlineData("/bucket", "bucket", null)]
    [InlineData("/bucket/", "bucket", null)]
    [InlineData("/bucket/key", "bucket", "key")]
    [InlineData("/bucket/key/", "bucket", "key/")]
    [InlineData("/bucket//a", "bucket", "/a")]
    [InlineData("/bucket//", "bucket", "/")]
    [InlineData("/bucket/a//b", "bucket", "a//b")]
    [InlineData("/bucket/../x", "bucket", "../x")]
    [InlineData("/bucket/./x", "bucket", "./x")]
    [InlineData("/bucket/%2e%2E/x", "bucket", "../x")]
    [InlineData("/bucket/a%2Fb", "bucket", "a/b")]
    [InlineData("/bucket/%2Fb", "bucket", "/b")]
    [InlineData("/bucket/a+b", "bucket", "a+b")]
    [InlineData("/bucket/a%20b", "bucket", "a b")]
    [InlineData("/bucket/a%2520b", "bucket", "a%20b")]
    [InlineData("/bucket/a%3Fb", "bucket", "a?b")]
    [InlineData("/bucket/a&b=c", "bucket", "a&b=c")]
    [InlineData("/bucket/%01%7F", "bucket", "\u0001\u007f")]
    [InlineData("/bucket/%F0%9F%98%80", "bucket", "😀")]
    [InlineData("/bucket/key?a=/x/y", "bucket", "key")]
    [InlineData("/bucket?list-type=2", "bucket", null)]
    [InlineData("/my%2Dbucket/k", "my-bucket", "k")]
    [InlineData("/Old_Style.Bucket/k", "Old_Style.Bucket", "k")]
    public void A_path_names_bucket_and_key_exactly_as_sent(string target, string? bucket, string? key)
    {
        var found = Addresser.Address(RawTarget.Parse(target), "127.0.0.1:9000");

        Assert.Equal(bucket, found.Bucket);
        Assert.Equal(key, found.Key?.ToString());
        Assert.False(found.IsVirtualHosted);
    }

    [Theory]
    [InlineData("bucket.localhost", "bucket")]
    [InlineData("bucket.localhost:9000", "bucket")]
    [InlineData("BUCKET.LocalHost:9000", "bucket")]
    [InlineData("bucket.localhost.:9000", "bucket")]
    [InlineData("my.dotted.bucket.localhost:9000", "my.dotted.bucket")]
    [InlineData("bucket.s3.localhost", "bucket")]
    [InlineData("s3.s3.localhost", "s3")]
    [InlineData("bucket.s3.example.com", "bucket")]
    [InlineData("bucket.s3.example.com:443", "bucket")]
    [InlineData("bucket.example.org", "bucket")]
    [InlineData("localhost", null)]
    [InlineData("localhost:9000", null)]
    [InlineData("s3.localhost:9000", null)]
    [InlineData("s3.example.com", null)]
    [InlineData("S3.EXAMPLE.COM.", null)]
    [InlineData("example.com", null)]
    [InlineData("bucket.example.com", null)]
    [InlineData("nots3.example.com", null)]
    [InlineData("notlocalhost", null)]
    [InlineData(".localhost", null)]
    [InlineData("127.0.0.1", null)]
    [InlineData("127.0.0.1:9000", null)]
    [InlineData("[::1]", null)]
    [InlineData("[::1]:9000", null)]
    [InlineData("minio", null)]
    [InlineData("", null)]
    [InlineData(null, null)]
    public void A_host_names_a_bucket_only_below_a_base_domain(string? host, string? bucket) =>
        Assert.Equal(bucket, Addresser.BucketOf(host));

    [Theory]
    [InlineData("/", null)]
    [InlineData("/key", "key")]
    [InlineData("//key", "/key")]
    [InlineData("/a/b/", "a/b/")]
    [InlineData("/bucket/key", "bucket/key")]
    [InlineData("/-/health/live", "-/health/live")]
    public void The_whole_path_is_the_key_where_the_host_names_the_bucket(string target, string? key)
    {
        var found = Addresser.Address(RawTarget.Parse(target), "bucket.localhost:9000");

        Assert.Equal("bucket", found.Bucket);
        Assert.Equal(key, found.Key?.ToString());
        Assert.True(found.IsVirtualHosted);
        Assert.Equal(target, found.Path);
    }

    [Fact]
    public void The_authority_of_an_absolute_target_outranks_the_host_header()
    {
        var found = Addresser.Address(RawTarget.Parse("http://bucket.localhost:9000/key?acl"), "other.localhost");

        Assert.Equal("bucket", found.Bucket);
        Assert.Equal("key", found.Key?.ToString());
        Assert.True(found.Query.Contains("acl"));
    }

    [Theory]
    [InlineData("/bucket/%")]
    [InlineData("/bucket/%4")]
    [InlineData("/bucket/%4x")]
    [InlineData("/bucket/%+1")]
    [InlineData("/bucket/a%00b")]
    [InlineData("/bucket/%FF")]
    [InlineData("/bucket/%C0%AF")]
    [InlineData("/bucket/%ED%A0%80")]
    [InlineData("/%zz/key")]
    public void A_path_that_is_no_utf8_text_is_refused(string target) =>
        Assert.Equal("InvalidURI", Refusal(target, "localhost").Code);

    [Theory]
    [InlineData("/ab/key", "ab")]
    [InlineData("//key", "")]
    [InlineData("/a%2Fbucket/key", "a/bucket")]
    [InlineData("/buck%20et", "buck et")]
    public void A_bucket_that_could_never_have_existed_is_refused_by_name(string target, string name)
    {
        var error = Refusal(target, "localhost");

        Assert.Equal("InvalidBucketName", error.Code);
        Assert.Contains(new("BucketName", name), error.Details);
    }

    [Fact]
    public void A_host_that_names_an_impossible_bucket_is_refused() =>
        Assert.Equal("InvalidBucketName", Refusal("/key", "ab.localhost").Code);

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("000000000000.localhost:9000")]
    public void What_names_an_account_is_about_that_and_no_bucket(string host)
    {
        var target = RawTarget.Parse("/v20180820/configuration/publicAccessBlock");
        var found = Addresser.Address(target, host, namesAccount: true);

        Assert.Equal(
            (null, null, "configuration/publicAccessBlock"), (found.Bucket, found.Key, found.ControlPath));
        Assert.NotNull(Addresser.Address(target, host).Bucket);
        Assert.Null(Addresser.Address(target, host).ControlPath);
        Assert.Equal("v20180820", Addresser.Address(RawTarget.Parse("/v20180820"), "localhost", namesAccount: true).Bucket);
    }

    [Fact]
    public void A_key_of_1024_bytes_is_the_longest()
    {
        // Two bytes each, six characters each on the wire: decoded bytes count.
        var longest = string.Concat(Enumerable.Repeat("%C3%A9", 512));
        Assert.Equal(1024, Addresser.Address(RawTarget.Parse("/bucket/" + longest), "localhost").Key?.Length);

        var error = Refusal("/bucket/" + longest + "a", "localhost");
        Assert.Equal("KeyTooLongError", error.Code);
        Assert.Equal([new("Size", "1025"), new("MaxSizeAllowed", "1024")], error.Details);
    }

    [Fact]
    public void Any_key_comes_back_however_the_client_encodes_it()
    {
        var characters = Gen.OneOf("a", "/", ".", "%", "+", "?", "#", "&", "=", " ", "~", "é", "😀", "\u0001");
        var key = characters.Array[1, 12].Select(parts => string.Concat(parts));
        Gen.Select(key, Gen.Bool, Gen.Bool).Sample((text, virtualHosted, escapeSlashes) =>
        {
            var path = Uri.EscapeDataString(text);
            path = escapeSlashes ? path : path.Replace("%2F", "/", StringComparison.Ordinal);
            var found = virtualHosted
                ? Addresser.Address(RawTarget.Parse("/" + path), "bucket.localhost")
                : Addresser.Address(RawTarget.Parse("/bucket/" + path), "localhost");
            Assert.Equal(Encoding.UTF8.GetBytes(text), found.Key!.Value.Utf8.ToArray());
        });
    }

    private static S3Error Refusal(string target, string host) =>
        Assert.Throws<S3Exception>(() => Addresser.Address(RawTarget.Parse(target), host)).Error;
}
