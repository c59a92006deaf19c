using Microsoft.AspNetCore.Http;
using ObjectServer.Addressing;

namespace ObjectServer.Authentication;

/// <summary>Headers that a presigned URL carries in its query, so that whoever uses the URL need not send them.</summary>
/// <remarks>
/// A signed parameter counts like the header of its name, e.g. <c>x-amz-meta-*</c>, <c>x-amz-tagging</c> or
/// <c>x-amz-storage-class</c>. Checksums are left out, as AWS does: an SDK that signs a URL before there is a body puts
/// the checksum of no bytes into it. A URL of Version 2 may carry <c>content-type</c> and <c>content-md5</c> as well.
/// </remarks>
internal static class HoistedHeaders
{
    private const string Prefix = "x-amz-";

    private static readonly string[] NeverHoisted =
    [
        "x-amz-algorithm",
        "x-amz-checksum-",
        "x-amz-content-sha256",
        "x-amz-credential",
        "x-amz-date",
        "x-amz-expires",
        "x-amz-sdk-checksum-algorithm",
        "x-amz-security-token",
        "x-amz-signature",
        "x-amz-signedheaders",
    ];

    /// <summary>
    /// The headers of a request, with those that its presigned URL brings; a header that was sent wins, and of two
    /// parameters the first.
    /// </summary>
    public static IHeaderDictionary Merge(IHeaderDictionary headers, RawQuery query)
    {
        var isVersion2 = Version2Query.IsIn(query);
        if (!isVersion2 && !PresignedQuery.IsIn(query))
        {
            return headers;
        }

        HeaderDictionary? merged = null;
        foreach (var parameter in query.Parameters)
        {
            var isHoisted = IsHoisted(parameter.Name) || (isVersion2 && IsHoistedByVersion2(parameter.Name));
            if (isHoisted && !(merged ?? headers).ContainsKey(parameter.Name))
            {
                merged ??= Copy(headers);
                merged[parameter.Name] = parameter.Value;
            }
        }

        return merged ?? headers;
    }

    private static bool IsHoisted(string name) =>
        name.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase)
        && !NeverHoisted.Any(never => name.StartsWith(never, StringComparison.OrdinalIgnoreCase));

    private static bool IsHoistedByVersion2(string name) =>
        name.Equals("content-type", StringComparison.OrdinalIgnoreCase)
        || name.Equals("content-md5", StringComparison.OrdinalIgnoreCase);

    private static HeaderDictionary Copy(IHeaderDictionary headers)
    {
        var copy = new HeaderDictionary(headers.Count + 4);
        foreach (var (name, values) in headers)
        {
            copy[name] = values;
        }

        return copy;
    }
}
