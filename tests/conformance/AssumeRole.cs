using System.Net;
using System.Net.Http;
using System.Text;
using Amazon.Runtime;
using Amazon.S3;

namespace ObjectServer.Conformance;

public sealed class AssumeRole(ServerFixture server)
{
    private const string ByAccount = """ "AWS":"000000000000" """;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Its_credentials_sign_requests_in_the_header_chunks_and_presigned_urls()
    {
        var (sts, _) = await NewCallerAsync();
        var (name, arn) = await server.NewRoleAsync(ByAccount);
        var answer = await sts.AssumeAsync(arn);
        Assert.Equal($"arn:aws:sts::000000000000:assumed-role/{name}/session", answer.AssumedRoleUser.Arn);
        using var s3 = server.S3(answer.Credentials);
        var bucket = await server.NewBucketAsync();

        await s3.PutObjectAsync(
            new() { BucketName = bucket, Key = "a", InputStream = new MemoryStream(Encoding.UTF8.GetBytes("chunks")), UseChunkEncoding = true },
            Cancellation);
        using var found = await s3.GetObjectAsync(bucket, "a", Cancellation);
        Assert.Equal("chunks", await new StreamReader(found.ResponseStream).ReadToEndAsync(Cancellation));
        using var client = new HttpClient();
        var url = await s3.GetPreSignedURLAsync(new()
        {
            BucketName = bucket,
            Key = "a",
            Expires = TimeProvider.System.GetUtcNow().UtcDateTime.AddMinutes(5),
            Protocol = Protocol.HTTP,
        });
        Assert.Contains("X-Amz-Security-Token=", url, StringComparison.Ordinal);
        Assert.Equal("chunks", await client.GetStringAsync(new Uri(url), Cancellation));
    }

    [Fact]
    public async Task Without_its_token_or_with_another_the_key_is_nobodys()
    {
        var (sts, _) = await NewCallerAsync();
        var (_, arn) = await server.NewRoleAsync(ByAccount);
        var (one, other) = ((await sts.AssumeAsync(arn)).Credentials, (await sts.AssumeAsync(arn)).Credentials);
        using var bare = server.S3(new BasicAWSCredentials(one.AccessKeyId, one.SecretAccessKey));
        using var mixed = server.S3(new SessionAWSCredentials(one.AccessKeyId, one.SecretAccessKey, other.SessionToken));
        using var garbage = server.S3(new SessionAWSCredentials(one.AccessKeyId, one.SecretAccessKey, "garbage"));
        using var secret = server.S3(new SessionAWSCredentials(one.AccessKeyId, "wrong", one.SessionToken));

        await StsCases.AssertRefusedAsync(HttpStatusCode.Forbidden, "InvalidAccessKeyId", () => bare.ListBucketsAsync(Cancellation));
        await StsCases.AssertRefusedAsync(HttpStatusCode.BadRequest, "InvalidToken", () => mixed.ListBucketsAsync(Cancellation));
        await StsCases.AssertRefusedAsync(HttpStatusCode.BadRequest, "InvalidToken", () => garbage.ListBucketsAsync(Cancellation));
        await StsCases.AssertRefusedAsync(HttpStatusCode.Forbidden, "SignatureDoesNotMatch", () => secret.ListBucketsAsync(Cancellation));
    }

    [Fact]
    public async Task A_session_policy_limits_what_the_role_may()
    {
        var (sts, _) = await NewCallerAsync();
        var (_, arn) = await server.NewRoleAsync(ByAccount);
        var bucket = await server.NewBucketAsync();
        var answer = await sts.AssumeAsync(arn, request => request.Policy =
            $$"""{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:PutObject","Resource":"arn:aws:s3:::{{bucket}}/in/*"}]}""");
        using var s3 = server.S3(answer.Credentials);

        await s3.PutObjectAsync(new() { BucketName = bucket, Key = "in/a", ContentBody = "a" }, Cancellation);
        await StsCases.AssertRefusedAsync(
            HttpStatusCode.Forbidden, "AccessDenied", () => s3.GetObjectAsync(bucket, "in/a", Cancellation));
        await StsCases.AssertRefusedAsync(HttpStatusCode.Forbidden, "AccessDenied", () => s3.PutObjectAsync(
            new() { BucketName = bucket, Key = "out/a", ContentBody = "a" }, Cancellation));
    }

    [Fact]
    public async Task An_external_id_is_demanded()
    {
        var (sts, _) = await NewCallerAsync();
        var (_, arn) = await server.NewRoleAsync(
            ByAccount, condition: """{"StringEquals":{"sts:ExternalId":"right"}}""");

        await sts.AssumeAsync(arn, request => request.ExternalId = "right");
        await StsCases.AssertRefusedAsync(HttpStatusCode.Forbidden, "AccessDenied", () => sts.AssumeAsync(arn));
        await StsCases.AssertRefusedAsync(
            HttpStatusCode.BadRequest, "ValidationError", () => sts.AssumeAsync(arn, request =>
            {
                request.ExternalId = "right";
                request.DurationSeconds = 3601;
            }));
    }

    [Fact]
    public async Task A_session_ends_with_its_role()
    {
        var (sts, _) = await NewCallerAsync();
        var (name, arn) = await server.NewRoleAsync(ByAccount);
        using var s3 = server.S3((await sts.AssumeAsync(arn)).Credentials);
        await s3.ListBucketsAsync(Cancellation);

        await server.IamAsync("DeleteRolePolicy", ("RoleName", name), ("PolicyName", "all"));
        await StsCases.AssertRefusedAsync(HttpStatusCode.Forbidden, "AccessDenied", () => s3.ListBucketsAsync(Cancellation));
        await server.IamAsync("DeleteRole", ("RoleName", name));
        await StsCases.AssertRefusedAsync(
            HttpStatusCode.Forbidden, "InvalidAccessKeyId", () => s3.ListBucketsAsync(Cancellation));
    }

    [Fact]
    public async Task What_is_not_served_is_refused_by_name()
    {
        var (sts, _) = await NewCallerAsync();
        await StsCases.AssertRefusedAsync(
            HttpStatusCode.NotImplemented, "NotImplemented", () => sts.GetFederationTokenAsync(new("name"), Cancellation));
    }

    private async Task<(Amazon.SecurityToken.AmazonSecurityTokenServiceClient Sts, string User)> NewCallerAsync()
    {
        var (name, key) = await server.NewUserAsync();
        return (server.Sts(key), name);
    }
}
