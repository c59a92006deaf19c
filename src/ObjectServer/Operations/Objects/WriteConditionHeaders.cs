using Microsoft.AspNetCore.Http;
using ObjectServer.Http;
using ObjectServer.Storage.Model;

namespace ObjectServer.Operations.Objects;

/// <summary>If-Match and If-None-Match of a request that makes an object.</summary>
/// <remarks>
/// AWS takes one ETag in If-Match or <c>*</c> in If-None-Match and nothing else. Here every form of RFC 9110 is served,
/// both headers together too: whoever asks for more than AWS has, gets what the RFC says.
/// https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html
/// </remarks>
internal static class WriteConditionHeaders
{
    /// <summary>Reads them.</summary>
    public static WriteConditions Read(IHeaderDictionary headers) => new()
    {
        IfMatch = EntityTags.ParseStrong(headers.IfMatch),
        IfNoneMatch = EntityTags.ParseWeak(headers.IfNoneMatch),
    };
}
