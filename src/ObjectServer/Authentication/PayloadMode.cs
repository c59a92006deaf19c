using ObjectServer.Errors;

namespace ObjectServer.Authentication;

/// <summary>What vouches for the bytes of a body.</summary>
internal enum PayloadKind
{
    /// <summary>Nothing: the body comes as it is.</summary>
    Unsigned,

    /// <summary>Its SHA-256, which the request's signature covers.</summary>
    Signed,

    /// <summary>aws-chunked; every chunk has a signature.</summary>
    StreamingSigned,

    /// <summary>aws-chunked; every chunk and the trailer have a signature.</summary>
    StreamingSignedTrailer,

    /// <summary>aws-chunked with a trailer; nothing has a signature.</summary>
    StreamingUnsignedTrailer,
}

/// <summary>How a body comes, as <c>x-amz-content-sha256</c> says it.</summary>
/// <param name="Kind">What vouches for the bytes.</param>
/// <param name="Token">The value as sent; it is the last line of the canonical request.</param>
/// <remarks>https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html</remarks>
internal sealed record PayloadMode(PayloadKind Kind, string Token)
{
    /// <summary>The SHA-256 of nothing.</summary>
    public const string EmptySha256 = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

    /// <summary>The header, or the parameter of a presigned URL, that says it.</summary>
    public const string HeaderName = "x-amz-content-sha256";

    /// <summary>The body is neither hashed nor chunked.</summary>
    public static PayloadMode Unsigned { get; } = new(PayloadKind.Unsigned, "UNSIGNED-PAYLOAD");

    private static PayloadMode Empty { get; } = new(PayloadKind.Signed, EmptySha256);

    private static PayloadMode StreamingSigned { get; } =
        new(PayloadKind.StreamingSigned, "STREAMING-AWS4-HMAC-SHA256-PAYLOAD");

    private static PayloadMode StreamingSignedTrailer { get; } =
        new(PayloadKind.StreamingSignedTrailer, "STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER");

    private static PayloadMode StreamingUnsignedTrailer { get; } =
        new(PayloadKind.StreamingUnsignedTrailer, "STREAMING-UNSIGNED-PAYLOAD-TRAILER");

    /// <summary>Whether the body is framed as aws-chunked.</summary>
    public bool IsChunked => Kind >= PayloadKind.StreamingSigned;

    /// <summary>Whether the chunks have signatures.</summary>
    public bool HasChunkSignatures => Kind is PayloadKind.StreamingSigned or PayloadKind.StreamingSignedTrailer;

    /// <summary>Whether trailing headers follow the last chunk.</summary>
    public bool HasTrailer => Kind is PayloadKind.StreamingSignedTrailer or PayloadKind.StreamingUnsignedTrailer;

    /// <summary>The digest that the body must have, 64 hexadecimal digits of either case; null without one.</summary>
    public string? Sha256Hex => Kind == PayloadKind.Signed ? Token : null;

    /// <summary>
    /// Reads the value of a request whose signature, if it has any, is none that those of chunks could go on from.
    /// </summary>
    /// <param name="token">The value; null where there is none, which says that the body comes as it is.</param>
    /// <exception cref="S3Exception">What <see cref="Parse"/> refuses. InvalidRequest: signed chunks.</exception>
    public static PayloadMode WithoutSignedChunks(string? token)
    {
        var mode = token is null ? Unsigned : Parse(token);
        return mode.HasChunkSignatures
            ? throw new S3Exception(S3Errors.InvalidRequest.Saying(
                $"The signed chunks of {mode.Token} need a request that is signed with {SignatureAlgorithm.Name}."))
            : mode;
    }

    /// <summary>Reads the header's value.</summary>
    /// <exception cref="S3Exception">
    /// InvalidArgument: neither a mode nor a hash. NotImplemented: signatures on an elliptic curve (SigV4A).
    /// </exception>
    public static PayloadMode Parse(string token) => token switch
    {
        "UNSIGNED-PAYLOAD" => Unsigned,
        EmptySha256 => Empty,
        "STREAMING-AWS4-HMAC-SHA256-PAYLOAD" => StreamingSigned,
        "STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER" => StreamingSignedTrailer,
        "STREAMING-UNSIGNED-PAYLOAD-TRAILER" => StreamingUnsignedTrailer,
        "STREAMING-AWS4-ECDSA-P256-SHA256-PAYLOAD" or "STREAMING-AWS4-ECDSA-P256-SHA256-PAYLOAD-TRAILER" =>
            throw new S3Exception(S3Errors.NotImplemented
                .Saying($"Bodies signed with Signature Version 4A ({token}) are not implemented.")),
        { Length: 64 } when token.All(char.IsAsciiHexDigit) => new(PayloadKind.Signed, token),
        _ => throw new S3Exception(S3Errors.InvalidArgument
            .Saying(
                $"{HeaderName} must be UNSIGNED-PAYLOAD, STREAMING-UNSIGNED-PAYLOAD-TRAILER, "
                + "STREAMING-AWS4-HMAC-SHA256-PAYLOAD, STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER, "
                + "STREAMING-AWS4-ECDSA-P256-SHA256-PAYLOAD, STREAMING-AWS4-ECDSA-P256-SHA256-PAYLOAD-TRAILER "
                + "or a valid sha256 value.")
            .With("ArgumentName", HeaderName)
            .With("ArgumentValue", token)),
    };
}
