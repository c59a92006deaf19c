using Microsoft.AspNetCore.Http;
using ObjectServer.Addressing;
using ObjectServer.Authentication;

namespace ObjectServer.Pipeline;

/// <summary>Headers that a presigned URL carries in its query, so that whoever uses the URL need not send them.</summary>
/// <remarks>
/// A signed parameter counts like the header of its name, e.g. <c>x-amz-meta-*</c>, <c>x-amz-tagging</c> or
/// <c>x-amz-storage-class</c>. Checksums are left out, as AWS does: an SDK that signs a URL before there is a body puts
/// the checksum of no bytes into it.
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

    /// <summary>The headers of a request, with those that its presigned URL brings; a header that was sent wins.</summary>
    public static IHeaderDictionary Merge(IHeaderDictionary headers, RawQuery query)
    {
        if (!PresignedQuery.IsIn(query))
        {
            return headers;
        }

        HeaderDictionary? merged = null;
        foreach (var parameter in query.Parameters)
        {
            if (IsHoisted(parameter.Name) && !headers.ContainsKey(parameter.Name))
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
