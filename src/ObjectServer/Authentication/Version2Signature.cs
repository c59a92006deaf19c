using System.Collections.Frozen;
using System.Security.Cryptography;
using System.Text;
using ObjectServer.Errors;

namespace ObjectServer.Authentication;

/// <summary>A signature in Signature Version 2, wherever the request carried it.</summary>
/// <param name="AccessKeyId">Which key signed.</param>
/// <param name="Text">The HMAC-SHA1 of the string to sign in Base64, as sent.</param>
/// <remarks>https://docs.aws.amazon.com/AmazonS3/latest/userguide/RESTAuthentication.html</remarks>
internal sealed record Version2Signature(string AccessKeyId, string Text)
{
    /// <summary>The parameter, or the field, that names the key.</summary>
    public const string KeyName = "AWSAccessKeyId";

    /// <summary>The regions that opened before 2014: S3 takes Version 2 in no other.</summary>
    private static readonly FrozenSet<string> Regions = new[]
    {
        "ap-northeast-1",
        "ap-southeast-1",
        "ap-southeast-2",
        "eu-west-1",
        "sa-east-1",
        "us-east-1",
        "us-gov-west-1",
        "us-west-1",
        "us-west-2",
    }.ToFrozenSet(StringComparer.Ordinal);

    /// <summary>Refuses Version 2 in a region that never took it.</summary>
    /// <param name="region">The region of this server.</param>
    /// <exception cref="S3Exception">InvalidRequest.</exception>
    public static void DemandIn(string region)
    {
        if (!Regions.Contains(region))
        {
            throw new S3Exception(S3Errors.InvalidRequest.Saying(
                "The authorization mechanism you have provided is not supported. "
                + $"Please use {SignatureAlgorithm.Name}."));
        }
    }

    /// <summary>Whether a secret makes this signature; takes the same time whether or not it does.</summary>
    /// <param name="secret">The key's secret.</param>
    /// <param name="stringToSign">UTF-8.</param>
    public bool IsBy(string secret, ReadOnlySpan<byte> stringToSign)
    {
#pragma warning disable CA5350 // The algorithm is the protocol's; an HMAC does not rest on SHA-1's collision resistance.
        var expected = HMACSHA1.HashData(Encoding.UTF8.GetBytes(secret), stringToSign);
#pragma warning restore CA5350
        return CryptographicOperations.FixedTimeEquals(
            Encoding.ASCII.GetBytes(Convert.ToBase64String(expected)), Encoding.UTF8.GetBytes(Text));
    }
}
