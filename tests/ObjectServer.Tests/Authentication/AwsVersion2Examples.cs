using Microsoft.AspNetCore.Http;
using ObjectServer.Authentication;

namespace ObjectServer.Tests.Authentication;

/// <summary>The requests that AWS has signed with Version 2 in its documentation.</summary>
/// <remarks>
/// https://docs.aws.amazon.com/AmazonS3/latest/userguide/RESTAuthentication.html#RESTAuthenticationExamples. The
/// examples for a date in x-amz-date and for a query string are those of the page's earlier edition, whose bucket was
/// <c>johnsmith</c>: in the present one, the first has x-amz-date's value where the page's own rule has nothing, and the
/// second kept the signature of the other bucket.
/// </remarks>
public sealed class AwsVersion2Examples
{
    private const string Host = "awsexamplebucket1.s3.amazonaws.com";

    [Theory]
    [InlineData("GET", "/photos/puppy.jpg", Host, "Tue, 27 Mar 2007 19:36:42 +0000", "qgk2+6Sv9/oM7G3qLEjTH1a1l1g=")]
    [InlineData(
        "GET", "/?prefix=photos&max-keys=50&marker=puppy", Host, "Tue, 27 Mar 2007 19:42:41 +0000",
        "m0WP8eCtspQl5Ahe6L1SozdX9YA=")]
    [InlineData("GET", "/?acl", Host, "Tue, 27 Mar 2007 19:44:46 +0000", "82ZHiFIjc+WbcwFKGUVEQspPn+0=")]
    [InlineData("GET", "/", "s3.amazonaws.com", "Wed, 28 Mar 2007 01:29:59 +0000", "qGdzdERIC03wnaRNKh6OqZehG9s=")]
    [InlineData(
        "GET", "/dictionary/fran%C3%A7ais/pr%c3%a9f%c3%a8re", "s3.amazonaws.com", "Wed, 28 Mar 2007 01:49:49 +0000",
        "DNEZGsoieTZ92F3bUfSPQcbGmlM=")]
    public void Requests_without_a_body(string method, string target, string host, string date, string signature)
    {
        var found = ExampleAccount.Authenticate(
            method,
            target,
            new() { ["Host"] = host, ["Date"] = date, ["Authorization"] = Authorization(signature) },
            now: date);

        Assert.Equal(AuthType.Header, found.AuthType);
        Assert.Equal(ExampleAccount.AccessKeyId, found.Caller.AccessKeyId);
        Assert.Same(PayloadMode.Unsigned, found.PayloadMode);
        Assert.Null(found.Signature);
    }

    [Fact]
    public void Object_put()
    {
        var found = ExampleAccount.Authenticate(
            "PUT",
            "/photos/puppy.jpg",
            new()
            {
                ["Content-Type"] = "image/jpeg",
                ["Content-Length"] = "94328",
                ["Host"] = Host,
                ["Date"] = "Tue, 27 Mar 2007 21:15:45 +0000",
                ["Authorization"] = Authorization("iqRzw+ileNPu1fhspnRs8nOjjIA="),
            },
            now: "2007-03-27T21:15:45Z");

        Assert.Same(PayloadMode.Unsigned, found.PayloadMode);
    }

    [Fact]
    public void Delete_with_the_date_in_a_header_of_AWS_own() => Assert.False(ExampleAccount.Authenticate(
        "DELETE",
        "/johnsmith/photos/puppy.jpg",
        new()
        {
            ["User-Agent"] = "dotnet",
            ["Host"] = "s3.amazonaws.com",
            ["Date"] = "Tue, 27 Mar 2007 21:20:27 +0000",
            ["x-amz-date"] = "Tue, 27 Mar 2007 21:20:26 +0000",
            ["Authorization"] = Authorization("R4dJ53KECjStyBO5iTBJZ4XVOaI="),
        },
        now: "2007-03-27T21:20:26Z").Caller.IsAnonymous);

    [Fact]
    public void Upload_to_the_bucket_that_is_the_whole_host()
    {
        const string bucket = "static.awsexamplebucket1.net";
        var headers = new HeaderDictionary
        {
            ["User-Agent"] = "curl/7.15.5",
            ["Host"] = bucket + ":8080",
            ["Date"] = "Tue, 27 Mar 2007 21:06:08 +0000",
            ["x-amz-acl"] = "public-read",
            ["content-type"] = "application/x-download",
            ["Content-MD5"] = "4gJE4saaMU4BqNR0kLY+lw==",
            ["X-Amz-Meta-ReviewedBy"] = new(["joe@awsexamplebucket1.net", "jane@awsexamplebucket1.net"]),
            ["X-Amz-Meta-FileChecksum"] = "0x02661779",
            ["X-Amz-Meta-ChecksumAlgorithm"] = "crc32",
            ["Content-Disposition"] = "attachment; filename=database.dat",
            ["Content-Encoding"] = "gzip",
            ["Content-Length"] = "5913339",
            ["Authorization"] = Authorization("dKZcB+bz2EPXgSdXZp9ozGeOM4I="),
        };

        var found = ExampleAccount.Authenticator("2007-03-27T21:06:08Z")
            .Authenticate("PUT", ExampleAccount.Target("/db-backup.dat.gz", headers["Host"], bucket), headers);

        Assert.Equal(ExampleAccount.AccessKeyId, found.Caller.AccessKeyId);
    }

    [Fact]
    public void Query_string()
    {
        var found = ExampleAccount.Authenticate(
            "GET",
            "/photos/puppy.jpg?AWSAccessKeyId=AKIAIOSFODNN7EXAMPLE&Signature=NpgCjnDzrM%2BWFzoENXmpNDUsSn8%3D"
            + "&Expires=1175139620",
            new() { ["Host"] = "johnsmith.s3.amazonaws.com" },
            now: "2007-03-29T03:40:19Z");

        Assert.Equal(AuthType.Query, found.AuthType);
        Assert.Same(PayloadMode.Unsigned, found.PayloadMode);
    }

    private static string Authorization(string signature) => $"AWS {ExampleAccount.AccessKeyId}:{signature}";
}
