using System.Net;
using System.Security.Cryptography;
using System.Text;
using Amazon.Runtime;
using Amazon.S3;
using Amazon.SecurityToken;
using Amazon.SecurityToken.Model;

namespace ObjectServer.Conformance;

/// <summary>What tests of STS need: users and roles, made over IAM's API, and clients with their credentials.</summary>
internal static class StsCases
{
    public const string EverythingInS3 = """{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["s3:*","sts:*"],"Resource":"*"}]}""";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>A name that no other test has.</summary>
    public static string NewName() => "t" + Guid.NewGuid().ToString("N");

    /// <summary>Calls IAM as the root of the account.</summary>
    public static async Task<RawAnswer> IamAsync(
        this ServerFixture server, string action, params (string Name, string Value)[] parameters)
    {
        (string Name, string Value)[] form = [("Action", action), ("Version", "2010-05-08"), .. parameters];
        var body = Encoding.UTF8.GetBytes(
            string.Join('&', form.Select(one => $"{one.Name}={Uri.EscapeDataString(one.Value)}")));
        (string, string)[] headers =
        [
            ("Content-Type", "application/x-www-form-urlencoded"),
            ("x-amz-content-sha256", Convert.ToHexStringLower(SHA256.HashData(body))),
        ];
        var signed = server.Raw.Sign("POST", "/", headers, service: "iam");
        return (await server.Raw.ExchangeAsync(RawClient.Write("POST", "/", body, signed))).AssertOk();
    }

    /// <summary>A user who may do everything in S3 and STS; a key of theirs.</summary>
    public static async Task<(string Name, BasicAWSCredentials Key)> NewUserAsync(this ServerFixture server)
    {
        var name = NewName();
        await server.IamAsync("CreateUser", ("UserName", name));
        await server.IamAsync(
            "PutUserPolicy", ("UserName", name), ("PolicyName", "all"), ("PolicyDocument", EverythingInS3));
        var key = await server.IamAsync("CreateAccessKey", ("UserName", name));
        return (name, new(key.Element("AccessKeyId"), key.Element("SecretAccessKey")));
    }

    /// <summary>A role that may do everything in S3.</summary>
    /// <param name="server">Where.</param>
    /// <param name="principal">Whom it trusts, e.g. <c>"AWS":"000000000000"</c>.</param>
    /// <param name="action">For what.</param>
    /// <param name="condition">On what condition.</param>
    public static async Task<(string Name, string Arn)> NewRoleAsync(
        this ServerFixture server, string principal, string action = "sts:AssumeRole", string condition = "{}")
    {
        var name = NewName();
        var trust =
            $$"""{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{ {{principal}} },"Action":"{{action}}","Condition":{{condition}}}]}""";
        var made = await server.IamAsync("CreateRole", ("RoleName", name), ("AssumeRolePolicyDocument", trust));
        await server.IamAsync(
            "PutRolePolicy", ("RoleName", name), ("PolicyName", "all"), ("PolicyDocument", EverythingInS3));
        return (name, made.Element("Arn")!);
    }

    public static AmazonSecurityTokenServiceClient Sts(this ServerFixture server, AWSCredentials credentials) => new(
        credentials,
        new AmazonSecurityTokenServiceConfig
        {
            ServiceURL = server.Endpoint.ToString(),
            AuthenticationRegion = ServerFixture.Region,
            MaxErrorRetry = 0,
        });

    public static AmazonS3Client S3(this ServerFixture server, AWSCredentials credentials) => new(
        credentials,
        new AmazonS3Config
        {
            ServiceURL = server.Endpoint.ToString(),
            ForcePathStyle = true,
            AuthenticationRegion = ServerFixture.Region,
            MaxErrorRetry = 0,
        });

    public static async Task AssertRefusedAsync(HttpStatusCode status, string code, Func<Task> call)
    {
        var refusal = await Assert.ThrowsAnyAsync<AmazonServiceException>(call);
        Assert.Equal((status, code), (refusal.StatusCode, refusal.ErrorCode));
    }

    public static Task<AssumeRoleResponse> AssumeAsync(
        this AmazonSecurityTokenServiceClient sts, string arn, Action<AssumeRoleRequest>? with = null)
    {
        var request = new AssumeRoleRequest { RoleArn = arn, RoleSessionName = "session" };
        with?.Invoke(request);
        return sts.AssumeRoleAsync(request, Cancellation);
    }
}
