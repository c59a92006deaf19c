using ObjectServer.Errors;

namespace ObjectServer.Query;

/// <summary>What every API of the query protocol refuses with.</summary>
/// <remarks>https://docs.aws.amazon.com/IAM/latest/APIReference/CommonErrors.html</remarks>
internal static class QueryErrors
{
    public static readonly S3Error AccessDenied = new(403, "AccessDenied", "Access Denied");
    public static readonly S3Error ExpiredToken = new(403, "ExpiredToken", "The security token included in the request is expired");
    public static readonly S3Error IncompleteSignature = new(400, "IncompleteSignature", "The request signature does not conform to AWS standards.");
    public static readonly S3Error InvalidAction = new(400, "InvalidAction", "The action or operation requested is invalid.");
    public static readonly S3Error InvalidClientTokenId = new(403, "InvalidClientTokenId", "The security token included in the request is invalid.");
    public static readonly S3Error MalformedQueryString = new(404, "MalformedQueryString", "The query string contains a syntax error.");
    public static readonly S3Error MissingAction = new(400, "MissingAction", "The request is missing an action or a required parameter.");
    public static readonly S3Error MissingAuthenticationToken = new(403, "MissingAuthenticationToken", "Request is missing Authentication Token");
    public static readonly S3Error NotImplemented = new(501, "NotImplemented", "The action is not implemented.");
    public static readonly S3Error RequestEntityTooLarge = new(413, "RequestEntityTooLarge", "The request is larger than any that this API takes.");
    public static readonly S3Error ServiceFailure = new(500, "ServiceFailure", "The request processing has failed because of an unknown error, exception or failure.");
    public static readonly S3Error ServiceUnavailable = new(503, "ServiceUnavailable", "The request has failed due to a temporary failure of the server.");
    public static readonly S3Error SignatureDoesNotMatch = new(403, "SignatureDoesNotMatch", "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details.");
    public static readonly S3Error Throttling = new(503, "Throttling", "Rate exceeded");
    public static readonly S3Error ValidationError = new(400, "ValidationError", "The input fails to satisfy the constraints specified by an AWS service.");

    /// <summary>A refusal of what is below every API, which speaks S3's codes, in those of the query protocol.</summary>
    public static S3Error Translate(S3Error error) => error.Code switch
    {
        "InvalidAccessKeyId" or "InvalidToken" => InvalidClientTokenId,
        "ExpiredToken" => ExpiredToken,
        "SignatureDoesNotMatch" => SignatureDoesNotMatch,
        "RequestTimeTooSkewed" => SignatureDoesNotMatch.Saying(Skew(error)),
        "AuthorizationHeaderMalformed" or "AuthorizationQueryParametersError" or "InvalidArgument" or "InvalidRequest" =>
            IncompleteSignature.Saying(error.Message),
        "InvalidURI" => MalformedQueryString,
        "InternalError" => ServiceFailure,
        "SlowDown" => Throttling with { Headers = error.Headers },
        "ServiceUnavailable" => ServiceUnavailable.Saying(error.Message),
        _ => error with { Details = [] },
    };

    private static string Skew(S3Error error)
    {
        var details = error.Details.ToDictionary(detail => detail.Key, detail => detail.Value, StringComparer.Ordinal);
        return $"Signature not yet current or expired: {details.GetValueOrDefault("RequestTime")} is more than "
            + $"15 min. from {details.GetValueOrDefault("ServerTime")}";
    }
}
