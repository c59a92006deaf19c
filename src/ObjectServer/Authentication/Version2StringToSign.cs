using System.Collections.Frozen;
using Microsoft.AspNetCore.Http;
using ObjectServer.Addressing;

namespace ObjectServer.Authentication;

/// <summary>What a key signs of a request in Signature Version 2.</summary>
/// <remarks>
/// https://docs.aws.amazon.com/AmazonS3/latest/userguide/RESTAuthentication.html#RESTAuthenticationRequestCanonicalization.
/// A presigned URL signs the headers that it carries in its query as if they had been sent; see
/// <see cref="HoistedHeaders"/>.
/// </remarks>
internal readonly ref struct Version2StringToSign
{
    private const string Prefix = "x-amz-";
    private const string DateName = "x-amz-date";

    /// <summary>
    /// The parameters that the signature covers: those that AWS's page or AWS's SDKs list, and every subresource that
    /// makes a request one for another operation. Were one of those left out, whoever has a URL to put an object could
    /// put a retention instead.
    /// </summary>
    private static readonly FrozenSet<string> Signed = new[]
    {
        "abac", "accelerate", "acl", "analytics", "annotation", "attributes", "cors", "defaultObjectAcl", "delete",
        "encryption", "intelligent-tiering", "inventory", "legal-hold", "lifecycle", "location", "logging",
        "metadataAnnotationTable", "metadataConfiguration", "metadataInventoryTable", "metadataJournalTable",
        "metadataTable", "metrics", "notification", "object-lock", "ownershipControls", "partNumber", "policy",
        "policyStatus", "publicAccessBlock", "renameObject", "replication", "requestPayment",
        "response-cache-control", "response-content-disposition", "response-content-encoding",
        "response-content-language", "response-content-type", "response-expires", "restore", "retention", "select",
        "select-type", "session", "storageClass", "tagging", "torrent", "uploadId", "uploads", "versionId",
        "versioning", "versions", "website",
    }.ToFrozenSet(StringComparer.Ordinal);

    /// <summary>The method, in upper case.</summary>
    public required string Method { get; init; }

    /// <summary>Path and query as sent, and the bucket if the host named it.</summary>
    public required S3Target Target { get; init; }

    /// <summary>Every header of the request.</summary>
    public required IHeaderDictionary Headers { get; init; }

    /// <summary>Until when a presigned URL is good, as sent; null where the signature is in the header.</summary>
    public required string? Expires { get; init; }

    /// <summary>Whether the path is that of a bucket without the slash that may follow it.</summary>
    public bool IsForBucketWithoutSlash =>
        !Target.IsVirtualHosted && Target.Path.Length > 1 && Target.Path.LastIndexOf('/') == 0;

    /// <summary>Whether the signature covers a parameter of that name.</summary>
    public static bool Covers(string parameter) => Signed.Contains(parameter);

    /// <summary>Appends the string to sign.</summary>
    public void WriteTo(ref PooledText text)
    {
        var headers = Expires is null ? Headers : HoistedHeaders.Merge(Headers, Target.Query);
        text.AppendLine(Method);
        text.AppendLine(OneLine(headers.ContentMD5.ToString()));
        text.AppendLine(OneLine(headers.ContentType.ToString()));
        text.AppendLine(Expires ?? (Headers.ContainsKey(DateName) ? "" : Headers.Date.ToString()));
        foreach (var (name, value) in AmzHeaders())
        {
            text.Append(name);
            text.Append(":"u8);
            text.AppendLine(OneLine(value));
        }

        if (Target.IsVirtualHosted)
        {
            text.Append("/"u8);
            text.Append(Target.Bucket);
        }

        text.Append(Target.Path);
        WriteParameters(ref text);
    }

    /// <summary>
    /// The headers of AWS's own by their names in lower case, and those that only the query has. A URL that expires
    /// is not signed for a date.
    /// </summary>
    private SortedDictionary<string, string> AmzHeaders()
    {
        var sorted = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var (name, values) in Headers)
        {
            if (name.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase))
            {
                sorted[name.ToLowerInvariant()] = string.Join(',', values.Select(value => value?.Trim(' ', '\t')));
            }
        }

        if (Expires is null)
        {
            return sorted;
        }

        foreach (var parameter in Target.Query.Parameters)
        {
            if (parameter.Name.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase)
                && !Headers.ContainsKey(parameter.Name))
            {
                var name = parameter.Name.ToLowerInvariant();
                sorted[name] = sorted.TryGetValue(name, out var earlier)
                    ? $"{earlier},{parameter.Value}"
                    : parameter.Value;
            }
        }

        sorted.Remove(DateName);
        return sorted;
    }

    /// <summary>The parameters that count, sorted by name, with their values decoded.</summary>
    private void WriteParameters(ref PooledText text)
    {
        var separator = "?"u8;
        foreach (var (_, _, name, value) in Target.Query.Parameters
            .Where(parameter => Covers(parameter.Name))
            .OrderBy(parameter => parameter.Name, StringComparer.Ordinal))
        {
            text.Append(separator);
            text.Append(name);
            if (value.Length > 0)
            {
                text.Append("="u8);
                text.Append(value);
            }

            separator = "&"u8;
        }
    }

    /// <summary>A value whose line breaks are spaces, so that no value can pass for the lines that follow it.</summary>
    private static string OneLine(string value) => value.Replace('\r', ' ').Replace('\n', ' ').Trim(' ', '\t');
}
