using System.Security.Cryptography;
using System.Text;
using ObjectServer.Authentication;

namespace ObjectServer.Tests.Authentication;

public sealed class ChunkSignerTests
{
    private static readonly CredentialScope Scope = new("20130524", "us-east-1", "s3");

    private static readonly string Seed = new('7', 64);

    [Fact]
    public void Each_chunk_covers_the_one_before()
    {
        var first = Expected("PAYLOAD", Seed, "a"u8);
        var second = Expected("PAYLOAD", first, "b"u8);
        var trailer = Expected("TRAILER", second, "t:1\n"u8);
        var signer = NewSigner();

        Assert.True(signer.Verify(SHA256.HashData("a"u8), Encoding.ASCII.GetBytes(first)));
        Assert.True(signer.Verify(SHA256.HashData("b"u8), Encoding.ASCII.GetBytes(second)));
        Assert.True(signer.VerifyTrailer(SHA256.HashData("t:1\n"u8), Encoding.ASCII.GetBytes(trailer)));
    }

    [Fact]
    public void Chunks_in_another_order_do_not_verify()
    {
        var first = Expected("PAYLOAD", Seed, "a"u8);
        var second = Expected("PAYLOAD", first, "b"u8);

        Assert.False(NewSigner().Verify(SHA256.HashData("b"u8), Encoding.ASCII.GetBytes(second)));
    }

    [Fact]
    public void Other_bytes_do_not_verify() =>
        Assert.False(NewSigner().Verify(
            SHA256.HashData("x"u8), Encoding.ASCII.GetBytes(Expected("PAYLOAD", Seed, "a"u8))));

    [Fact]
    public void A_chunk_does_not_pass_for_a_trailer() =>
        Assert.False(NewSigner().VerifyTrailer(
            SHA256.HashData("a"u8), Encoding.ASCII.GetBytes(Expected("PAYLOAD", Seed, "a"u8))));

    [Theory]
    [InlineData("")]
    [InlineData("0")]
    [InlineData("00000000000000000000000000000000000000000000000000000000000000000000")]
    public void A_signature_of_another_length_does_not_verify(string signature) =>
        Assert.False(NewSigner().Verify(SHA256.HashData("a"u8), Encoding.ASCII.GetBytes(signature)));

    private static ChunkSigner NewSigner() =>
        new(new(SigningKey.Derive(ExampleAccount.Secret, Scope), Scope, ExampleAccount.Timestamp, Seed));

    private static string Expected(string kind, string previous, ReadOnlySpan<byte> bytes) => ExampleAccount.SignText(
        $"AWS4-HMAC-SHA256-{kind}\n{ExampleAccount.Timestamp}\n{ExampleAccount.Scope}\n{previous}\n"
        + (kind == "PAYLOAD" ? PayloadMode.EmptySha256 + "\n" : "")
        + Convert.ToHexStringLower(SHA256.HashData(bytes)));
}
