using System.Security.Cryptography;
using System.Text;

namespace ObjectServer.Conformance;

/// <summary>No log line holds a secret, whatever the server is asked to do and however much it says.</summary>
public sealed class SecretsInLogs
{
    private const string Marker = "the-last-request";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("text")]
    [InlineData("json")]
    public async Task Secrets_signatures_tokens_and_seeds_are_not_written(string format)
    {
        using var directory = new ScratchDirectory();
        await File.WriteAllTextAsync(
            directory["appsettings.json"], """{"Logging":{"LogLevel":{"Default":"Trace"}}}""", Cancellation);
        await using var server = await ServerProcess.StartAsync(directory["data"], "--log-format", format);
        var secrets = new List<string> { ServerFixture.SecretAccessKey };

        await IamAsync("CreateUser", ("UserName", "alice"));
        await IamAsync(
            "PutUserPolicy", ("UserName", "alice"), ("PolicyName", "all"), ("PolicyDocument", StsCases.EverythingInS3));
        var key = await IamAsync("CreateAccessKey", ("UserName", "alice"));
        secrets.Add(key.Element("SecretAccessKey")!);
        var alice = new RawClient(
            System.Net.IPEndPoint.Parse(server.Raw.Host), key.Element("AccessKeyId")!, key.Element("SecretAccessKey")!);
        var device = await IamAsync("CreateVirtualMFADevice", ("VirtualMFADeviceName", "phone"));
        secrets.Add(device.Element("Base32StringSeed")!);
        secrets.Add(Encoding.ASCII.GetString(Convert.FromBase64String(device.Element("Base32StringSeed")!)));
        await IamAsync(
            "CreateRole", ("RoleName", "role"), ("AssumeRolePolicyDocument", IamClient.AnyoneTrusted));
        var session = await QueryAsync(
            alice, "sts", "2011-06-15",
            ("Action", "AssumeRole"), ("RoleArn", "arn:aws:iam::000000000000:role/role"), ("RoleSessionName", "session"));
        secrets.Add(session.Element("SecretAccessKey")!);
        secrets.Add(session.Element("SessionToken")!);

        // Refusals say more than answers: of a wrong secret, a forged token, a URL, a form, a broken header.
        var forger = new RawClient(
            System.Net.IPEndPoint.Parse(server.Raw.Host), session.Element("AccessKeyId")!, "forged-secret");
        await SendAsync(forger, "GET", "/", ("x-amz-security-token", session.Element("SessionToken")!));
        await SendAsync(forger, "GET", "/", ("x-amz-security-token", session.Element("SessionToken") + "AAAA"));
        await SendAsync(alice, "GET", "/bucket/key");
        await SendAsync(alice, "PUT", "/bucket/key", ("x-amz-mfa", "serial 123456"));
        const string signature = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";
        secrets.Add(signature);
        await server.Raw.SendUnsignedAsync(
            "GET",
            "/bucket/key?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Expires=60&X-Amz-SignedHeaders=host&X-Amz-Credential="
            + $"{key.Element("AccessKeyId")}%2F20260101%2Fus-east-1%2Fs3%2Faws4_request&X-Amz-Date=20260101T000000Z"
            + $"&X-Amz-Signature={signature}&X-Amz-Security-Token={session.Element("SessionToken")}");
        await server.Raw.SendUnsignedAsync(
            "GET", "/", null, ("Authorization", $"AWS4-HMAC-SHA256 nonsense {signature}"));
        var form = "--b\r\nContent-Disposition: form-data; name=\"x-amz-security-token\"\r\n\r\n"
            + $"{session.Element("SessionToken")}\r\n--b\r\nContent-Disposition: form-data; name=\"x-amz-signature\"\r\n\r\n"
            + $"{signature}\r\n--b--\r\n";
        await SendAsync(server.Raw, "PUT", "/bucket");
        await server.Raw.SendUnsignedAsync(
            "POST", "/bucket", Encoding.ASCII.GetBytes(form), ("Content-Type", "multipart/form-data; boundary=b"));

        await SendAsync(server.Raw, "GET", $"/{Marker}");
        var said = string.Join('\n', await server.ReadThroughAsync(line => line.Contains(Marker, StringComparison.Ordinal)));

        Assert.Contains("AssumeRole", said, StringComparison.Ordinal);
        Assert.Contains("SignatureDoesNotMatch", said, StringComparison.Ordinal);
        foreach (var secret in secrets)
        {
            Assert.DoesNotContain(secret, said, StringComparison.Ordinal);
        }

        Task<RawAnswer> IamAsync(string action, params (string Name, string Value)[] parameters) =>
            QueryAsync(server.Raw, "iam", "2010-05-08", [("Action", action), .. parameters]);

        Task<RawAnswer> SendAsync(
            RawClient client, string method, string target, params (string Name, string Value)[] headers)
        {
            var signed = client.Sign(method, target, headers);
            secrets.Add(signed[^1].Value.Split("Signature=")[1]);
            return client.ExchangeAsync(RawClient.Write(method, target, method == "PUT" ? [] : null, signed));
        }

        async Task<RawAnswer> QueryAsync(
            RawClient client, string service, string version, params (string Name, string Value)[] parameters)
        {
            var body = Encoding.UTF8.GetBytes(IamClient.Form([.. parameters, ("Version", version)]));
            var signed = client.Sign(
                "POST", "/",
                [
                    ("Content-Type", "application/x-www-form-urlencoded"),
                    ("x-amz-content-sha256", Convert.ToHexStringLower(SHA256.HashData(body))),
                ],
                service);
            secrets.Add(signed[^1].Value.Split("Signature=")[1]);
            return (await client.ExchangeAsync(RawClient.Write("POST", "/", body, signed))).AssertOk();
        }
    }
}
