using System.Collections.Frozen;
using Microsoft.AspNetCore.Http;
using ObjectServer.Errors;
using ObjectServer.Operations;

namespace ObjectServer.Pipeline;

/// <summary>
/// Headers that ask for what this server does not do. They are refused by name: to ignore one would be to promise
/// encryption, a lock or a right and not to give it.
/// </summary>
internal static class HeaderRules
{
    /// <summary>What the canned ACLs say that hold anyway: the owner of the bucket owns everything, alone.</summary>
    private static readonly FrozenDictionary<TargetKind, string[]> HeldAcls = new Dictionary<TargetKind, string[]>
    {
        [TargetKind.Service] = [],
        [TargetKind.Bucket] = ["private"],
        [TargetKind.Object] = ["private", "bucket-owner-full-control"],
    }.ToFrozenDictionary();

    /// <summary>Headers that this has something to say of.</summary>
    private static readonly string[] Judged =
    [
        "x-amz-acl",
        "x-amz-mfa",
        "x-amz-object-ownership",
        "x-amz-write-offset-bytes",
    ];

    /// <summary>What the names of whole families of them begin with; none of those is served.</summary>
    private static readonly string[] UnservedFamilies =
    [
        "x-amz-server-side-encryption",
        "x-amz-copy-source-server-side-encryption",
        "x-amz-object-lock-",
        "x-amz-grant-",
    ];

    /// <summary>The refusal of the first header that cannot be obeyed, or null.</summary>
    /// <param name="headers">The request's headers.</param>
    /// <param name="kind">What the request works on.</param>
    public static S3Error? Judge(IHeaderDictionary headers, TargetKind kind)
    {
        foreach (var (name, values) in headers)
        {
            if (IsJudged(name) && Judge(name.ToLowerInvariant(), values.ToString(), kind) is { } refusal)
            {
                return refusal;
            }
        }

        return null;
    }

    private static S3Error? Judge(string name, string value, TargetKind kind) => name switch
    {
        "x-amz-acl" => HeldAcls[kind].Contains(value) ? null : S3Errors.AccessControlListNotSupported,
        "x-amz-object-ownership" => value == "BucketOwnerEnforced" ? null : NotImplemented(name),
        _ => NotImplemented(name),
    };

    private static bool IsJudged(string name)
    {
        foreach (var judged in Judged)
        {
            if (name.Equals(judged, StringComparison.OrdinalIgnoreCase))
            {
                return true;
            }
        }

        foreach (var family in UnservedFamilies)
        {
            if (name.StartsWith(family, StringComparison.OrdinalIgnoreCase))
            {
                return true;
            }
        }

        return false;
    }

    private static S3Error NotImplemented(string name) => S3Errors.NotImplemented
        .With("Header", name)
        .With("additionalMessage", $"The header {name} is not implemented.");
}
