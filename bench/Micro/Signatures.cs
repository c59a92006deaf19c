using BenchmarkDotNet.Attributes;
using Microsoft.AspNetCore.Http;
using ObjectServer.Addressing;
using ObjectServer.Authentication;
using ObjectServer.Identity;

namespace ObjectServer.Bench.Micro;

/// <summary>Judging the signature of a request without a body: AWS's own documented GET with a range.</summary>
/// <remarks>https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html</remarks>
public class Signatures
{
    private const string AccessKeyId = "AKIAIOSFODNN7EXAMPLE";
    private const string Secret = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";

    private static readonly IdentitySnapshot Identities = IdentitySnapshot.Empty
        .With(Account.Of("123456789012", "example", DateTimeOffset.UnixEpoch))
        .With(new AccessKey(AccessKeyId, Secret) { AccountId = "123456789012" });

    private readonly Authenticator _authenticator = new(
        () => Identities,
        new NoSessions(),
        "us-east-1",
        new FixedClock(new DateTimeOffset(2013, 5, 24, 0, 0, 0, TimeSpan.Zero)));

    private readonly Addresser _addresser = new("s3.amazonaws.com");

    private readonly HeaderDictionary _headers = new()
    {
        ["Host"] = "examplebucket.s3.amazonaws.com",
        ["Range"] = "bytes=0-9",
        ["x-amz-content-sha256"] = PayloadMode.EmptySha256,
        ["x-amz-date"] = "20130524T000000Z",
        ["Authorization"] = $"AWS4-HMAC-SHA256 Credential={AccessKeyId}/20130524/us-east-1/s3/aws4_request,"
            + "SignedHeaders=host;range;x-amz-content-sha256;x-amz-date,"
            + "Signature=f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41",
    };

    [Benchmark]
    public object Header() => _authenticator.Authenticate(
        "GET", _addresser.Address(RawTarget.Parse("/test.txt"), _headers["Host"]), _headers);
}
