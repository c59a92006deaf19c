using ObjectServer.Errors;
using ObjectServer.Storage.Model;

namespace ObjectServer.Cors;

/// <summary>OPTIONS on a bucket or an object: may a page of another origin send what it is about to?</summary>
/// <remarks>
/// A browser signs nothing here, so nothing is demanded of the caller.
/// https://docs.aws.amazon.com/AmazonS3/latest/API/RESTOPTIONSobject.html
/// </remarks>
internal static class CorsPreflight
{
    /// <summary>The refusal of a preflight; null where it is allowed.</summary>
    /// <param name="request">What is asked; null where no origin asks.</param>
    /// <param name="bucket">Of which it is asked; null where it does not exist.</param>
    /// <param name="isObject">Whether an object of the bucket is meant.</param>
    public static S3Error? Judge(CorsRequest? request, BucketRecord? bucket, bool isObject)
    {
        if (request is null)
        {
            return S3Errors.BadRequest.Saying("Insufficient information. Origin request header needed.");
        }

        if (!CorsDocument.IsMethod(request.Method))
        {
            return S3Errors.BadRequest.Saying($"Invalid Access-Control-Request-Method: {request.Method ?? "null"}");
        }

        if (bucket is null)
        {
            return Forbid("Bucket not found");
        }

        if (CorsConfiguration.Find(bucket) is not { } configuration)
        {
            return Forbid("CORS is not enabled for this bucket.");
        }

        // The spelling is AWS's.
        return configuration.FindRule(request) is null
            ? Forbid("This CORS request is not allowed. This is usually because the evalution of Origin, "
                + "request method / Access-Control-Request-Method or Access-Control-Request-Headers are not "
                + "whitelisted by the resource's CORS spec.")
            : null;

        S3Error Forbid(string why) => S3Errors.AccessForbidden
            .Saying($"CORSResponse: {why}")
            .With("Method", request.Method!)
            .With("ResourceType", isObject ? "OBJECT" : "BUCKET");
    }
}
