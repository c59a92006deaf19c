using System.Net;
using System.Security.Cryptography;
using System.Text;
using Amazon.S3;
using Amazon.S3.Model;

namespace ObjectServer.Conformance;

/// <summary>https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketPolicy.html</summary>
public sealed class PutBucketPolicy(ServerFixture server)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_a_policy_allows_to_everybody_nobody_in_particular_may_do_and_nothing_else()
    {
        var bucket = await ScratchBucket.CreateAsync(server);
        await bucket.PutAsync("open/a");
        await bucket.PutAsync("closed/a");
        (await bucket.SendUnsignedAsync("GET", "open/a")).AssertRefused(403, "AccessDenied");

        await PutAsync(bucket.Name, Statement("Allow", "s3:GetObject", $"{bucket.Name}/open/*"));

        Assert.Equal("content", (await bucket.SendUnsignedAsync("GET", "open/a")).AssertOk().Text);
        (await bucket.SendUnsignedAsync("HEAD", "open/a")).AssertOk();
        (await bucket.SendUnsignedAsync("GET", "closed/a")).AssertRefused(403, "AccessDenied");
        (await bucket.SendUnsignedAsync("PUT", "open/a", [1])).AssertRefused(403, "AccessDenied");
        (await bucket.SendUnsignedAsync("DELETE", "open/a")).AssertRefused(403, "AccessDenied");
        (await bucket.SendUnsignedAsync("GET", "")).AssertRefused(403, "AccessDenied");
    }

    [Fact]
    public async Task Who_may_not_list_does_not_learn_that_a_key_is_not_there()
    {
        var bucket = await ScratchBucket.CreateAsync(server);
        await PutAsync(bucket.Name, Statement("Allow", "s3:GetObject", $"{bucket.Name}/*"));
        (await bucket.SendUnsignedAsync("GET", "absent")).AssertRefused(403, "AccessDenied");
        Assert.Equal(403, (await bucket.SendUnsignedAsync("HEAD", "absent")).Status);

        await PutAsync(
            bucket.Name,
            Statement("Allow", "s3:GetObject", $"{bucket.Name}/*"),
            Statement("Allow", "s3:ListBucket", bucket.Name));

        (await bucket.SendUnsignedAsync("GET", "absent")).AssertRefused(404, "NoSuchKey");
        Assert.Equal(404, (await bucket.SendUnsignedAsync("HEAD", "absent")).Status);
        Assert.Equal("0", (await bucket.SendUnsignedAsync("GET", "?list-type=2")).AssertOk().Element("KeyCount"));
    }

    [Fact]
    public async Task A_denial_holds_against_the_root_of_the_account_but_never_locks_it_out_of_the_policy()
    {
        var bucket = await ScratchBucket.CreateAsync(server);
        await bucket.PutAsync("key");
        await PutAsync(
            bucket.Name,
            Statement("Deny", "s3:GetObject", $"{bucket.Name}/*"),
            Statement("Deny", "s3:*", bucket.Name));

        await ScratchBucket.AssertRefusedAsync(HttpStatusCode.Forbidden, "AccessDenied", () => bucket.GetAsync("key"));
        await ScratchBucket.AssertRefusedAsync(
            HttpStatusCode.Forbidden, "AccessDenied", () => server.S3.GetBucketTaggingAsync(new() { BucketName = bucket.Name }, Cancellation));
        await server.S3.GetBucketPolicyAsync(bucket.Name, Cancellation);
        await server.S3.DeleteBucketPolicyAsync(bucket.Name, Cancellation);

        Assert.Equal("content", (await bucket.GetAsync("key")).Content);
    }

    [Fact]
    public async Task Whoever_confirms_it_locks_the_root_out_as_well()
    {
        var bucket = await ScratchBucket.CreateAsync(server);
        var policy = Document(Statement("Deny", "s3:*BucketPolicy", bucket.Name));
        (await server.SendAsync(
            "PUT",
            $"/{bucket.Name}?policy",
            policy,
            ("Content-MD5", Convert.ToBase64String(MD5.HashData(policy))),
            ("x-amz-confirm-remove-self-bucket-access", "true"))).AssertOk(204);

        await ScratchBucket.AssertRefusedAsync(
            HttpStatusCode.Forbidden, "AccessDenied", () => server.S3.GetBucketPolicyAsync(bucket.Name, Cancellation));
        await ScratchBucket.AssertRefusedAsync(
            HttpStatusCode.Forbidden, "AccessDenied", () => server.S3.DeleteBucketPolicyAsync(bucket.Name, Cancellation));
    }

    [Fact]
    public async Task Conditions_look_at_prefixes_headers_and_tags()
    {
        var bucket = await ScratchBucket.CreateAsync(server);
        await bucket.PutAsync("red", with: put => put.TagSet = [new() { Key = "colour", Value = "red" }]);
        await bucket.PutAsync("blue", with: put => put.TagSet = [new() { Key = "colour", Value = "blue" }]);
        await PutAsync(
            bucket.Name,
            Statement("Allow", "s3:ListBucket", bucket.Name, """{"StringLike":{"s3:prefix":"public/*"}}"""),
            Statement("Allow", "s3:GetObject", $"{bucket.Name}/*", """{"StringEquals":{"s3:ExistingObjectTag/colour":"red"}}"""),
            Statement("Allow", "s3:PutObject", $"{bucket.Name}/*", """{"StringEquals":{"aws:UserAgent":"camera"}}"""));

        (await bucket.SendUnsignedAsync("GET", "?prefix=public/x")).AssertOk();
        (await bucket.SendUnsignedAsync("GET", "?prefix=private")).AssertRefused(403, "AccessDenied");
        (await bucket.SendUnsignedAsync("GET", "red")).AssertOk();
        (await bucket.SendUnsignedAsync("GET", "blue")).AssertRefused(403, "AccessDenied");
        (await bucket.SendUnsignedAsync("PUT", "new", [1], ("User-Agent", "camera"))).AssertOk();
        (await bucket.SendUnsignedAsync("PUT", "new", [1], ("User-Agent", "other"))).AssertRefused(403, "AccessDenied");
    }

    [Fact]
    public async Task Who_may_list_below_a_prefix_learns_which_keys_are_not_there_below_it_alone()
    {
        var bucket = await ScratchBucket.CreateAsync(server);
        await PutAsync(
            bucket.Name,
            Statement("Allow", "s3:ListBucket", bucket.Name, """{"StringLike":{"s3:prefix":"public/*"}}"""),
            Statement("Allow", "s3:GetObject", $"{bucket.Name}/*"));

        (await bucket.SendUnsignedAsync("GET", "public/absent")).AssertRefused(404, "NoSuchKey");
        Assert.Equal(404, (await bucket.SendUnsignedAsync("HEAD", "public/absent")).Status);
        (await bucket.SendUnsignedAsync("GET", "private/absent")).AssertRefused(403, "AccessDenied");
        Assert.Equal(403, (await bucket.SendUnsignedAsync("HEAD", "private/absent")).Status);
        (await bucket.SendUnsignedAsync("GET", "private/absent?prefix=public/x")).AssertRefused(403, "AccessDenied");
    }

    [Fact]
    public async Task Who_may_list_and_not_read_learns_which_keys_are_not_there_and_nothing_else()
    {
        var bucket = await ScratchBucket.CreateAsync(server, VersionStatus.Enabled);
        var put = await bucket.PutAsync("there");
        await bucket.PutAsync("hidden");
        await bucket.DeleteAsync("hidden");
        await PutAsync(bucket.Name, Statement("Allow", "s3:ListBucket", bucket.Name));

        (await bucket.SendUnsignedAsync("GET", "absent")).AssertRefused(404, "NoSuchKey");
        Assert.Equal(404, (await bucket.SendUnsignedAsync("HEAD", "hidden")).Status);
        (await bucket.SendUnsignedAsync("GET", "there")).AssertRefused(403, "AccessDenied");
        (await bucket.SendUnsignedAsync("GET", $"there?versionId={put.VersionId}")).AssertRefused(403, "AccessDenied");
        Assert.Equal(403, (await bucket.SendUnsignedAsync("HEAD", "there")).Status);

        await PutAsync(
            bucket.Name,
            Statement("Allow", "s3:ListBucket", bucket.Name), Statement("Deny", "s3:GetObject", $"{bucket.Name}/*"));
        (await bucket.SendUnsignedAsync("GET", "absent")).AssertRefused(403, "AccessDenied");
    }

    [Fact]
    public async Task An_acl_that_favours_the_buckets_owner_alone_needs_no_permission_of_its_own()
    {
        var bucket = await ScratchBucket.CreateAsync(server);
        await server.S3.PutBucketOwnershipControlsAsync(
            new()
            {
                BucketName = bucket.Name,
                OwnershipControls = new() { Rules = [new() { ObjectOwnership = Amazon.S3.ObjectOwnership.ObjectWriter }] },
            },
            Cancellation);
        await PutAsync(bucket.Name, Statement("Allow", "s3:PutObject", $"{bucket.Name}/*"));
        var alt = server.RawAs(SeededCallers.Alt);

        foreach (var (name, value) in ((string, string)[])
        [
            ("x-amz-acl", "bucket-owner-full-control"), ("x-amz-acl", "bucket-owner-read"),
            ("x-amz-grant-full-control", $"id={AclCases.OwnerId}"),
            ("x-amz-grant-read", $"id=\"{AclCases.OwnerId}\""),
        ])
        {
            (await alt.SendAsync("PUT", $"/{bucket.Name}/key", [1], (name, value))).AssertOk();
        }

        foreach (var (name, value) in ((string, string)[])
        [
            ("x-amz-acl", "public-read"), ("x-amz-acl", "private"), ("x-amz-acl", "authenticated-read"),
            ("x-amz-grant-read", $"id={OtherAccount.CanonicalId}"),
            ("x-amz-grant-read", $"id={AclCases.OwnerId},id={OtherAccount.CanonicalId}"),
            ("x-amz-grant-read", $"emailAddress={OtherAccount.Email}"),
            ("x-amz-grant-read", "uri=http://acs.amazonaws.com/groups/global/AllUsers"),
        ])
        {
            (await alt.SendAsync("PUT", $"/{bucket.Name}/key", [1], (name, value))).AssertRefused(403, "AccessDenied");
        }
    }

    [Fact]
    public async Task What_comes_with_a_write_needs_a_permission_of_its_own()
    {
        var bucket = await ScratchBucket.CreateAsync(server);
        await PutAsync(bucket.Name, Statement("Allow", "s3:PutObject", $"{bucket.Name}/*"));

        (await bucket.SendUnsignedAsync("PUT", "plain", [1])).AssertOk();
        (await bucket.SendUnsignedAsync("PUT", "tagged", [1], ("x-amz-tagging", "a=b"))).AssertRefused(403, "AccessDenied");
        (await bucket.SendUnsignedAsync("PUT", "plain", [1], ("If-Match", "*"))).AssertRefused(403, "AccessDenied");
        (await bucket.SendUnsignedAsync("PUT", "copied", headers: ("x-amz-copy-source", $"/{bucket.Name}/plain")))
            .AssertRefused(403, "AccessDenied");
    }

    [Fact]
    public async Task Of_many_keys_those_that_may_be_deleted_are()
    {
        var bucket = await ScratchBucket.CreateAsync(server);
        await bucket.PutAsync("free");
        await bucket.PutAsync("kept");
        await PutAsync(bucket.Name, Statement("Allow", "s3:DeleteObject", $"{bucket.Name}/free"));
        var document = "<Delete><Object><Key>free</Key></Object><Object><Key>kept</Key></Object></Delete>"u8.ToArray();

        var answer = (await bucket.SendUnsignedAsync(
            "POST", "?delete", document, ("Content-MD5", Convert.ToBase64String(MD5.HashData(document))))).AssertOk();

        Assert.Contains("<Deleted><Key>free</Key></Deleted>", answer.Text, StringComparison.Ordinal);
        Assert.Contains("<Error><Key>kept</Key><Code>AccessDenied</Code>", answer.Text, StringComparison.Ordinal);
        await bucket.HeadAsync("kept");
    }

    [Theory]
    [InlineData("{", "Policies must be valid JSON and the first byte must be '{'")]
    [InlineData("[]", "Policies must be valid JSON and the first byte must be '{'")]
    [InlineData("""{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":"s3:GetObject","Resource":"arn:aws:s3:::another/*"}]}""", "Policy has invalid resource")]
    [InlineData("""{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":"s3:GetObject","Resource":"arn:aws:s3:::BUCKET"}]}""", "Action does not apply to any resource(s) in statement")]
    [InlineData("""{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":"s3:Fetch","Resource":"arn:aws:s3:::BUCKET/*"}]}""", "Policy has invalid action")]
    [InlineData("""{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":"s3:GetObject"}]}""", "Missing required field Resource")]
    [InlineData("""{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::BUCKET/*"}]}""", "Missing required field Principal")]
    public async Task What_is_no_policy_is_refused_with_what_is_wrong(string document, string says)
    {
        var bucket = await server.NewBucketAsync();
        var policy = Encoding.UTF8.GetBytes(document.Replace("BUCKET", bucket, StringComparison.Ordinal));

        var answer = await server.SendAsync(
            "PUT", $"/{bucket}?policy", policy, ("Content-MD5", Convert.ToBase64String(MD5.HashData(policy))));

        answer.AssertRefused(400, "MalformedPolicy");
        Assert.StartsWith(says, answer.Element("Message"), StringComparison.Ordinal);
        (await server.SendAsync("GET", $"/{bucket}?policy")).AssertRefused(404, "NoSuchBucketPolicy");
    }

    [Fact]
    public async Task A_policy_of_more_than_20_KiB_is_refused()
    {
        var bucket = await server.NewBucketAsync();
        var policy = Document(Statement("Allow", "s3:GetObject", $"{bucket}/{new string('a', 20 * 1024)}"));

        var answer = await server.SendAsync(
            "PUT", $"/{bucket}?policy", policy, ("Content-MD5", Convert.ToBase64String(MD5.HashData(policy))));

        Assert.Equal(400, answer.Status);
    }

    /// <summary>One statement about everybody.</summary>
    internal static string Statement(string effect, string action, string resource, string condition = "{}") =>
        $$"""{"Effect":"{{effect}}","Principal":"*","Action":"{{action}}","Resource":"arn:aws:s3:::{{resource}}","Condition":{{condition}}}""";

    internal static byte[] Document(params string[] statements) => Encoding.UTF8.GetBytes(
        $$"""{"Version":"2012-10-17","Statement":[{{string.Join(',', statements)}}]}""");

    private Task<PutBucketPolicyResponse> PutAsync(string bucket, params string[] statements) => server.S3.PutBucketPolicyAsync(
        new PutBucketPolicyRequest { BucketName = bucket, Policy = Encoding.UTF8.GetString(Document(statements)) },
        Cancellation);
}
