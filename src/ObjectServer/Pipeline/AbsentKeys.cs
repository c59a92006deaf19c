using Microsoft.AspNetCore.Http;
using ObjectServer.Errors;
using ObjectServer.Messages;

namespace ObjectServer.Pipeline;

/// <summary>Who may not list a bucket does not learn that a key of it is not there.</summary>
/// <remarks>https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html: "If the object you request doesn't exist".</remarks>
internal static class AbsentKeys
{
    /// <summary>Whether an answer tells that something is not there.</summary>
    public static bool Tells(S3Response response) =>
        response.Error is { StatusCode: StatusCodes.Status404NotFound, Code: "NoSuchKey" or "NoSuchVersion" };

    /// <summary>The answer to a request, or the refusal that tells nothing.</summary>
    public static async ValueTask<S3Response> ConcealAsync(
        S3Request request, S3Response response, CancellationToken cancellation) =>
        Tells(response)
            && (HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method))
            && !await request.Access.MayListAsync(request.Bucket, request.Key, cancellation)
            ? S3Errors.AccessDenied
            : response;
}
