using System.Net;
using System.Security.Cryptography;
using Amazon.S3;
using Amazon.S3.Model;

namespace ObjectServer.Conformance;

/// <summary>Requests to what another account owns.</summary>
/// <remarks>https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic-cross-account.html</remarks>
public sealed class CrossAccount(ServerFixture server)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private RawClient Alt => server.RawAs(SeededCallers.Alt);

    [Fact]
    public async Task Nothing_is_there_for_another_account_until_a_policy_says_so()
    {
        var bucket = await FilledBucketAsync("key");
        foreach (var (method, target) in ((string Method, string Target)[])[
            ("GET", "/key"), ("HEAD", "/key"), ("PUT", "/key"), ("DELETE", "/key"), ("GET", "?list-type=2"), ("HEAD", ""),
            ("GET", "?versioning"), ("GET", "?policy"), ("DELETE", ""), ("PUT", "?versioning")])
        {
            Assert.Equal(403, (await Alt.SendAsync(method, $"/{bucket.Name}{target}", method == "PUT" ? [1] : null)).Status);
        }

        await bucket.PutPolicyAsync(Statement("Allow", OtherAccount.Id, "s3:GetObject", $"{bucket.Name}/*"));

        Assert.Equal("content", (await Alt.SendAsync("GET", $"/{bucket.Name}/key")).AssertOk().Text);
        (await Alt.SendAsync("PUT", $"/{bucket.Name}/key", [1])).AssertRefused(403, "AccessDenied");
        (await bucket.SendUnsignedAsync("GET", "key")).AssertRefused(403, "AccessDenied");
    }

    [Fact]
    public async Task A_user_of_another_account_needs_both_accounts()
    {
        var bucket = await FilledBucketAsync("key");
        var (bare, reader) = (server.RawAs(SeededCallers.AltBare), server.RawAs(SeededCallers.AltReader));
        (await reader.SendAsync("GET", $"/{bucket.Name}/key")).AssertRefused(403, "AccessDenied");

        await bucket.PutPolicyAsync(Statement("Allow", OtherAccount.Id, "s3:GetObject", $"{bucket.Name}/*"));

        (await reader.SendAsync("GET", $"/{bucket.Name}/key")).AssertOk();
        (await bare.SendAsync("GET", $"/{bucket.Name}/key")).AssertRefused(403, "AccessDenied");
    }

    [Fact]
    public async Task A_policy_may_name_one_user_who_still_needs_a_policy_of_its_own()
    {
        var bucket = await FilledBucketAsync("key");
        var arn = $"arn:aws:iam::{OtherAccount.Id}:user";
        await bucket.PutPolicyAsync(
            Statement("Allow", $"{arn}/reader", "s3:GetObject", $"{bucket.Name}/*"),
            Statement("Allow", $"{arn}/bare", "s3:GetObject", $"{bucket.Name}/*"));

        (await server.RawAs(SeededCallers.AltReader).SendAsync("GET", $"/{bucket.Name}/key")).AssertOk();
        (await server.RawAs(SeededCallers.AltBare).SendAsync("GET", $"/{bucket.Name}/key")).AssertRefused(403, "AccessDenied");
        (await Alt.SendAsync("GET", $"/{bucket.Name}/key")).AssertRefused(403, "AccessDenied");
    }

    [Fact]
    public async Task A_user_of_the_same_name_in_another_account_is_another_user()
    {
        var bucket = await FilledBucketAsync("key");
        await bucket.PutPolicyAsync(Statement(
            "Allow", $"arn:aws:iam::{ServerFixture.AccountId}:user/bare", "s3:GetObject", $"{bucket.Name}/*"));

        (await server.RawAs(SeededCallers.Bare).SendAsync("GET", $"/{bucket.Name}/key")).AssertOk();
        (await server.RawAs(SeededCallers.AltBare).SendAsync("GET", $"/{bucket.Name}/key")).AssertRefused(403, "AccessDenied");
    }

    [Fact]
    public async Task A_denial_of_the_bucket_outweighs_all()
    {
        var bucket = await FilledBucketAsync("open", "closed");
        await bucket.PutPolicyAsync(
            Statement("Allow", OtherAccount.Id, "s3:*", $"{bucket.Name}/*"),
            Statement("Deny", OtherAccount.Id, "s3:GetObject", $"{bucket.Name}/closed"));

        (await Alt.SendAsync("GET", $"/{bucket.Name}/open")).AssertOk();
        (await Alt.SendAsync("GET", $"/{bucket.Name}/closed")).AssertRefused(403, "AccessDenied");
    }

    [Fact]
    public async Task Who_may_not_list_does_not_learn_that_a_key_is_not_there()
    {
        var bucket = await FilledBucketAsync("key");
        await bucket.PutPolicyAsync(Statement("Allow", OtherAccount.Id, "s3:GetObject", $"{bucket.Name}/*"));
        (await Alt.SendAsync("GET", $"/{bucket.Name}/absent")).AssertRefused(403, "AccessDenied");

        await bucket.PutPolicyAsync(
            Statement("Allow", OtherAccount.Id, "s3:GetObject", $"{bucket.Name}/*"),
            Statement("Allow", OtherAccount.Id, "s3:ListBucket", bucket.Name));
        (await Alt.SendAsync("GET", $"/{bucket.Name}/absent")).AssertRefused(404, "NoSuchKey");
    }

    [Fact]
    public async Task The_expected_owner_is_the_account_of_the_bucket()
    {
        var bucket = await FilledBucketAsync("key");
        await bucket.PutPolicyAsync(Statement("Allow", OtherAccount.Id, "s3:GetObject", $"{bucket.Name}/*"));

        (await Alt.SendAsync("GET", $"/{bucket.Name}/key", null, ("x-amz-expected-bucket-owner", ServerFixture.AccountId)))
            .AssertOk();
        (await Alt.SendAsync("GET", $"/{bucket.Name}/key", null, ("x-amz-expected-bucket-owner", OtherAccount.Id)))
            .AssertRefused(403, "AccessDenied");
    }

    [Fact]
    public async Task A_requester_that_pays_says_so()
    {
        var bucket = await FilledBucketAsync("key");
        await bucket.PutPolicyAsync(Statement("Allow", OtherAccount.Id, "s3:GetObject", $"{bucket.Name}/*"));
        await server.S3.PutBucketRequestPaymentAsync(
            new() { BucketName = bucket.Name, RequestPaymentConfiguration = new() { Payer = "Requester" } }, Cancellation);

        (await Alt.SendAsync("GET", $"/{bucket.Name}/key")).AssertRefused(403, "AccessDenied");
        var answer = (await Alt.SendAsync("GET", $"/{bucket.Name}/key", null, ("x-amz-request-payer", "requester"))).AssertOk();
        Assert.Equal("requester", answer.Header("x-amz-request-charged"));
        Assert.Null((await bucket.SendAsync("GET", "key")).AssertOk().Header("x-amz-request-charged"));
    }

    [Fact]
    public async Task An_account_is_shown_its_own_buckets_and_no_others()
    {
        var (mine, others) = (ServerFixture.NewBucketName(), await server.NewBucketAsync());
        await server.Other.PutBucketAsync(mine, Cancellation);

        var shown = await server.Other.ListBucketsAsync(Cancellation);
        Assert.Contains(shown.Buckets, bucket => bucket.BucketName == mine);
        Assert.DoesNotContain(shown.Buckets, bucket => bucket.BucketName == others);
        Assert.Equal(OtherAccount.CanonicalId, shown.Owner.Id);
        Assert.DoesNotContain(
            (await server.S3.ListBucketsAsync(Cancellation)).Buckets, bucket => bucket.BucketName == mine);
        await server.Other.DeleteBucketAsync(mine, Cancellation);
    }

    [Fact]
    public async Task A_name_that_another_account_has_is_taken()
    {
        var bucket = await server.NewBucketAsync();

        await ScratchBucket.AssertRefusedAsync(
            HttpStatusCode.Conflict, "BucketAlreadyExists", () => server.Other.PutBucketAsync(bucket, Cancellation));
    }

    [Fact]
    public async Task A_copy_needs_the_source_and_the_destination()
    {
        var source = await FilledBucketAsync("key");
        var destination = ServerFixture.NewBucketName();
        await server.Other.PutBucketAsync(destination, Cancellation);
        await ScratchBucket.AssertRefusedAsync(HttpStatusCode.Forbidden, "AccessDenied", Copy(server.Other));

        await source.PutPolicyAsync(Statement("Allow", OtherAccount.Id, "s3:GetObject", $"{source.Name}/*"));
        await Copy(server.Other)();
        await ScratchBucket.AssertRefusedAsync(HttpStatusCode.Forbidden, "AccessDenied", Copy(server.S3));

        using var copied = await server.Other.GetObjectAsync(destination, "copy", Cancellation);
        Assert.Equal("content".Length, copied.ContentLength);
        await server.Other.DeleteObjectAsync(destination, "copy", Cancellation);
        await server.Other.DeleteBucketAsync(destination, Cancellation);

        Func<Task> Copy(AmazonS3Client s3) => () => s3.CopyObjectAsync(
            new CopyObjectRequest
            {
                SourceBucket = source.Name,
                SourceKey = "key",
                DestinationBucket = destination,
                DestinationKey = "copy",
            },
            Cancellation);
    }

    [Fact]
    public async Task Of_many_keys_those_that_may_be_deleted_are()
    {
        var bucket = await FilledBucketAsync("free", "kept");
        await bucket.PutPolicyAsync(Statement("Allow", OtherAccount.Id, "s3:DeleteObject", $"{bucket.Name}/free"));
        var document = "<Delete><Object><Key>free</Key></Object><Object><Key>kept</Key></Object></Delete>"u8.ToArray();

        var answer = (await Alt.SendAsync(
            "POST", $"/{bucket.Name}?delete", document, ("Content-MD5", Convert.ToBase64String(MD5.HashData(document)))))
            .AssertOk();

        Assert.Contains("<Deleted><Key>free</Key></Deleted>", answer.Text, StringComparison.Ordinal);
        Assert.Contains("<Error><Key>kept</Key><Code>AccessDenied</Code>", answer.Text, StringComparison.Ordinal);
        await bucket.HeadAsync("kept");
    }

    [Fact]
    public async Task A_block_of_public_policies_leaves_another_account_that_is_named_alone()
    {
        var bucket = await FilledBucketAsync("key");
        await server.S3.PutPublicAccessBlockAsync(
            new()
            {
                BucketName = bucket.Name,
                PublicAccessBlockConfiguration = new() { BlockPublicPolicy = true, RestrictPublicBuckets = true },
            },
            Cancellation);

        await bucket.PutPolicyAsync(Statement("Allow", OtherAccount.Id, "s3:GetObject", $"{bucket.Name}/*"));
        (await Alt.SendAsync("GET", $"/{bucket.Name}/key")).AssertOk();
        await ScratchBucket.AssertRefusedAsync(
            HttpStatusCode.Forbidden,
            "AccessDenied",
            () => bucket.PutPolicyAsync(Statement("Allow", "*", "s3:GetObject", $"{bucket.Name}/*")));
    }

    private static string Statement(string effect, string principal, string action, string resource) =>
        $$"""{"Effect":"{{effect}}","Principal":{"AWS":"{{principal}}"},"Action":"{{action}}","Resource":"arn:aws:s3:::{{resource}}"}""";

    private async Task<ScratchBucket> FilledBucketAsync(params string[] keys)
    {
        var bucket = await ScratchBucket.CreateAsync(server);
        foreach (var key in keys)
        {
            await bucket.PutAsync(key);
        }

        return bucket;
    }
}
