using ObjectServer.Authentication;
using ObjectServer.Errors;

namespace ObjectServer.Tests.Authentication;

public sealed class PayloadModeTests
{
    [Theory]
    [InlineData("UNSIGNED-PAYLOAD", "Unsigned", false, false, false)]
    [InlineData(PayloadMode.EmptySha256, "Signed", false, false, false)]
    [InlineData("44CE7DD67C959E0D3524FFAC1771DFBBA87D2B6B4B4E99E42034A8B803F8B072", "Signed", false, false, false)]
    [InlineData("STREAMING-AWS4-HMAC-SHA256-PAYLOAD", "StreamingSigned", true, true, false)]
    [InlineData("STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER", "StreamingSignedTrailer", true, true, true)]
    [InlineData("STREAMING-UNSIGNED-PAYLOAD-TRAILER", "StreamingUnsignedTrailer", true, false, true)]
    public void The_header_says_how_the_body_comes(
        string token, string kind, bool isChunked, bool hasChunkSignatures, bool hasTrailer)
    {
        var mode = PayloadMode.Parse(token);

        Assert.Equal(kind, mode.Kind.ToString());
        Assert.Equal(token, mode.Token);
        Assert.Equal(isChunked, mode.IsChunked);
        Assert.Equal(hasChunkSignatures, mode.HasChunkSignatures);
        Assert.Equal(hasTrailer, mode.HasTrailer);
        Assert.Equal(kind == "Signed" ? token : null, mode.Sha256Hex);
    }

    [Theory]
    [InlineData("")]
    [InlineData("unsigned-payload")]
    [InlineData("STREAMING-UNSIGNED-PAYLOAD")]
    [InlineData("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b85")]
    [InlineData("g3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")]
    public void Anything_else_is_refused_with_what_it_was(string token)
    {
        var error = Assert.Throws<S3Exception>(() => PayloadMode.Parse(token)).Error;

        Assert.Equal("InvalidArgument", error.Code);
        Assert.Contains(new("ArgumentName", "x-amz-content-sha256"), error.Details);
        Assert.Contains(new("ArgumentValue", token), error.Details);
    }

    [Theory]
    [InlineData("STREAMING-AWS4-ECDSA-P256-SHA256-PAYLOAD")]
    [InlineData("STREAMING-AWS4-ECDSA-P256-SHA256-PAYLOAD-TRAILER")]
    public void Elliptic_curves_are_refused_by_name(string token)
    {
        var error = Assert.Throws<S3Exception>(() => PayloadMode.Parse(token)).Error;

        Assert.Equal("NotImplemented", error.Code);
        Assert.Contains(token, error.Message, StringComparison.Ordinal);
    }
}
