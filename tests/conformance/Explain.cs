using System.Globalization;
using System.Text.Json;
using ObjectServer.Commands;

namespace ObjectServer.Conformance;

/// <summary><c>/-/explain/REQUEST-ID</c> and <c>objectserver explain</c>: why a request was refused.</summary>
public sealed class Explain(ServerFixture server)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_root_of_the_first_account_is_told_who_was_refused_what_and_which_statement_decided()
    {
        var bucket = await ScratchBucket.CreateAsync(server);
        await bucket.PutPolicyAsync(
            $$$$"""{"Sid":"Office","Effect":"Deny","Principal":"*","Action":"s3:GetObject","Resource":"arn:aws:s3:::{{{{bucket.Name}}}}/*","Condition":{"StringNotEquals":{"aws:UserAgent":"office"}}}""");
        var refused = (await server.RawAs(SeededCallers.Reader).SendAsync(
            "GET", $"/{bucket.Name}/key", null, ("User-Agent", "street"))).AssertRefused(403, "AccessDenied");

        var answer = (await server.SendAsync("GET", $"/-/explain/{refused.Header("x-amz-request-id")}")).AssertOk();

        Assert.Equal("application/json", answer.Header("Content-Type"));
        using var document = JsonDocument.Parse(answer.Text);
        var denial = Assert.Single(document.RootElement.EnumerateArray());
        Assert.Equal($"arn:aws:iam::{ServerFixture.AccountId}:user/team/reader", denial.GetProperty("caller").GetString());
        Assert.Equal(SeededCallers.Reader.AccessKeyId, denial.GetProperty("accessKeyId").GetString());
        Assert.Equal("s3:GetObject", denial.GetProperty("action").GetString());
        Assert.Equal($"arn:aws:s3:::{bucket.Name}/key", denial.GetProperty("resource").GetString());
        Assert.Equal("ExplicitDeny", denial.GetProperty("outcome").GetString());
        Assert.Contains("Office", denial.GetProperty("decidedBy").GetString(), StringComparison.Ordinal);
        var agent = Assert.Single(denial.GetProperty("conditions").EnumerateArray());
        Assert.Equal("street", Assert.Single(agent.GetProperty("value").EnumerateArray()).GetString());
        Assert.DoesNotContain(SeededCallers.Reader.SecretAccessKey, answer.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Refusals_of_IAM_and_STS_are_explained_as_well()
    {
        var iam = new IamClient(server);
        var (name, user, keyId, secret) = await iam.NewUserAsync(
            """{"Version":"2012-10-17","Statement":{"Sid":"NoOwn","Effect":"Deny","Action":"iam:*","Resource":"*"}}""");
        var refused = (await user.SendAsync("GetUser", ("UserName", "nobody"))).AssertRefused(403, "AccessDenied");

        var denial = await ExplainAsync(refused.Header("x-amzn-RequestId"));
        Assert.Equal(
            ($"arn:aws:iam::{ServerFixture.AccountId}:user/{name}", "User", keyId, "iam:GetUser", "ExplicitDeny"),
            (Text(denial, "caller"), Text(denial, "callerKind"), Text(denial, "accessKeyId"), Text(denial, "action"),
                Text(denial, "outcome")));
        Assert.Contains("(NoOwn)", Text(denial, "decidedBy"), StringComparison.Ordinal);

        var (_, arn) = await server.NewRoleAsync(
            $""" "AWS":"{ServerFixture.AccountId}" """,
            condition: """{"StringEquals":{"sts:ExternalId":"right"}}""");
        var sts = new IamClient(server, keyId, secret) { Service = "sts", Version = "2011-06-15" };
        var untrusted = (await sts.SendAsync(
            "AssumeRole", ("RoleArn", arn), ("RoleSessionName", "session"), ("ExternalId", "wrong")))
            .AssertRefused(403, "AccessDenied");

        var trust = await ExplainAsync(untrusted.Header("x-amzn-RequestId"));
        Assert.Equal(("sts:AssumeRole", arn), (Text(trust, "action"), Text(trust, "resource")));
        var asked = Assert.Single(trust.GetProperty("conditions").EnumerateArray());
        Assert.Equal("sts:ExternalId", Text(asked, "key"));
        Assert.Equal("wrong", Assert.Single(asked.GetProperty("value").EnumerateArray()).GetString());

        var absent = (await sts.SendAsync("AssumeRole", ("RoleArn", arn + "x"), ("RoleSessionName", "session")))
            .AssertRefused(403, "AccessDenied");
        Assert.Equal(
            $"There is no role {arn}x.", Text(await ExplainAsync(absent.Header("x-amzn-RequestId")), "decidedBy"));
    }

    [Theory]
    [InlineData("x-amz-expected-bucket-owner", "111111111111", "The bucket belongs to another account")]
    [InlineData("x-amz-acl", "public-read", "BlockPublicAcls")]
    public async Task A_refusal_by_a_rule_that_asks_no_policy_names_the_rule(string header, string value, string rule)
    {
        var bucket = await ScratchBucket.CreateAsync(server);
        await bucket.S3.PutBucketOwnershipControlsAsync(
            new()
            {
                BucketName = bucket.Name,
                OwnershipControls = new() { Rules = [new() { ObjectOwnership = Amazon.S3.ObjectOwnership.ObjectWriter }] },
            },
            Cancellation);
        await bucket.S3.PutPublicAccessBlockAsync(
            new() { BucketName = bucket.Name, PublicAccessBlockConfiguration = new() { BlockPublicAcls = true } }, Cancellation);
        var refused = (await bucket.SendAsync("PUT", "a b", [1], null, (header, value))).AssertRefused(403, "AccessDenied");

        var denial = await ExplainAsync(refused.Header("x-amz-request-id"));

        Assert.Equal(
            ($"arn:aws:iam::{ServerFixture.AccountId}:root", "PutObject", $"arn:aws:s3:::{bucket.Name}/a b", "Rule"),
            (Text(denial, "caller"), Text(denial, "action"), Text(denial, "resource"), Text(denial, "reason")));
        Assert.Contains(rule, Text(denial, "decidedBy"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nobody_else_is_told_anything()
    {
        var target = $"/-/explain/{await RefusedRequestAsync()}";

        Assert.Equal(403, (await server.RawAs(SeededCallers.Reader).SendAsync("GET", target)).Status);
        Assert.Equal(403, (await server.RawAs(SeededCallers.Keeper).SendAsync("GET", target)).Status);
        Assert.Equal(403, (await server.RawAs(SeededCallers.Alt).SendAsync("GET", target)).Status);
        Assert.Equal(403, (await server.Raw.SendUnsignedAsync("GET", target)).Status);
        Assert.Equal(403, (await server.RawAs((ServerFixture.AccessKeyId, "another-secret")).SendAsync("GET", target)).Status);
        Assert.Equal(405, (await server.SendAsync("POST", target)).Status);
    }

    [Fact]
    public async Task Of_a_request_that_was_not_refused_nothing_is_known()
    {
        var bucket = await server.NewBucketAsync();
        var allowed = (await server.SendAsync("GET", $"/{bucket}?list-type=2")).AssertOk();

        Assert.Equal(404, (await server.SendAsync("GET", $"/-/explain/{allowed.Header("x-amz-request-id")}")).Status);
        Assert.Equal(404, (await server.SendAsync("GET", "/-/explain/")).Status);
        Assert.Equal(404, (await server.SendAsync("GET", "/-/explain/a%2Fb")).Status);
    }

    [Fact]
    public async Task The_command_shows_it_to_people()
    {
        var requestId = await RefusedRequestAsync();

        var (code, output, errors) = await RunAsync(requestId, ServerFixture.SecretAccessKey);

        Assert.Equal((ObjectServerCommand.Success, ""), (code, errors));
        Assert.Contains(requestId, output, StringComparison.Ordinal);
        Assert.Contains($"arn:aws:iam::{ServerFixture.AccountId}:user/team/reader (User, key READER)", output, StringComparison.Ordinal);
        Assert.Contains("action      s3:PutObject", output, StringComparison.Ordinal);
        Assert.Contains("outcome     ImplicitDeny", output, StringComparison.Ordinal);
        Assert.Contains("does not apply: Action", output, StringComparison.Ordinal);
        Assert.DoesNotContain(ServerFixture.SecretAccessKey, output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_command_says_what_keeps_it_from_that()
    {
        var (wrongCode, _, wrong) = await RunAsync(await RefusedRequestAsync(), "another-secret");
        Assert.Equal(ObjectServerCommand.Failure, wrongCode);
        Assert.StartsWith("SignatureDoesNotMatch", wrong, StringComparison.Ordinal);

        var (unknownCode, _, unknown) = await RunAsync("UNKNOWN", ServerFixture.SecretAccessKey);
        Assert.Equal(ObjectServerCommand.Failure, unknownCode);
        Assert.StartsWith("Nothing is known", unknown, StringComparison.Ordinal);
    }

    private static string? Text(JsonElement of, string name) => of.GetProperty(name).GetString();

    private async Task<JsonElement> ExplainAsync(string? requestId)
    {
        var answer = (await server.SendAsync("GET", $"/-/explain/{requestId}")).AssertOk();
        using var document = JsonDocument.Parse(answer.Text);
        return Assert.Single(document.RootElement.EnumerateArray()).Clone();
    }

    private async Task<string> RefusedRequestAsync()
    {
        var bucket = await server.NewBucketAsync();
        var refused = await server.RawAs(SeededCallers.Reader).SendAsync("PUT", $"/{bucket}/key", [1]);
        return refused.AssertRefused(403, "AccessDenied").Header("x-amz-request-id")!;
    }

    private async Task<(int Code, string Output, string Errors)> RunAsync(string requestId, string secret)
    {
        using var output = new StringWriter(CultureInfo.InvariantCulture);
        using var errors = new StringWriter(CultureInfo.InvariantCulture);
        var code = await new ObjectServerCommand(output, errors, _ => null).RunAsync(
            [
                "explain", requestId, "--endpoint", server.Endpoint.ToString(),
                "--access-key", ServerFixture.AccessKeyId, "--secret-key", secret,
            ],
            Cancellation);
        return (code, output.ToString(), errors.ToString());
    }
}
