using System.Net;
using System.Net.Http;
using System.Net.Http.Headers;
using System.Text;
using Amazon.S3.Model;

namespace ObjectServer.Conformance;

public sealed class PostObject(ServerFixture server)
{
    [Fact]
    public async Task A_browser_uploads_what_a_policy_allows()
    {
        var bucket = await ScratchBucket.CreateAsync(server);
        var form = await SignAsync(bucket, "user/${filename}", [S3PostCondition.StartsWith("key", "user/")]);
        var response = await SendAsync(bucket, form, "from a form", "C:\\pictures\\a b.txt");
        response.AssertOk(204);
        Assert.Equal($"{bucket.Address}/user/a%20b.txt", response.Header("Location"));
        var (got, content) = await bucket.GetAsync("user/a b.txt");
        Assert.Equal("from a form", content);
        Assert.Equal(got.ETag, response.Header("ETag"));
    }

    [Fact]
    public async Task Two_megabytes_are_streamed()
    {
        var bucket = await ScratchBucket.CreateAsync(server);
        var content = string.Concat(Enumerable.Range(0, 300_000).Select(number => $"{number}\r\n--"));
        var response = await SendAsync(bucket, await SignAsync(bucket, "k"), content);
        response.AssertOk(204);
        Assert.Equal(content, (await bucket.GetAsync("k")).Content);
    }

    [Fact]
    public async Task Fields_become_headers_and_metadata()
    {
        var bucket = await ScratchBucket.CreateAsync(server);
        var form = await SignAsync(bucket, "k", fields: new()
        {
            ["Content-Type"] = "text/plain",
            ["Cache-Control"] = "no-store",
            ["x-amz-meta-m"] = "gr\u00fc\u00df",
            ["x-amz-storage-class"] = "STANDARD_IA",
            ["tagging"] = "<Tagging><TagSet><Tag><Key>a</Key><Value>1</Value></Tag></TagSet></Tagging>",
        });
        var response = await SendAsync(bucket, form, "x");
        response.AssertOk(204);
        var head = await bucket.SendAsync("HEAD", "k");
        Assert.Equal("text/plain", head.Header("Content-Type"));
        Assert.Equal("no-store", head.Header("Cache-Control"));
        Assert.Equal("STANDARD_IA", head.Header("x-amz-storage-class"));
        Assert.Equal("1", head.Header("x-amz-tagging-count"));
        Assert.StartsWith("=?UTF-8?", head.Header("x-amz-meta-m"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_form_brings_a_lock_where_there_are_any()
    {
        var bucket = await server.NewLockedBucketAsync();
        var form = await SignAsync(bucket, "k", fields: new()
        {
            ["x-amz-object-lock-legal-hold"] = "ON",
            ["Content-MD5"] = Convert.ToBase64String(System.Security.Cryptography.MD5.HashData("x"u8)),
        });
        (await SendAsync(bucket, form, "x")).AssertOk(204);
        Assert.Equal("ON", (await bucket.SendAsync("HEAD", "k")).Header("x-amz-object-lock-legal-hold"));
        (await SendAsync(bucket, await SignAsync(bucket, "k", fields: new()
        {
            ["x-amz-object-lock-legal-hold"] = "ON",
        }), "x")).AssertRefused(400, "InvalidRequest");
    }

    [Fact]
    public async Task A_form_brings_an_acl_where_there_are_any()
    {
        var bucket = await server.NewBucketAsync(Amazon.S3.ObjectOwnership.ObjectWriter);
        var form = await SignAsync(bucket, "k", fields: new() { ["acl"] = "public-read" });
        (await SendAsync(bucket, form, "x")).AssertOk(204);
        Assert.Equal(["AllUsers READ", "root FULL_CONTROL"], await bucket.ReadAclAsync("k"));
        var granting = await SignAsync(
            bucket, "k", fields: new() { ["x-amz-grant-read"] = $"uri={AclCases.AuthenticatedUsers}" });
        (await SendAsync(bucket, granting, "x")).AssertOk(204);
        Assert.Equal(["AuthenticatedUsers READ"], await bucket.ReadAclAsync("k"));
        var enforced = await ScratchBucket.CreateAsync(server);
        var refused = await SendAsync(
            enforced, await SignAsync(enforced, "k", fields: new() { ["acl"] = "public-read" }), "x");
        refused.AssertRefused(400, "AccessControlListNotSupported");
    }

    [Theory]
    [InlineData("200", 200)]
    [InlineData("201", 201)]
    [InlineData("204", 204)]
    [InlineData("404", 204)]
    public async Task The_status_of_success_is_the_form_s(string asked, int status)
    {
        var bucket = await ScratchBucket.CreateAsync(server);
        var form = await SignAsync(bucket, "k<1>", fields: new() { ["success_action_status"] = asked });
        var response = await SendAsync(bucket, form, "x");
        response.AssertOk(status);
        var document = response.Text;
        if (status == 201)
        {
            Assert.Contains(
                $"<PostResponse><Location>{bucket.Address}/k%3C1%3E</Location><Bucket>{bucket.Name}</Bucket>"
                + "<Key>k&lt;1&gt;</Key><ETag>&quot;9dd4e461268c8034f5c8564e155c67a6&quot;</ETag></PostResponse>",
                document,
                StringComparison.Ordinal);
        }
        else
        {
            Assert.Empty(document);
        }
    }

    [Theory]
    [InlineData("http://client.example/done", "http://client.example/done?")]
    [InlineData("http://client.example/done?a=1", "http://client.example/done?a=1&")]
    public async Task Success_can_redirect(string redirect, string start)
    {
        var bucket = await ScratchBucket.CreateAsync(server);
        var form = await SignAsync(bucket, "a b", fields: new() { ["success_action_redirect"] = redirect });
        var response = await SendAsync(bucket, form, "x");
        response.AssertOk(303);
        Assert.Equal(
            $"{start}bucket={bucket.Name}&key=a%20b&etag=%229dd4e461268c8034f5c8564e155c67a6%22",
            response.Header("Location"));
    }

    [Fact]
    public async Task A_redirect_that_cannot_be_followed_is_none()
    {
        var bucket = await ScratchBucket.CreateAsync(server);
        var form = await SignAsync(bucket, "k", fields: new() { ["success_action_redirect"] = "nowhere" });
        var response = await SendAsync(bucket, form, "x");
        response.AssertOk(204);
    }

    [Fact]
    public async Task Lengths_have_the_limits_of_the_policy()
    {
        var bucket = await ScratchBucket.CreateAsync(server);
        var form = await SignAsync(bucket, "k", [S3PostCondition.ContentLengthRange(3, 5)]);
        var small = await SendAsync(bucket, form, "12");
        small.AssertRefused(400, "EntityTooSmall");
        var large = await SendAsync(bucket, form, "123456");
        var document = large.AssertRefused(400, "EntityTooLarge").Text;
        Assert.Contains("<MaxSizeAllowed>5</MaxSizeAllowed>", document, StringComparison.Ordinal);
        await ScratchBucket.AssertRefusedAsync(HttpStatusCode.NotFound, "NoSuchKey", () => bucket.GetAsync("k"));
        var right = await SendAsync(bucket, form, "12345");
        right.AssertOk(204);
    }

    [Fact]
    public async Task What_the_policy_does_not_allow_is_refused()
    {
        var bucket = await ScratchBucket.CreateAsync(server);
        var form = await SignAsync(bucket, "k");
        var extra = await SendAsync(bucket, new(form) { ["x-amz-meta-extra"] = "1" }, "x");
        var document = extra.AssertRefused(403, "AccessDenied").Text;
        Assert.Contains("Extra input fields: x-amz-meta-extra", document, StringComparison.Ordinal);
        var ignored = await SendAsync(bucket, new(form) { ["x-ignore-extra"] = "1" }, "x");
        ignored.AssertOk(204);
        var other = await SendAsync(bucket, new(form) { ["key"] = "other" }, "x");
        document = other.AssertRefused(403, "AccessDenied").Text;
        Assert.Contains(
            "Policy Condition failed: [&quot;eq&quot;, &quot;$key&quot;, &quot;k&quot;]",
            document,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_policy_that_was_changed_is_not_the_signer_s()
    {
        var bucket = await ScratchBucket.CreateAsync(server);
        var form = await SignAsync(bucket, "k");
        var policy = Encoding.UTF8.GetString(Convert.FromBase64String(Field(form, "policy")));
        var changed = new Dictionary<string, string>(form);
        changed[Name(form, "policy")] = Convert.ToBase64String(Encoding.UTF8.GetBytes(policy + " "));
        var response = await SendAsync(bucket, changed, "x");
        response.AssertRefused(403, "SignatureDoesNotMatch");
    }

    [Fact]
    public async Task Nobody_in_particular_may_not_upload()
    {
        var bucket = await ScratchBucket.CreateAsync(server);
        var response = await SendAsync(bucket, new() { ["key"] = "k" }, "x");
        response.AssertRefused(403, "AccessDenied");
    }

    [Fact]
    public async Task A_key_and_a_file_are_needed()
    {
        var bucket = await ScratchBucket.CreateAsync(server);
        var keyless = await SendAsync(bucket, [], "x");
        keyless.AssertRefused(400, "UserKeyMustBeSpecified");
        using var body = new MultipartFormDataContent { { new StringContent("k"), "key" } };
        var fileless = await SendAsync(bucket, body);
        fileless.AssertRefused(400, "IncorrectNumberOfFilesInPostRequest");
    }

    [Fact]
    public async Task A_checksum_of_the_form_is_verified()
    {
        var bucket = await ScratchBucket.CreateAsync(server);
        var right = await SignAsync(bucket, "k", fields: new() { ["x-amz-checksum-crc32"] = "y/Q5Jg==" });
        var kept = await SendAsync(bucket, right, "123456789");
        kept.AssertOk(204);
        var wrong = await SendAsync(bucket, right, "12345678");
        wrong.AssertRefused(400, "BadDigest");
        Assert.Equal("123456789", (await bucket.GetAsync("k")).Content);
    }

    private static string Name(Dictionary<string, string> form, string name) =>
        form.Keys.Single(key => key.Equals(name, StringComparison.OrdinalIgnoreCase));

    private static string Field(Dictionary<string, string> form, string name) => form[Name(form, name)];

    /// <summary>The fields of a form that allows one key, as the SDK signs them.</summary>
    private static async Task<Dictionary<string, string>> SignAsync(
        ScratchBucket bucket,
        string key,
        List<S3PostCondition>? conditions = null,
        Dictionary<string, string>? fields = null)
    {
        var signed = await bucket.S3.CreatePresignedPostAsync(new()
        {
            BucketName = bucket.Name,
            Key = key,
            Expires = DateTime.UtcNow.AddMinutes(5),
            Conditions = conditions ?? [],
            Fields = fields ?? [],
        });
        var form = new Dictionary<string, string>(signed.Fields);
        form.TryAdd("key", key);
        return form;
    }

    private static async Task<RawAnswer> SendAsync(
        ScratchBucket bucket, Dictionary<string, string> fields, string file, string fileName = "file.txt")
    {
        using var form = new MultipartFormDataContent();
        foreach (var (name, value) in fields)
        {
            form.Add(new StringContent(value), $"\"{name}\"");
        }

        var content = new StringContent(file);
        content.Headers.ContentDisposition = ContentDispositionHeaderValue.Parse(
            $"form-data; name=\"file\"; filename=\"{fileName.Replace("\\", "\\\\", StringComparison.Ordinal)}\"");
        form.Add(content);
        return await SendAsync(bucket, form);
    }

    private static async Task<RawAnswer> SendAsync(ScratchBucket bucket, MultipartFormDataContent form) =>
        await bucket.SendUnsignedAsync(
            "POST",
            "",
            await form.ReadAsByteArrayAsync(TestContext.Current.CancellationToken),
            ("Content-Type", form.Headers.ContentType!.ToString()));
}
