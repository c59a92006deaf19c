using Microsoft.AspNetCore.Http;
using ObjectServer.Errors;
using ObjectServer.Http;
using ObjectServer.Storage;

namespace ObjectServer.Operations.Objects;

/// <summary>If-Match and If-None-Match of a request that makes an object.</summary>
/// <remarks>https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html</remarks>
internal static class WriteConditionHeaders
{
    /// <summary>Reads them: an ETag to be replaced, or <c>*</c> for an object that must not be there yet.</summary>
    /// <exception cref="S3Exception">NotImplemented: both at once, or another value than S3 takes.</exception>
    public static WriteConditions Read(IHeaderDictionary headers)
    {
        var ifMatch = EntityTags.ParseStrong(headers.IfMatch);
        var ifNoneMatch = EntityTags.ParseWeak(headers.IfNoneMatch);
        return (ifMatch, ifNoneMatch) switch
        {
            ([], []) => WriteConditions.None,
            ([_, ..], [_, ..]) => throw Unsupported(
                "If-Match,If-None-Match", "Multiple conditional request headers present in the request"),
            ([EntityTags.Any], []) => throw UnsupportedValue("If-Match"),
            ([_], []) => new() { IfMatch = ifMatch },
            ([], [EntityTags.Any]) => new() { IfNoneMatch = ifNoneMatch },
            ([], _) => throw UnsupportedValue("If-None-Match"),
            _ => throw UnsupportedValue("If-Match"),
        };
    }

    private static S3Exception UnsupportedValue(string header) =>
        Unsupported(header, $"We don't accept the provided value of {header} header for this API");

    private static S3Exception Unsupported(string header, string reason) => new(S3Errors.NotImplemented
        .With("Header", header)
        .With("additionalMessage", reason));
}
