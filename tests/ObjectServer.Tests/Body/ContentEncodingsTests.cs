using ObjectServer.Body;

namespace ObjectServer.Tests.Body;

public sealed class ContentEncodingsTests
{
    [Theory]
    [InlineData(null, null)]
    [InlineData("gzip", "gzip")]
    [InlineData("gzip, br", "gzip, br")]
    [InlineData("aws-chunked", null)]
    [InlineData("AWS-Chunked", null)]
    [InlineData("aws-chunked,gzip", "gzip")]
    [InlineData("gzip, aws-chunked", "gzip")]
    [InlineData("gzip, aws-chunked, br", "gzip,br")]
    [InlineData("aws-chunked,", null)]
    [InlineData("x-aws-chunked-y", "x-aws-chunked-y")]
    public void Only_aws_chunked_is_removed(string? sent, string? kept) =>
        Assert.Equal(kept, ContentEncodings.WithoutAwsChunked(sent));
}
