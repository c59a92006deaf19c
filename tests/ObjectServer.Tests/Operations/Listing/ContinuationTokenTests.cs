using System.Buffers.Text;
using CsCheck;
using ObjectServer.Errors;
using ObjectServer.Operations.Listing;

namespace ObjectServer.Tests.Operations.Listing;

public sealed class ContinuationTokenTests
{
    [Fact]
    public void A_token_reads_back_as_the_bytes_it_was_made_of() =>
        Gen.Byte.Array[1, 1024].Sample(
            last => ContinuationToken.Read(ContinuationToken.After(last)).SequenceEqual(last));

    [Fact]
    public void A_changed_token_is_refused() =>
        Gen.Select(Gen.Byte.Array[1, 64], Gen.Int[0, 1000]).Sample((last, at) =>
        {
            var token = ContinuationToken.After(last).ToCharArray();
            at %= token.Length - 1;
            token[at] = token[at] == 'A' ? 'B' : 'A';
            Assert.Throws<S3Exception>(() => ContinuationToken.Read(new string(token)));
        });

    /// <summary>Command lines take what begins so for an option of their own.</summary>
    [Fact]
    public void No_token_begins_with_a_hyphen() =>
        Gen.Byte.Array[1, 64].Sample(last => ContinuationToken.After(last)[0] != '-', iter: 2000);

    [Fact]
    public void A_token_from_before_with_a_first_bit_is_taken()
    {
        var bytes = Base64Url.DecodeFromChars(ContinuationToken.After("key"u8));
        bytes[0] |= 0x80;
        Assert.Equal("key"u8, ContinuationToken.Read(Base64Url.EncodeToString(bytes)));
    }

    [Theory]
    [InlineData("")]
    [InlineData("some/key")]
    [InlineData("AAAAAAAAAAA")]
    [InlineData("%%%")]
    public void A_text_that_is_no_token_is_refused(string text)
    {
        var refusal = Assert.Throws<S3Exception>(() => ContinuationToken.Read(text));
        Assert.Equal("The continuation token provided is incorrect", refusal.Error.Message);
        Assert.Contains(new("ArgumentName", "continuation-token"), refusal.Error.Details);
    }
}
