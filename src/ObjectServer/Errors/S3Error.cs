using System.Collections.Immutable;

namespace ObjectServer.Errors;

/// <summary>A refusal as the client sees it: status, code, message, and the extra elements that S3 defines for it.</summary>
/// <param name="StatusCode">HTTP status.</param>
/// <param name="Code">S3's code, e.g. <c>NoSuchKey</c>.</param>
/// <param name="Message">One sentence for people.</param>
/// <remarks>https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html</remarks>
internal sealed record S3Error(int StatusCode, string Code, string Message)
{
    /// <summary>Elements after Code and Message, in order, e.g. <c>("Key", "a/b")</c>.</summary>
    public ImmutableArray<KeyValuePair<string, string>> Details { get; init; } = [];

    /// <summary>Headers that belong to this refusal, e.g. <c>x-amz-delete-marker</c> or <c>Allow</c>.</summary>
    public ImmutableArray<KeyValuePair<string, string>> Headers { get; init; } = [];

    /// <summary>
    /// What the client is not told, and whoever asks for an explanation is; null where the message says all.
    /// </summary>
    public string? Why { get; init; }

    public S3Error With(string element, string value) => this with { Details = Details.Add(new(element, value)) };

    public S3Error WithHeader(string name, string value) => this with { Headers = Headers.Add(new(name, value)) };

    public S3Error Saying(string message) => this with { Message = message };

    public S3Error Because(string why) => this with { Why = why };
}

/// <summary>Carries an <see cref="S3Error"/> up from code that has no response to return.</summary>
internal sealed class S3Exception(S3Error error, Exception? cause = null) : Exception(error.Message, cause)
{
    public S3Error Error { get; } = error;
}
