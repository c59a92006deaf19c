using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace ObjectServer.Bench.Load;

/// <summary>
/// Signature Version 4 in the Authorization header, over host, x-amz-content-sha256, x-amz-date and, where there is one,
/// x-amz-copy-source. The signing key
/// is derived once a day and the date written once a second; what remains per request is two hashes and one HMAC.
/// Not thread-safe.
/// </summary>
/// <remarks>https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html</remarks>
internal sealed class SigV4Signer(string accessKey, string secretKey, string region, string host, TimeProvider clock)
{
    /// <summary>Enough for a head with a key of 1,024 bytes, percent-encoded, and a continuation token.</summary>
    public const int MaxHeadBytes = 16 * 1024;

    private static ReadOnlySpan<byte> SignedHeaders => "host;x-amz-content-sha256;x-amz-date"u8;

    private static ReadOnlySpan<byte> SignedHeadersOfCopy => "host;x-amz-content-sha256;x-amz-copy-source;x-amz-date"u8;

    private readonly byte[] _canonical = new byte[MaxHeadBytes];
    private readonly byte[] _signingKey = new byte[HMACSHA256.HashSizeInBytes];
    private readonly byte[] _date = new byte["20260101T000000Z".Length];
    private long _dateSecond = -1;
    private long _keyDay = -1;
    private string _scope = "";

    /// <summary>
    /// Writes a whole request head, the empty line included, and returns its length. Path and query are given as they
    /// go on the wire: percent-encoded, the query's parameters in order.
    /// </summary>
    public int WriteHead(
        Span<byte> destination,
        string method,
        string path,
        string query,
        string contentSha256,
        long? contentLength,
        string? copySource = null)
    {
        var signedHeaders = copySource is null ? SignedHeaders : SignedHeadersOfCopy;
        Refresh();
        var head = new ByteText(destination);
        head.Add(method);
        head.Add(" "u8);
        head.Add(path);
        if (query.Length > 0)
        {
            head.Add("?"u8);
            head.Add(query);
        }

        head.Add(" HTTP/1.1\r\nHost: "u8);
        head.Add(host);
        head.Add("\r\nx-amz-date: "u8);
        head.Add(_date);
        head.Add("\r\nx-amz-content-sha256: "u8);
        head.Add(contentSha256);
        if (copySource is not null)
        {
            head.Add("\r\nx-amz-copy-source: "u8);
            head.Add(copySource);
        }

        head.Add("\r\nAuthorization: AWS4-HMAC-SHA256 Credential="u8);
        head.Add(accessKey);
        head.Add("/"u8);
        head.Add(_scope);
        head.Add(", SignedHeaders="u8);
        head.Add(signedHeaders);
        head.Add(", Signature="u8);
        Span<byte> signature = stackalloc byte[HMACSHA256.HashSizeInBytes];
        Sign(method, path, query, contentSha256, copySource, signature);
        head.AddHex(signature);
        if (contentLength is { } length)
        {
            head.Add("\r\nContent-Length: "u8);
            head.Add(length);
        }

        head.Add("\r\n\r\n"u8);
        return head.Length;
    }

    private void Sign(
        string method, string path, string query, string contentSha256, string? copySource, Span<byte> signature)
    {
        var canonical = new ByteText(_canonical);
        canonical.Add(method);
        canonical.Add("\n"u8);
        canonical.Add(path);
        canonical.Add("\n"u8);
        canonical.Add(query);
        canonical.Add("\nhost:"u8);
        canonical.Add(host);
        canonical.Add("\nx-amz-content-sha256:"u8);
        canonical.Add(contentSha256);
        if (copySource is not null)
        {
            canonical.Add("\nx-amz-copy-source:"u8);
            canonical.Add(copySource);
        }

        canonical.Add("\nx-amz-date:"u8);
        canonical.Add(_date);
        canonical.Add("\n\n"u8);
        canonical.Add(copySource is null ? SignedHeaders : SignedHeadersOfCopy);
        canonical.Add("\n"u8);
        canonical.Add(contentSha256);

        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(canonical.Written, digest);

        var toSign = new ByteText(_canonical);
        toSign.Add("AWS4-HMAC-SHA256\n"u8);
        toSign.Add(_date);
        toSign.Add("\n"u8);
        toSign.Add(_scope);
        toSign.Add("\n"u8);
        toSign.AddHex(digest);
        HMACSHA256.HashData(_signingKey, toSign.Written, signature);
    }

    private void Refresh()
    {
        var now = clock.GetUtcNow();
        var second = now.ToUnixTimeSeconds();
        if (second == _dateSecond)
        {
            return;
        }

        _dateSecond = second;
        Encoding.ASCII.GetBytes(now.ToString("yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture), _date);
        var day = second / 86_400;
        if (day == _keyDay)
        {
            return;
        }

        _keyDay = day;
        var dayText = Encoding.ASCII.GetString(_date.AsSpan(0, 8));
        _scope = $"{dayText}/{region}/s3/aws4_request";
        var key = HMACSHA256.HashData(Encoding.UTF8.GetBytes("AWS4" + secretKey), _date.AsSpan(0, 8));
        key = HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(region));
        key = HMACSHA256.HashData(key, "s3"u8);
        HMACSHA256.HashData(key, "aws4_request"u8, _signingKey);
    }
}
