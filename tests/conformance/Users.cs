using System.Net;
using Amazon.S3;

namespace ObjectServer.Conformance;

/// <summary>What users may do: by policies of their own, of their groups, within boundaries, with keys that count.</summary>
/// <remarks>https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html</remarks>
public sealed class Users(ServerFixture server)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_user_without_policies_may_do_nothing()
    {
        var bucket = await ScratchBucket.CreateAsync(server);
        await bucket.PutAsync("key");
        var bare = server.RawAs(SeededCallers.Bare);

        (await bare.SendAsync("GET", $"/{bucket.Name}/key")).AssertRefused(403, "AccessDenied");
        (await bare.SendAsync("PUT", $"/{bucket.Name}/key", [1])).AssertRefused(403, "AccessDenied");
        (await bare.SendAsync("GET", $"/{bucket.Name}")).AssertRefused(403, "AccessDenied");
        (await bare.SendAsync("PUT", $"/{ServerFixture.NewBucketName()}")).AssertRefused(403, "AccessDenied");
        (await bare.SendAsync("GET", "/")).AssertRefused(403, "AccessDenied");
    }

    [Fact]
    public async Task A_policy_of_the_user_allows_what_it_says_and_nothing_else()
    {
        var bucket = await ScratchBucket.CreateAsync(server);
        await bucket.PutAsync("key");
        var reader = server.RawAs(SeededCallers.Reader);

        Assert.Equal("content", (await reader.SendAsync("GET", $"/{bucket.Name}/key")).AssertOk().Text);
        (await reader.SendAsync("GET", $"/{bucket.Name}?list-type=2")).AssertOk();
        (await reader.SendAsync("GET", $"/{bucket.Name}/absent")).AssertRefused(404, "NoSuchKey");
        (await reader.SendAsync("PUT", $"/{bucket.Name}/key", [1])).AssertRefused(403, "AccessDenied");
        (await reader.SendAsync("GET", $"/{bucket.Name}/key?tagging")).AssertRefused(403, "AccessDenied");
        (await reader.SendAsync("GET", $"/{bucket.Name}?versions")).AssertRefused(403, "AccessDenied");
    }

    [Fact]
    public async Task A_policy_about_every_bucket_is_about_their_list_as_well()
    {
        var bucket = await server.NewBucketAsync();

        var answer = (await server.RawAs(SeededCallers.Lister).SendAsync("GET", "/")).AssertOk();

        Assert.Contains($"<Name>{bucket}</Name>", answer.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_refusal_names_who_may_not_do_what_to_what()
    {
        var bucket = await server.NewBucketAsync();

        var refusal = await ScratchBucket.AssertRefusedAsync(
            HttpStatusCode.Forbidden,
            "AccessDenied",
            () => server.ConnectAs(SeededCallers.Reader).PutObjectAsync(
                new() { BucketName = bucket, Key = "a b", ContentBody = "" }, Cancellation));

        Assert.StartsWith(
            $"User: arn:aws:iam::{ServerFixture.AccountId}:user/team/reader is not authorized to perform: s3:PutObject "
            + $"on resource: \"arn:aws:s3:::{bucket}/a b\"",
            refusal.Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task Policies_of_the_groups_count_as_the_users_own()
    {
        var bucket = await server.NewBucketAsync();
        var writer = server.RawAs(SeededCallers.Writer);

        (await writer.SendAsync("PUT", $"/{bucket}/incoming/a", [1])).AssertOk();
        (await writer.SendAsync("PUT", $"/{bucket}/outgoing/a", [1])).AssertRefused(403, "AccessDenied");
        (await writer.SendAsync("GET", $"/{bucket}/incoming/a")).AssertRefused(403, "AccessDenied");
    }

    [Fact]
    public async Task A_denial_outweighs_every_permission()
    {
        var bucket = await ScratchBucket.CreateAsync(server, VersionStatus.Enabled);
        var put = await bucket.PutAsync("key");
        var keeper = server.RawAs(SeededCallers.Keeper);

        (await keeper.SendAsync("PUT", $"/{bucket.Name}/key", [1])).AssertOk();
        (await keeper.SendAsync("DELETE", $"/{bucket.Name}/key")).AssertRefused(403, "AccessDenied");
        (await keeper.SendAsync("DELETE", $"/{bucket.Name}/key?versionId={put.VersionId}")).AssertRefused(403, "AccessDenied");
    }

    [Fact]
    public async Task A_boundary_allows_nothing_and_limits_everything()
    {
        var bucket = await ScratchBucket.CreateAsync(server);
        await bucket.PutAsync("key");
        var bounded = server.RawAs(SeededCallers.Bounded);

        (await bounded.SendAsync("GET", $"/{bucket.Name}/key")).AssertOk();
        (await bounded.SendAsync("PUT", $"/{bucket.Name}/key", [1])).AssertRefused(403, "AccessDenied");
        (await bounded.SendAsync("DELETE", $"/{bucket.Name}/key")).AssertRefused(403, "AccessDenied");
    }

    [Fact]
    public async Task A_variable_stands_for_the_users_name()
    {
        var bucket = await server.NewBucketAsync();
        var homely = server.RawAs(SeededCallers.Homely);

        (await homely.SendAsync("PUT", $"/{bucket}/home/homely/a", [1])).AssertOk();
        (await homely.SendAsync("GET", $"/{bucket}/home/homely/a")).AssertOk();
        (await homely.SendAsync("PUT", $"/{bucket}/home/other/a", [1])).AssertRefused(403, "AccessDenied");
        (await homely.SendAsync("PUT", $"/{bucket}/home/homely", [1])).AssertRefused(403, "AccessDenied");
    }

    [Fact]
    public async Task Within_one_account_the_policy_of_the_bucket_alone_will_do()
    {
        var bucket = await ScratchBucket.CreateAsync(server);
        await bucket.PutAsync("key");
        await bucket.PutPolicyAsync(
            $$$"""{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::{{{ServerFixture.AccountId}}}:user/bare"},"Action":"s3:GetObject","Resource":"arn:aws:s3:::{{{bucket.Name}}}/*"}""");

        (await server.RawAs(SeededCallers.Bare).SendAsync("GET", $"/{bucket.Name}/key")).AssertOk();
        (await server.RawAs(SeededCallers.Writer).SendAsync("GET", $"/{bucket.Name}/key")).AssertRefused(403, "AccessDenied");
    }

    [Fact]
    public async Task A_policy_that_names_the_account_leaves_it_to_the_account()
    {
        var bucket = await ScratchBucket.CreateAsync(server);
        await bucket.PutAsync("key");
        await bucket.PutPolicyAsync(
            $$$"""{"Effect":"Allow","Principal":{"AWS":"{{{ServerFixture.AccountId}}}"},"Action":"s3:GetObject","Resource":"arn:aws:s3:::{{{bucket.Name}}}/*"}""");

        (await server.RawAs(SeededCallers.Bare).SendAsync("GET", $"/{bucket.Name}/key")).AssertRefused(403, "AccessDenied");
    }

    [Fact]
    public async Task A_condition_may_ask_for_a_tag_of_the_user()
    {
        var bucket = await ScratchBucket.CreateAsync(server);
        await bucket.PutAsync("key");
        await bucket.PutPolicyAsync(
            $$$$"""{"Effect":"Allow","Principal":"*","Action":"s3:GetObject","Resource":"arn:aws:s3:::{{{{bucket.Name}}}}/*","Condition":{"StringEquals":{"aws:PrincipalTag/team":"red"}}}""");

        (await server.RawAs(SeededCallers.Homely).SendAsync("GET", $"/{bucket.Name}/key")).AssertOk();
        (await server.RawAs(SeededCallers.Bare).SendAsync("GET", $"/{bucket.Name}/key")).AssertRefused(403, "AccessDenied");
        (await bucket.SendUnsignedAsync("GET", "key")).AssertRefused(403, "AccessDenied");
    }

    [Fact]
    public async Task What_a_user_makes_belongs_to_the_account()
    {
        var name = ServerFixture.NewBucketName();
        (await server.RawAs(SeededCallers.Keeper).SendAsync("PUT", $"/{name}")).AssertOk();

        Assert.Contains(
            (await server.S3.ListBucketsAsync(Cancellation)).Buckets, bucket => bucket.BucketName == name);
        await server.S3.DeleteBucketAsync(name, Cancellation);
    }

    [Fact]
    public async Task A_key_that_is_switched_off_is_no_key()
    {
        var bucket = await server.NewBucketAsync();
        var answer = await server.RawAs(SeededCallers.ReaderOff).SendAsync("GET", $"/{bucket}?list-type=2");

        answer.AssertRefused(403, "InvalidAccessKeyId");
        Assert.Equal(SeededCallers.ReaderOff.AccessKeyId, answer.Element("AWSAccessKeyId"));
    }

    [Fact]
    public async Task The_secret_of_one_key_does_not_sign_for_another()
    {
        var mixed = server.RawAs((SeededCallers.Reader.AccessKeyId, SeededCallers.Writer.SecretAccessKey));

        (await mixed.SendAsync("GET", "/")).AssertRefused(403, "SignatureDoesNotMatch");
    }
}
