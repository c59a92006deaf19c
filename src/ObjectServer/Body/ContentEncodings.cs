namespace ObjectServer.Body;

/// <summary>What of Content-Encoding belongs to the object, and what to its transfer.</summary>
internal static class ContentEncodings
{
    /// <summary>
    /// Removes <c>aws-chunked</c>, which S3 does not store: null where nothing is left, and a value without it as sent.
    /// </summary>
    /// <remarks>https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming.html</remarks>
    public static string? WithoutAwsChunked(string? contentEncoding)
    {
        if (contentEncoding is null || !contentEncoding.Contains("aws-chunked", StringComparison.OrdinalIgnoreCase))
        {
            return contentEncoding;
        }

        var kept = contentEncoding
            .Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
            .Where(encoding => !encoding.Equals("aws-chunked", StringComparison.OrdinalIgnoreCase));
        var left = string.Join(',', kept);
        return left.Length == 0 ? null : left;
    }
}
