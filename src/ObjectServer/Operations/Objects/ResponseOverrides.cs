using ObjectServer.Errors;
using ObjectServer.Http;
using ObjectServer.Messages;

namespace ObjectServer.Operations.Objects;

/// <summary>The headers that a reader wants in the place of the stored ones; null keeps what is stored.</summary>
internal sealed record ResponseOverrides(
    string? ContentType,
    string? CacheControl,
    string? ContentDisposition,
    string? ContentEncoding,
    string? ContentLanguage,
    string? Expires)
{
    private static readonly ResponseOverrides None = new(null, null, null, null, null, null);

    /// <summary>Reads the <c>response-*</c> parameters, which only signed requests may have.</summary>
    /// <exception cref="S3Exception">
    /// InvalidRequest: nobody signed. InvalidArgument: not the text of a header.
    /// </exception>
    public static ResponseOverrides Read(S3Request request)
    {
        if (!request.Query.Parameters.Any(
            parameter => parameter.Name.StartsWith("response-", StringComparison.Ordinal)))
        {
            return None;
        }

        var overrides = new ResponseOverrides(
            Read(request, "response-content-type"),
            Read(request, "response-cache-control"),
            Read(request, "response-content-disposition"),
            Read(request, "response-content-encoding"),
            Read(request, "response-content-language"),
            Read(request, "response-expires"));
        return request.Caller.IsAnonymous && overrides != None
            ? throw new S3Exception(S3Errors.InvalidRequest.Saying(
                "Request specific response headers cannot be used for anonymous GET requests."))
            : overrides;
    }

    private static string? Read(S3Request request, string name)
    {
        var value = request.Query.Find(name);
        return value switch
        {
            null or "" => null,
            _ when EncodedWords.IsHeaderText(value) => value,
            _ => throw new S3Exception(S3Errors.InvalidArgument
                .Saying("Header value cannot be represented using ISO-8859-1.")
                .With("ArgumentName", name)
                .With("ArgumentValue", value)),
        };
    }
}
