using Microsoft.AspNetCore.Http;
using ObjectServer.Cors;
using ObjectServer.Messages;
using ObjectServer.Storage.Model;

namespace ObjectServer.Pipeline;

/// <summary>
/// Has every answer say what the bucket allows to the page that asks, and answers where it asks for that alone: before
/// anybody is authenticated, because a browser signs no preflight, and reads no refusal that lacks these headers.
/// </summary>
internal static class OtherOrigins
{
    /// <param name="method">The request's method.</param>
    /// <param name="headers">The request's headers.</param>
    /// <param name="bucket">The bucket that the request is about; null where there is none.</param>
    /// <param name="isObject">Whether it is about an object of it.</param>
    /// <param name="writer">Writes the answers.</param>
    /// <returns>The answer to a preflight; null for what is to be served.</returns>
    public static S3Response? Meet(
        string method, IHeaderDictionary headers, BucketRecord? bucket, bool isObject, ResponseWriter writer)
    {
        var request = CorsRequest.Read(method, headers);
        if (request is not null && bucket is not null && CorsConfiguration.Find(bucket) is { } configuration)
        {
            writer.OriginHeaders = configuration.Answer(request);
        }

        return HttpMethods.IsOptions(method)
            ? CorsPreflight.Judge(request, bucket, isObject) ?? S3Response.Empty()
            : null;
    }
}
