using System.Security.Cryptography;
using System.Text;
using ObjectServer.Authentication;

namespace ObjectServer.Tests.Authentication;

/// <summary>The requests that AWS has signed in its documentation.</summary>
/// <remarks>
/// https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html#example-signature-calculations and
/// the pages on streaming, on query strings and on forms beside it.
/// </remarks>
public sealed class AwsExamples
{
    private const string Host = "examplebucket.s3.amazonaws.com";

    [Fact]
    public void Get_object_with_a_range()
    {
        var found = ExampleAccount.Authenticate("GET", "/test.txt", new()
        {
            ["Host"] = Host,
            ["Range"] = "bytes=0-9",
            ["x-amz-content-sha256"] = PayloadMode.EmptySha256,
            ["x-amz-date"] = ExampleAccount.Timestamp,
            ["Authorization"] = ExampleAccount.Authorization(
                "host;range;x-amz-content-sha256;x-amz-date",
                "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41"),
        });

        Assert.Equal(AuthType.Header, found.AuthType);
        Assert.Equal(ExampleAccount.AccessKeyId, found.Caller.AccessKeyId);
        Assert.Equal(PayloadKind.Signed, found.PayloadMode.Kind);
        Assert.Equal(PayloadMode.EmptySha256, found.PayloadMode.Sha256Hex);
    }

    [Fact]
    public void Put_object()
    {
        var hash = Convert.ToHexStringLower(SHA256.HashData("Welcome to Amazon S3."u8));
        var found = ExampleAccount.Authenticate("PUT", "/test$file.text", new()
        {
            ["Host"] = Host,
            ["Date"] = "Fri, 24 May 2013 00:00:00 GMT",
            ["x-amz-content-sha256"] = hash,
            ["x-amz-date"] = ExampleAccount.Timestamp,
            ["x-amz-storage-class"] = "REDUCED_REDUNDANCY",
            ["Authorization"] = ExampleAccount.Authorization(
                "date;host;x-amz-content-sha256;x-amz-date;x-amz-storage-class",
                "98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd"),
        });

        Assert.Equal(hash, found.PayloadMode.Sha256Hex);
    }

    [Theory]
    [InlineData("/?lifecycle", "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543")]
    [InlineData("/?max-keys=2&prefix=J", "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7")]
    [InlineData("/?prefix=J&max-keys=2", "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7")]
    public void Get_bucket(string target, string signature)
    {
        var found = ExampleAccount.Authenticate("GET", target, new()
        {
            ["Host"] = Host,
            ["x-amz-content-sha256"] = PayloadMode.EmptySha256,
            ["x-amz-date"] = ExampleAccount.Timestamp,
            ["Authorization"] = ExampleAccount.Authorization("host;x-amz-content-sha256;x-amz-date", signature),
        });

        Assert.False(found.Caller.IsAnonymous);
    }

    [Fact]
    public void Presigned_get_object()
    {
        var found = ExampleAccount.Authenticate(
            "GET",
            "/test.txt?X-Amz-Algorithm=AWS4-HMAC-SHA256"
            + "&X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F20130524%2Fus-east-1%2Fs3%2Faws4_request"
            + "&X-Amz-Date=20130524T000000Z&X-Amz-Expires=86400&X-Amz-SignedHeaders=host"
            + "&X-Amz-Signature=aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404",
            new() { ["Host"] = Host },
            now: "2013-05-24T23:59:59Z");

        Assert.Equal(AuthType.Query, found.AuthType);
        Assert.Same(PayloadMode.Unsigned, found.PayloadMode);
    }

    [Fact]
    public void Put_object_in_signed_chunks()
    {
        var found = ExampleAccount.Authenticate("PUT", "/examplebucket/chunkObject.txt", new()
        {
            ["Host"] = "s3.amazonaws.com",
            ["Content-Encoding"] = "aws-chunked",
            ["Content-Length"] = "66824",
            ["x-amz-content-sha256"] = "STREAMING-AWS4-HMAC-SHA256-PAYLOAD",
            ["x-amz-date"] = ExampleAccount.Timestamp,
            ["x-amz-decoded-content-length"] = "66560",
            ["x-amz-storage-class"] = "REDUCED_REDUNDANCY",
            ["Authorization"] = ExampleAccount.Authorization(
                "content-encoding;content-length;host;x-amz-content-sha256;x-amz-date;"
                + "x-amz-decoded-content-length;x-amz-storage-class",
                "4f232c4386841ef735655705268965c44a0e4690baa4adea153f7db9fa80a0a9"),
        });
        Assert.Equal(PayloadKind.StreamingSigned, found.PayloadMode.Kind);

        var signer = new ChunkSigner(found.Signature!);
        Assert.True(signer.Verify(
            Letters(65536), "ad80c730a21e5b8d04586a2213dd63b9a0e99e0e2307b0ade35a65485a288648"u8));
        Assert.True(signer.Verify(
            Letters(1024), "0055627c9e194cb4542bae2aa5492e3c1575bbb81b612b7d234b86a503ef5497"u8));
        Assert.True(signer.Verify(
            Letters(0), "b6c6ea8a5354eaf15b3cb7646744f4275b71ea724fed81ceb9323e279d449df9"u8));
    }

    [Fact]
    public void Put_object_in_signed_chunks_with_a_trailer()
    {
        var found = ExampleAccount.Authenticate("PUT", "/examplebucket/chunkObject.txt", new()
        {
            ["Host"] = "s3.amazonaws.com",
            ["Content-Encoding"] = "aws-chunked",
            ["Content-Length"] = "66824",
            ["x-amz-content-sha256"] = "STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER",
            ["x-amz-date"] = ExampleAccount.Timestamp,
            ["x-amz-decoded-content-length"] = "66560",
            ["x-amz-storage-class"] = "REDUCED_REDUNDANCY",
            ["x-amz-trailer"] = "x-amz-checksum-crc32c",
            ["Authorization"] = ExampleAccount.Authorization(
                "content-encoding;host;x-amz-content-sha256;x-amz-date;"
                + "x-amz-decoded-content-length;x-amz-storage-class;x-amz-trailer",
                "106e2a8a18243abcf37539882f36619c00e2dfc72633413f02d3b74544bfeb8e"),
        });
        Assert.Equal(PayloadKind.StreamingSignedTrailer, found.PayloadMode.Kind);

        var signer = new ChunkSigner(found.Signature!);
        Assert.True(signer.Verify(
            Letters(65536), "b474d8862b1487a5145d686f57f013e54db672cee1c953b3010fb58501ef5aa2"u8));
        Assert.True(signer.Verify(
            Letters(1024), "1c1344b170168f8e65b41376b44b20fe354e373826ccbbe2c1d40a8cae51e5c7"u8));
        Assert.True(signer.Verify(
            Letters(0), "2ca2aba2005185cf7159c6277faf83795951dd77a3a99e6e65d5c9f85863f992"u8));
        Assert.True(signer.VerifyTrailer(
            SHA256.HashData("x-amz-checksum-crc32c:sOO8/Q==\n"u8),
            "d81f82fc3505edab99d459891051a732e8730629a2e4a59689829ca17fe2e435"u8));
    }

    [Fact]
    public void Post_object_with_a_policy()
    {
        const string policy = """
            { "expiration": "2015-12-30T12:00:00.000Z",
              "conditions": [
                {"bucket": "sigv4examplebucket"},
                ["starts-with", "$key", "user/user1/"],
                {"acl": "public-read"},
                {"success_action_redirect": "http://sigv4examplebucket.s3.amazonaws.com/successful_upload.html"},
                ["starts-with", "$Content-Type", "image/"],
                {"x-amz-meta-uuid": "14365123651274"},
                {"x-amz-server-side-encryption": "AES256"},
                ["starts-with", "$x-amz-meta-tag", ""],

                {"x-amz-credential": "AKIAIOSFODNN7EXAMPLE/20151229/us-east-1/s3/aws4_request"},
                {"x-amz-algorithm": "AWS4-HMAC-SHA256"},
                {"x-amz-date": "20151229T000000Z" }
              ]
            }
            """;
        var found = ExampleAccount.Authenticator("2015-12-29T00:00:00Z").AuthenticateForm(
            new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase)
            {
                ["key"] = "user/user1/${filename}",
                ["X-Amz-Credential"] = "AKIAIOSFODNN7EXAMPLE/20151229/us-east-1/s3/aws4_request",
                ["X-Amz-Algorithm"] = "AWS4-HMAC-SHA256",
                ["X-Amz-Date"] = "20151229T000000Z",
                ["Policy"] = Convert.ToBase64String(
                    Encoding.UTF8.GetBytes(policy.ReplaceLineEndings("\r\n"))),
                ["X-Amz-Signature"] = "8afdbf4008c03f22c2cd3cdb72e4afbb1f6a588f3255ac628749a66d7f09699e",
            });

        Assert.Equal(AuthType.Form, found.AuthType);
        Assert.Equal(ExampleAccount.AccessKeyId, found.Caller.AccessKeyId);
    }

    private static byte[] Letters(int count) => SHA256.HashData(Encoding.ASCII.GetBytes(new string('a', count)));
}
