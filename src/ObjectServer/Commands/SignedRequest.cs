using System.Globalization;
using System.Net.Http;
using Microsoft.AspNetCore.Http;
using ObjectServer.Addressing;
using ObjectServer.Authentication;
using ObjectServer.Hosting;

namespace ObjectServer.Commands;

/// <summary>Requests of commands to a running server, signed with the root key of the first account.</summary>
internal static class SignedRequest
{
    /// <summary>A GET, signed as the server itself checks it.</summary>
    public static HttpRequestMessage Get(Uri address, string region, RootCredentials credentials)
    {
        var time = TimeProvider.System.GetUtcNow().ToString("yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture);
        var scope = new CredentialScope(time[..8], region, "s3");
        var headers = new HeaderDictionary
        {
            ["host"] = address.Authority,
            [PayloadMode.HeaderName] = PayloadMode.EmptySha256,
            ["x-amz-date"] = time,
        };
        var signed = SignedHeaders.Parse($"host;{PayloadMode.HeaderName};x-amz-date");
        var signature = SignatureOf(
            new()
            {
                Method = HttpMethods.Get,
                Target = new(Bucket: null, Key: null, IsVirtualHosted: false, address.AbsolutePath, RawQuery.Empty),
                Headers = headers,
                SignedHeaders = signed,
                PayloadToken = PayloadMode.EmptySha256,
            },
            time,
            scope,
            credentials.SecretAccessKey);
        var request = new HttpRequestMessage(HttpMethod.Get, address);
        request.Headers.Add(PayloadMode.HeaderName, PayloadMode.EmptySha256);
        request.Headers.Add("x-amz-date", time);
        request.Headers.TryAddWithoutValidation(
            "Authorization",
            $"{SignatureAlgorithm.Name} Credential={credentials.AccessKeyId}/{scope}, SignedHeaders={signed.Text}, "
            + $"Signature={signature}");
        return request;
    }

    private static string SignatureOf(CanonicalRequest request, string time, CredentialScope scope, string secret)
    {
        var canonical = new PooledText();
        var toSign = new PooledText();
        try
        {
            request.WriteTo(ref canonical);
            StringToSign.WriteTo(ref toSign, time, scope, canonical.Utf8);
            Span<byte> hex = stackalloc byte[64];
            SigningKey.Derive(secret, scope).Sign(toSign.Utf8, hex);
            return System.Text.Encoding.ASCII.GetString(hex);
        }
        finally
        {
            canonical.Dispose();
            toSign.Dispose();
        }
    }

    /// <summary>What to say where no key is known.</summary>
    public static string NoKeyIn(ObjectServerOptions options) =>
        $"There is no root key in '{Path.GetFullPath(options.DataDirectory)}': give --access-key and --secret-key, or the "
        + "directory with --data.";
}
