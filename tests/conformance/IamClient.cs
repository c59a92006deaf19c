using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Amazon.S3;

namespace ObjectServer.Conformance;

/// <summary>Speaks AWS's query protocol to IAM, signed with Signature Version 4 as the SDKs sign it.</summary>
/// <param name="server">The server.</param>
/// <param name="accessKeyId">Who signs.</param>
/// <param name="secretAccessKey">With what.</param>
internal sealed class IamClient(
    ServerFixture server,
    string accessKeyId = ServerFixture.AccessKeyId,
    string secretAccessKey = ServerFixture.SecretAccessKey)
{
    public const string AnyAction =
        """{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}""";

    public const string AnyoneTrusted = """
        {"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"*"},"Action":"sts:AssumeRole"}]}
        """;

    /// <summary>The service in the credential scope.</summary>
    public string Service { get; init; } = "iam";

    /// <summary>The region in the credential scope.</summary>
    public string Region { get; init; } = ServerFixture.Region;

    /// <summary>The value of <c>Version</c>.</summary>
    public string Version { get; init; } = "2010-05-08";

    /// <summary>Added to the time of this machine.</summary>
    public TimeSpan Skew { get; init; }

    /// <summary>A name that no other test has.</summary>
    public static string NewName() => "t" + Guid.NewGuid().ToString("N")[..20];

    /// <summary>Calls an operation.</summary>
    public Task<RawAnswer> SendAsync(string action, params (string Name, string Value)[] parameters) =>
        SendFormAsync(Form([("Action", action), ("Version", Version), .. parameters]));

    /// <summary>Calls an operation that succeeds.</summary>
    public async Task<RawAnswer> CallAsync(string action, params (string Name, string Value)[] parameters)
    {
        var answer = (await SendAsync(action, parameters)).AssertOk();
        Assert.Contains($"<{action}Response xmlns=\"https://iam.amazonaws.com/doc/2010-05-08/\">", answer.Text, StringComparison.Ordinal);
        Assert.Equal(answer.Header("x-amzn-RequestId"), answer.Element("RequestId"));
        return answer;
    }

    /// <summary>Sends any form.</summary>
    public Task<RawAnswer> SendFormAsync(string form, params (string Name, string Value)[] headers)
    {
        var body = Encoding.UTF8.GetBytes(form);
        return server.Raw.ExchangeAsync(RawClient.Write("POST", "/", body, Sign("POST", "", body, headers)));
    }

    /// <summary>Calls an operation by a GET, with its parameters in the query.</summary>
    public Task<RawAnswer> GetAsync(string action, params (string Name, string Value)[] parameters)
    {
        // Sorted already, as the signature has them.
        var query = Form(new[] { ("Action", action), ("Version", Version) }.Concat(parameters)
            .OrderBy(parameter => parameter.Item1, StringComparer.Ordinal));
        return server.Raw.ExchangeAsync(RawClient.Write("GET", "/?" + query, null, Sign("GET", query, [], [])));
    }

    /// <summary>A user with a key.</summary>
    public async Task<(string Name, IamClient Client, string KeyId, string Secret)> NewUserAsync(string? policy = null)
    {
        var name = NewName();
        await CallAsync("CreateUser", ("UserName", name));
        if (policy is not null)
        {
            await CallAsync("PutUserPolicy", ("UserName", name), ("PolicyName", "p"), ("PolicyDocument", policy));
        }

        var key = await CallAsync("CreateAccessKey", ("UserName", name));
        var (id, secret) = (key.Element("AccessKeyId")!, key.Element("SecretAccessKey")!);
        return (name, new IamClient(server, id, secret), id, secret);
    }

    /// <summary>A client of S3 that signs with a key.</summary>
    public static AmazonS3Client S3(ServerFixture server, string keyId, string secret) => new(
        keyId,
        secret,
        new AmazonS3Config
        {
            ServiceURL = server.Endpoint.ToString().TrimEnd('/'),
            ForcePathStyle = true,
            AuthenticationRegion = ServerFixture.Region,
            MaxErrorRetry = 0,
        });

    public static string Form(IEnumerable<(string Name, string Value)> parameters) => string.Join(
        '&', parameters.Select(one => $"{Uri.EscapeDataString(one.Name)}={Uri.EscapeDataString(one.Value)}"));

    /// <summary>What a policy document looks like once it is decoded.</summary>
    public static string Decoded(string? document) => Uri.UnescapeDataString(document ?? "");

    private List<(string Name, string Value)> Sign(
        string method, string query, byte[] body, (string Name, string Value)[] headers)
    {
        var now = (TimeProvider.System.GetUtcNow() + Skew)
            .ToString("yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture);
        List<(string Name, string Value)> all =
        [
            ("Host", server.Raw.Host),
            ("Content-Type", "application/x-www-form-urlencoded; charset=utf-8"),
            ("x-amz-date", now),
            .. headers,
        ];
        var signed = all.OrderBy(header => header.Name.ToLowerInvariant(), StringComparer.Ordinal).ToArray();
        var names = string.Join(';', signed.Select(header => header.Name.ToLowerInvariant()));
        var canonical = string.Join('\n',
        [
            method, "/", query,
            .. signed.Select(header => $"{header.Name.ToLowerInvariant()}:{header.Value}"),
            "", names, Convert.ToHexStringLower(SHA256.HashData(body)),
        ]);
        string[] scope = [now[..8], Region, Service, "aws4_request"];
        var key = scope.Aggregate(
            Encoding.UTF8.GetBytes("AWS4" + secretAccessKey),
            (key, part) => HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(part)));
        var toSign = $"AWS4-HMAC-SHA256\n{now}\n{string.Join('/', scope)}\n"
            + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(canonical)));
        var signature = Convert.ToHexStringLower(HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(toSign)));
        all.Add((
            "Authorization",
            $"AWS4-HMAC-SHA256 Credential={accessKeyId}/{string.Join('/', scope)}, SignedHeaders={names}, "
            + $"Signature={signature}"));
        return all;
    }
}
