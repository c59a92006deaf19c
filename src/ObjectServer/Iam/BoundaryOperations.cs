using ObjectServer.Errors;
using ObjectServer.Identity;
using ObjectServer.Policies;
using ObjectServer.Query;

namespace ObjectServer.Iam;

/// <summary>PutUserPermissionsBoundary, DeleteUserPermissionsBoundary, and those of roles.</summary>
internal static class BoundaryOperations
{
    /// <remarks>https://docs.aws.amazon.com/IAM/latest/APIReference/API_PutUserPermissionsBoundary.html</remarks>
    public static ValueTask<ResultWriter?> PutAsync(
        IamRequest request, HolderKind kind, CancellationToken cancellation)
    {
        var name = kind.NameIn(request);
        var boundary = request.Text("PermissionsBoundary", TextRule.Arn);
        return request.ChangeAsync(
            change =>
            {
                var holder = IamLookup.Holder(request, change.Account, kind, name, Conditions(boundary, new()));
                DemandExists(request, change.Identities, boundary);
                change.Put(With(holder, boundary));
            },
            cancellation);
    }

    /// <remarks>https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeleteUserPermissionsBoundary.html</remarks>
    public static ValueTask<ResultWriter?> DeleteAsync(
        IamRequest request, HolderKind kind, CancellationToken cancellation)
    {
        var name = kind.NameIn(request);
        return request.ChangeAsync(
            change =>
            {
                var holder = IamLookup.Holder(request, change.Account, kind, name);
                if (holder is User { Boundary: null } or Role { Boundary: null })
                {
                    throw IamErrors.NotFound($"No permissions boundary is set on the {kind.Word} {name}.");
                }

                change.Put(With(holder, boundary: null));
            },
            cancellation);
    }

    /// <summary>Adds the condition key that says which boundary a request sets.</summary>
    public static ConditionTable Conditions(string? boundary, ConditionTable conditions) =>
        boundary is null ? conditions : conditions.With("iam:PermissionsBoundary", boundary);

    /// <summary>Refuses a boundary that is no managed policy of the account or of AWS.</summary>
    /// <exception cref="S3Exception">NoSuchEntity, InvalidInput.</exception>
    public static void DemandExists(IamRequest request, IdentitySnapshot identities, string? boundary)
    {
        if (boundary is not null && IamLookup.Attachable(request, identities, boundary) is null)
        {
            throw IamErrors.NotFound($"Scope ARN: {boundary} does not exist or is not attachable.");
        }
    }

    private static PolicyHolder With(PolicyHolder holder, string? boundary) => holder switch
    {
        User user => user with { Boundary = boundary },
        Role role => role with { Boundary = boundary },
        _ => throw new ArgumentOutOfRangeException(nameof(holder)),
    };
}
