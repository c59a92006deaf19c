using Microsoft.AspNetCore.Http;
using ObjectServer.Errors;
using ObjectServer.Operations.Objects;

namespace ObjectServer.Tests.Operations.Objects;

public sealed class ObjectHeadersTests
{
    [Fact]
    public void System_headers_are_kept_as_sent()
    {
        var metadata = ObjectHeaders.ReadMetadata(new HeaderDictionary
        {
            ["Content-Type"] = "text/plain; charset=utf-8",
            ["Cache-Control"] = "no-store",
            ["Content-Disposition"] = "attachment",
            ["Content-Encoding"] = "aws-chunked,gzip",
            ["Content-Language"] = "de",
            ["Expires"] = "tomorrow",
            ["x-amz-website-redirect-location"] = "/elsewhere",
        });
        Assert.Equal("text/plain; charset=utf-8", metadata.ContentType);
        Assert.Equal("no-store", metadata.CacheControl);
        Assert.Equal("attachment", metadata.ContentDisposition);
        Assert.Equal("gzip", metadata.ContentEncoding);
        Assert.Equal("de", metadata.ContentLanguage);
        Assert.Equal("tomorrow", metadata.Expires);
        Assert.Equal("/elsewhere", metadata.WebsiteRedirectLocation);
    }

    [Fact]
    public void An_object_without_a_type_is_binary() =>
        Assert.Equal("binary/octet-stream", ObjectHeaders.ReadMetadata(new HeaderDictionary()).ContentType);

    [Fact]
    public void User_metadata_has_lower_case_names_and_joined_decoded_values()
    {
        var user = ObjectHeaders.ReadMetadata(new HeaderDictionary
        {
            ["X-Amz-Meta-One"] = new(["a", "b"]),
            ["x-amz-meta-two"] = "=?UTF-8?B?w6k=?=",
        }).User;
        Assert.Equal([new("one", "a,b"), new("two", "\u00e9")], user);
    }

    [Fact]
    public void User_metadata_has_two_kilobytes_of_names_and_values()
    {
        Assert.Single(ObjectHeaders.ReadMetadata(WithUser(new string('v', 2044))).User);
        var error = Assert.Throws<S3Exception>(() => ObjectHeaders.ReadMetadata(WithUser(new string('v', 2045)))).Error;
        Assert.Equal("MetadataTooLarge", error.Code);
        Assert.Equal([new("Size", "2049"), new("MaxSizeAllowed", "2048")], error.Details);

        static HeaderDictionary WithUser(string value) => new() { ["x-amz-meta-four"] = value };
    }

    [Theory]
    [InlineData("GLACIER_IR")]
    [InlineData("STANDARD")]
    public void Classes_of_general_purpose_buckets_are_taken(string name) =>
        Assert.Equal(name, ObjectHeaders.Read(new HeaderDictionary { ["x-amz-storage-class"] = name }).StorageClass);

    [Theory]
    [InlineData("OUTPOSTS")]
    [InlineData("standard")]
    [InlineData("EXPRESS_ONEZONE")]
    public void Other_classes_are_refused(string name)
    {
        var headers = new HeaderDictionary { ["x-amz-storage-class"] = name };
        var error = Assert.Throws<S3Exception>(() => ObjectHeaders.Read(headers)).Error;
        Assert.Equal("InvalidStorageClass", error.Code);
    }

    [Theory]
    [InlineData("elsewhere")]
    [InlineData("ftp://host/")]
    public void A_redirect_goes_to_a_path_or_a_web_address(string location)
    {
        var headers = new HeaderDictionary { ["x-amz-website-redirect-location"] = location };
        Assert.Equal(
            "InvalidRedirectLocation",
            Assert.Throws<S3Exception>(() => ObjectHeaders.ReadRedirect(headers)).Error.Code);
    }

    [Theory]
    [InlineData(null, null, "", "")]
    [InlineData("\"e\"", null, "e", "")]
    [InlineData("*", null, "*", "")]
    [InlineData("\"a\", b", "*", "a b", "*")]
    [InlineData(null, "\"a\", W/\"b\"", "", "a b")]
    public void A_write_takes_every_condition(string? match, string? noneMatch, string ifMatch, string ifNoneMatch)
    {
        var headers = new HeaderDictionary { ["If-Match"] = match, ["If-None-Match"] = noneMatch };
        var conditions = WriteConditionHeaders.Read(headers);
        Assert.Equal(
            (ifMatch, ifNoneMatch), (string.Join(' ', conditions.IfMatch), string.Join(' ', conditions.IfNoneMatch)));
    }
}
