using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;
using ObjectServer.Addressing;
using ObjectServer.Authentication;
using ObjectServer.Errors;
using ObjectServer.Identity;

namespace ObjectServer.Tests.Authentication;

/// <summary>The account of AWS's published examples, at the moment when they were signed.</summary>
internal static class ExampleAccount
{
    public const string AccessKeyId = "AKIAIOSFODNN7EXAMPLE";
    public const string Secret = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";
    public const string Timestamp = "20130524T000000Z";
    public const string Scope = "20130524/us-east-1/s3/aws4_request";

    public static Account Account { get; } = Account.Of("123456789012", "example", DateTimeOffset.UnixEpoch);

    public static IdentitySnapshot Identities { get; } = IdentitySnapshot.Empty
        .With(Account)
        .With(new AccessKey(AccessKeyId, Secret) { AccountId = Account.Id });

    public static Authenticator Authenticator(string now = "2013-05-24T00:00:00Z", string region = "us-east-1") =>
        new(() => Identities, new NoSessions(), region, new FixedClock(DateTimeOffset.Parse(now, CultureInfo.InvariantCulture)));

    public static Authenticated Authenticate(
        string method, string target, HeaderDictionary headers, string now = "2013-05-24T00:00:00Z") =>
        Authenticator(now).Authenticate(method, Target(target, headers["Host"]), headers);

    /// <summary>A target, as a server of <c>s3.amazonaws.com</c> or of one bucket's own domain addresses it.</summary>
    public static S3Target Target(string target, string? host, string? domainOfBucket = null)
    {
        var bucket = domainOfBucket ?? new Addresser("s3.amazonaws.com").BucketOf(host);
        var raw = RawTarget.Parse(target);
        return new(bucket, Key: null, IsVirtualHosted: bucket is not null, raw.Path, raw.Query);
    }

    public static S3Error Refusal(
        string method, string target, HeaderDictionary headers, string now = "2013-05-24T00:00:00Z") =>
        Assert.Throws<S3Exception>(() => Authenticate(method, target, headers, now)).Error;

    /// <summary>Signs a string to sign of Version 2 that the test has written out.</summary>
    public static string SignVersion2(string stringToSign) => Convert.ToBase64String(
        HMACSHA1.HashData(Encoding.UTF8.GetBytes(Secret), Encoding.UTF8.GetBytes(stringToSign)));

    /// <summary>Signs a canonical request that the test has written out.</summary>
    public static string Sign(string canonicalRequest) => SignText(
        $"AWS4-HMAC-SHA256\n{Timestamp}\n{Scope}\n"
        + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(canonicalRequest))));

    /// <summary>Signs a string to sign that the test has written out.</summary>
    public static string SignText(string stringToSign) =>
        Convert.ToHexStringLower(((string[])[.. Scope.Split('/'), stringToSign]).Aggregate(
            Encoding.UTF8.GetBytes("AWS4" + Secret),
            (key, part) => HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(part))));

    public static string Authorization(string signedHeaders, string signature) =>
        $"AWS4-HMAC-SHA256 Credential={AccessKeyId}/{Scope},SignedHeaders={signedHeaders},Signature={signature}";

    private sealed class FixedClock(DateTimeOffset now) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => now;
    }
}
