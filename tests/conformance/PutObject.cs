using System.Net;
using System.Security.Cryptography;
using System.Text;
using Amazon.S3;

namespace ObjectServer.Conformance;

public sealed class PutObject(ServerFixture server)
{
    [Fact]
    public async Task What_was_put_is_got()
    {
        var bucket = await ScratchBucket.CreateAsync(server);
        var put = await bucket.PutAsync("a/b", "some content");
        Assert.Equal(Md5("some content"), put.ETag);
        Assert.Null(put.VersionId);

        var (response, content) = await bucket.GetAsync("a/b");
        Assert.Equal("some content", content);
        Assert.Equal(put.ETag, response.ETag);
    }

    [Fact]
    public async Task Ten_megabytes_come_back_byte_by_byte()
    {
        var bucket = await ScratchBucket.CreateAsync(server);
        var content = RandomNumberGenerator.GetBytes(10_000_003);
        await bucket.PutAsync("large", content);
        using var response = await bucket.S3.GetObjectAsync(
            bucket.Name, "large", TestContext.Current.CancellationToken);
        using var copy = new MemoryStream();
        await response.ResponseStream.CopyToAsync(copy, TestContext.Current.CancellationToken);
        Assert.Equal(content, copy.ToArray());
    }

    [Theory]
    [InlineData("a//b")]
    [InlineData("trailing/")]
    [InlineData("with space+plus%percent")]
    [InlineData("question?and#hash")]
    [InlineData("\u00fc\u4f60\U0001f600")]
    public async Task Keys_are_kept_exactly(string key)
    {
        var bucket = await ScratchBucket.CreateAsync(server);
        await bucket.PutAsync(key, key);
        Assert.Equal(key, (await bucket.GetAsync(key)).Content);
        var listed = await bucket.S3.ListObjectsV2Async(
            new() { BucketName = bucket.Name }, TestContext.Current.CancellationToken);
        Assert.Equal(key, Assert.Single(listed.S3Objects).Key);
    }

    [Fact]
    public async Task An_empty_object_is_an_object()
    {
        var bucket = await ScratchBucket.CreateAsync(server);
        await bucket.PutAsync("empty", "");
        Assert.Equal("", (await bucket.GetAsync("empty")).Content);
        Assert.Equal(0, (await bucket.HeadAsync("empty")).ContentLength);
    }

    [Fact]
    public async Task Headers_and_metadata_are_kept()
    {
        var bucket = await ScratchBucket.CreateAsync(server);
        await bucket.PutAsync("k", with: put =>
        {
            put.ContentType = "text/plain; charset=utf-8";
            put.Headers.CacheControl = "max-age=60";
            put.Headers.ContentDisposition = "attachment; filename=\"f\"";
            put.Headers.ContentEncoding = "gzip";
            put.Headers["Content-Language"] = "de";
            put.Headers["Expires"] = "Wed, 02 Jan 2030 03:04:05 GMT";
            put.WebsiteRedirectLocation = "/other";
            put.Metadata.Add("One", "first");
            put.Metadata.Add("two", "second value");
        });
        var head = await bucket.HeadAsync("k");
        Assert.Equal("text/plain; charset=utf-8", head.Headers.ContentType);
        Assert.Equal("max-age=60", head.Headers.CacheControl);
        Assert.Equal("attachment; filename=\"f\"", head.Headers.ContentDisposition);
        Assert.Equal("gzip", head.Headers.ContentEncoding);
        Assert.Equal("de", head.ContentLanguage);
        Assert.Equal("Wed, 02 Jan 2030 03:04:05 GMT", head.ExpiresString);
        Assert.Equal("/other", head.WebsiteRedirectLocation);
        Assert.Equal("first", head.Metadata["one"]);
        Assert.Equal("second value", head.Metadata["two"]);
    }

    [Fact]
    public async Task An_object_of_no_type_is_binary()
    {
        var bucket = await ScratchBucket.CreateAsync(server);
        var put = await bucket.SendAsync("PUT", "k", "x"u8.ToArray());
        put.AssertOk();
        Assert.Equal("binary/octet-stream", (await bucket.HeadAsync("k")).Headers.ContentType);
    }

    [Fact]
    public async Task Metadata_without_a_value_is_kept()
    {
        var bucket = await ScratchBucket.CreateAsync(server);
        (await bucket.SendAsync("PUT", "k", "x"u8.ToArray(), null, ("x-amz-meta-empty", ""))).AssertOk();
        Assert.Equal("", (await bucket.SendAsync("HEAD", "k", [])).Header("x-amz-meta-empty"));
    }

    [Fact]
    public async Task Metadata_beyond_ascii_comes_back_in_encoded_words()
    {
        var bucket = await ScratchBucket.CreateAsync(server);
        var put = await bucket.SendAsync(
            "PUT", "k", [], null, ("x-amz-meta-word", "=?UTF-8?B?w6TDtsO8?="));
        put.AssertOk();
        var get = await bucket.SendAsync("GET", "k");
        Assert.Equal("=?UTF-8?B?w6TDtsO8?=", get.Header("x-amz-meta-word"));
    }

    [Fact]
    public async Task Metadata_has_two_kilobytes()
    {
        var bucket = await ScratchBucket.CreateAsync(server);
        await bucket.PutAsync("fits", with: put => put.Metadata.Add("m", new string('v', 2047)));
        await ScratchBucket.AssertRefusedAsync(HttpStatusCode.BadRequest, "MetadataTooLarge", () =>
            bucket.PutAsync("too-large", with: put => put.Metadata.Add("m", new string('v', 2048))));
    }

    [Fact]
    public async Task A_storage_class_is_kept_and_shown_unless_it_is_the_standard()
    {
        var bucket = await ScratchBucket.CreateAsync(server);
        await bucket.PutAsync("ia", with: put => put.StorageClass = S3StorageClass.StandardInfrequentAccess);
        await bucket.PutAsync("standard", with: put => put.StorageClass = S3StorageClass.Standard);
        Assert.Equal("STANDARD_IA", (await bucket.HeadAsync("ia")).StorageClass);
        Assert.Null((await bucket.HeadAsync("standard")).StorageClass);
        await ScratchBucket.AssertRefusedAsync(HttpStatusCode.BadRequest, "InvalidStorageClass", () =>
            bucket.PutAsync("none", with: put => put.StorageClass = "OUTPOSTS"));
    }

    [Fact]
    public async Task Tags_come_with_the_object()
    {
        var bucket = await ScratchBucket.CreateAsync(server);
        await bucket.PutAsync("k", with: put => put.TagSet = [new() { Key = "a b", Value = "1+2" }]);
        Assert.Equal(1, (await bucket.GetAsync("k")).Response.TagCount);
        var tags = await bucket.S3.GetObjectTaggingAsync(
            new() { BucketName = bucket.Name, Key = "k" }, TestContext.Current.CancellationToken);
        Assert.Equal(("a b", "1+2"), (tags.Tagging[0].Key, tags.Tagging[0].Value));
    }

    [Fact]
    public async Task If_none_match_makes_an_object_only_where_there_is_none()
    {
        var bucket = await ScratchBucket.CreateAsync(server);
        await bucket.PutAsync("k", "first", put => put.IfNoneMatch = "*");
        var refusal = await ScratchBucket.AssertRefusedAsync(
            HttpStatusCode.PreconditionFailed, "PreconditionFailed",
            () => bucket.PutAsync("k", "second", put => put.IfNoneMatch = "*"));
        Assert.Contains("pre-conditions", refusal.Message, StringComparison.Ordinal);
        Assert.Equal("first", (await bucket.GetAsync("k")).Content);
    }

    [Fact]
    public async Task If_match_replaces_only_what_the_client_knows()
    {
        var bucket = await ScratchBucket.CreateAsync(server);
        await ScratchBucket.AssertRefusedAsync(
            HttpStatusCode.NotFound, "NoSuchKey",
            () => bucket.PutAsync("k", "first", put => put.IfMatch = Md5("first")));
        var first = await bucket.PutAsync("k", "first");
        await ScratchBucket.AssertRefusedAsync(
            HttpStatusCode.PreconditionFailed, "PreconditionFailed",
            () => bucket.PutAsync("k", "second", put => put.IfMatch = Md5("other")));
        await bucket.PutAsync("k", "second", put => put.IfMatch = first.ETag);
        Assert.Equal("second", (await bucket.GetAsync("k")).Content);
    }

    [Fact]
    public async Task Conditions_take_every_form_of_the_RFC()
    {
        var bucket = await ScratchBucket.CreateAsync(server);
        await ScratchBucket.AssertRefusedAsync(
            HttpStatusCode.NotFound, "NoSuchKey", () => bucket.PutAsync("k", "", put => put.IfMatch = "*"));
        var first = await bucket.PutAsync("k", "first", put => put.IfNoneMatch = "\"other\"");
        await ScratchBucket.AssertRefusedAsync(
            HttpStatusCode.PreconditionFailed, "PreconditionFailed",
            () => bucket.PutAsync("k", "second", put => put.IfNoneMatch = first.ETag));
        await ScratchBucket.AssertRefusedAsync(
            HttpStatusCode.PreconditionFailed, "PreconditionFailed",
            () => bucket.PutAsync("k", "second", put => (put.IfNoneMatch, put.IfMatch) = ("*", first.ETag)));
        await bucket.PutAsync("k", "second", put => put.IfMatch = "*");
        Assert.Equal("second", (await bucket.GetAsync("k")).Content);
    }

    [Fact]
    public async Task Of_many_who_create_one_object_one_wins()
    {
        var bucket = await ScratchBucket.CreateAsync(server);
        var outcomes = await Task.WhenAll(Enumerable.Range(0, 16).Select(async number =>
        {
            try
            {
                await bucket.PutAsync("k", $"{number}", put => put.IfNoneMatch = "*");
                return number;
            }
            catch (AmazonS3Exception refusal) when (refusal.ErrorCode == "PreconditionFailed")
            {
                return -1;
            }
        }));
        var winner = Assert.Single(outcomes, number => number >= 0);
        Assert.Equal($"{winner}", (await bucket.GetAsync("k")).Content);
    }

    [Fact]
    public async Task A_checksum_that_was_not_sent_is_computed()
    {
        var bucket = await ScratchBucket.CreateAsync(server);
        var put = await bucket.SendAsync("PUT", "k", "123456789"u8.ToArray());
        Assert.Equal("rosUhgp5mIg=", put.Header("x-amz-checksum-crc64nvme"));
        Assert.Equal("FULL_OBJECT", put.Header("x-amz-checksum-type"));
    }

    [Fact]
    public async Task Content_that_belies_its_digest_leaves_nothing()
    {
        var bucket = await ScratchBucket.CreateAsync(server);
        await ScratchBucket.AssertRefusedAsync(
            HttpStatusCode.BadRequest, "BadDigest",
            () => bucket.PutAsync("k", "content", put => put.MD5Digest = Convert.ToBase64String(new byte[16])));
        await ScratchBucket.AssertRefusedAsync(
            HttpStatusCode.BadRequest, "BadDigest",
            () => bucket.PutAsync("k", "content", put => put.ChecksumSHA256 = Convert.ToBase64String(new byte[32])));
        await ScratchBucket.AssertRefusedAsync(HttpStatusCode.NotFound, "NoSuchKey", () => bucket.GetAsync("k"));
    }

    [Fact]
    public async Task A_body_of_unknown_length_is_refused()
    {
        var bucket = await ScratchBucket.CreateAsync(server);
        var response = await bucket.SendAsync(
            "PUT", "k", "0\r\n\r\n"u8.ToArray(), null, ("Transfer-Encoding", "chunked"));
        response.AssertRefused(411, "MissingContentLength");
    }

    [Fact]
    public async Task A_versioned_bucket_names_the_version_and_a_suspended_one_does_not()
    {
        var bucket = await ScratchBucket.CreateAsync(server, VersionStatus.Enabled);
        var first = await bucket.PutAsync("k", "first");
        var second = await bucket.PutAsync("k", "second");
        Assert.NotEqual(first.VersionId, second.VersionId);
        Assert.Equal("first", (await bucket.GetAsync("k", get => get.VersionId = first.VersionId)).Content);

        await bucket.SetVersioningAsync(VersionStatus.Suspended);
        Assert.Null((await bucket.PutAsync("k", "third")).VersionId);
        var (response, content) = await bucket.GetAsync("k");
        Assert.Equal(("third", "null"), (content, response.VersionId));
        Assert.Equal("second", (await bucket.GetAsync("k", get => get.VersionId = second.VersionId)).Content);
    }

    [Theory]
    [InlineData("x-amz-server-side-encryption", "AES256")]
    [InlineData("x-amz-object-lock-forever", "true")]
    [InlineData("x-amz-object-ownership", "ObjectWriter")]
    [InlineData("x-amz-grant-everything", "id=\"1\"")]
    [InlineData("x-amz-write-offset-bytes", "0")]
    public async Task What_is_not_obeyed_is_refused_by_name(string header, string value)
    {
        var bucket = await ScratchBucket.CreateAsync(server);
        var put = await bucket.SendAsync(
            "PUT", "k", "x"u8.ToArray(), null, (header, value));
        var document = put.AssertRefused(501, "NotImplemented").Text;
        Assert.Contains($"<Header>{header}</Header>", document, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_acl_comes_with_the_object_and_goes_with_it()
    {
        var bucket = await server.NewBucketAsync(ObjectOwnership.BucketOwnerPreferred);
        await bucket.PutAsync("k", with: put => put.CannedACL = S3CannedACL.PublicRead);
        Assert.Equal(["AllUsers READ", "root FULL_CONTROL"], await bucket.ReadAclAsync("k"));
        (await bucket.SendAsync(
            "PUT", "k", [], null,
            ("x-amz-grant-read", $"uri={AclCases.AuthenticatedUsers}"),
            ("x-amz-grant-full-control", $"id={AclCases.OwnerId}"))).AssertOk();
        Assert.Equal(["AuthenticatedUsers READ", "root FULL_CONTROL"], await bucket.ReadAclAsync("k"));
        await bucket.PutAsync("k");
        Assert.Equal(["root FULL_CONTROL"], await bucket.ReadAclAsync("k"));
    }

    [Theory]
    [InlineData("x-amz-acl", "public-read")]
    [InlineData("x-amz-grant-read", "uri=http://acs.amazonaws.com/groups/global/AllUsers")]
    public async Task Where_acls_are_disabled_none_is_taken(string header, string value)
    {
        var bucket = await ScratchBucket.CreateAsync(server);
        var answer = await bucket.SendAsync("PUT", "k", [], null, (header, value));
        answer.AssertRefused(400, "AccessControlListNotSupported");
        Assert.Equal("The bucket does not allow ACLs", answer.Element("Message"));
        await bucket.PutAsync("k", with: put => put.CannedACL = S3CannedACL.BucketOwnerFullControl);
        await bucket.PutAsync("k", with: put => put.CannedACL = S3CannedACL.Private);
        (await bucket.SendAsync("PUT", "k", [], null, ("x-amz-grant-full-control", $"id={AclCases.OwnerId}"))).AssertOk();
    }

    [Fact]
    public async Task A_redirect_location_must_be_one()
    {
        var bucket = await ScratchBucket.CreateAsync(server);
        await ScratchBucket.AssertRefusedAsync(
            HttpStatusCode.BadRequest, "InvalidRedirectLocation",
            () => bucket.PutAsync("k", "", put => put.WebsiteRedirectLocation = "nowhere"));
    }

    private static string Md5(string content) =>
        $"\"{Convert.ToHexStringLower(MD5.HashData(Encoding.UTF8.GetBytes(content)))}\"";
}
