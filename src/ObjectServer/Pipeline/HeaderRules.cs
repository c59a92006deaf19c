using Microsoft.AspNetCore.Http;
using ObjectServer.AccessControl;
using ObjectServer.Authorization;
using ObjectServer.Errors;
using ObjectServer.Operations;
using ObjectServer.Operations.Locking;

namespace ObjectServer.Pipeline;

/// <summary>
/// Headers that ask for what this server does not do. They are refused by name: to ignore one would be to promise
/// encryption, a lock or a right and not to give it.
/// </summary>
internal static class HeaderRules
{
    private const string GrantFamily = "x-amz-grant-";
    private const string LockFamily = "x-amz-object-lock-";

    /// <summary>Headers that this has something to say of.</summary>
    private static readonly string[] Judged =
    [
        CannedAcl.Header,
        "x-amz-bucket-object-lock-token",
        MfaDelete.Header,
        OwnershipControls.Header,
        "x-amz-write-offset-bytes",
    ];

    /// <summary>What the names of whole families of them begin with.</summary>
    private static readonly string[] Families =
    [
        "x-amz-server-side-encryption",
        "x-amz-copy-source-server-side-encryption",
        LockFamily,
        GrantFamily,
    ];

    /// <summary>The refusal of the first header that cannot be obeyed, or null.</summary>
    /// <param name="headers">The request's headers.</param>
    /// <param name="taken">What the operation obeys.</param>
    public static S3Error? Judge(IHeaderDictionary headers, TakenHeaders taken)
    {
        foreach (var (name, _) in headers)
        {
            if (IsJudged(name) && Judge(name.ToLowerInvariant(), taken) is { } refusal)
            {
                return refusal;
            }
        }

        return null;
    }

    private static S3Error? Judge(string name, TakenHeaders taken) => name switch
    {
        CannedAcl.Header => taken.HasFlag(TakenHeaders.Acl) ? null : NotImplemented(name),
        MfaDelete.Header => taken.HasFlag(TakenHeaders.Factor) ? null : NotImplemented(name),
        OwnershipControls.Header => taken.HasFlag(TakenHeaders.Ownership) ? null : NotImplemented(name),
        _ when name.StartsWith(GrantFamily, StringComparison.Ordinal) =>
            taken.HasFlag(TakenHeaders.Acl) && AclPermissions.IsHeader(name) ? null : NotImplemented(name),
        _ when name.StartsWith(LockFamily, StringComparison.Ordinal) =>
            taken.HasFlag(TakenHeaders.Lock) && WantedLock.IsHeader(name) ? null : NotImplemented(name),
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

        foreach (var family in Families)
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
