using ObjectServer.Errors;

namespace ObjectServer.AccessControl;

/// <summary>Finds whom a request means to grant something.</summary>
/// <param name="accounts">Those that can be named.</param>
/// <param name="ownerId">The owner of the resource, who may always be named.</param>
internal readonly struct AclGrantees(IAccountLookup accounts, string ownerId)
{
    /// <summary>A grant to an account by its canonical id.</summary>
    /// <param name="canonicalId">As sent.</param>
    /// <param name="permission">What is granted.</param>
    /// <param name="argument">What the refusal calls the id.</param>
    /// <exception cref="S3Exception">InvalidArgument.</exception>
    public AclGrant ById(string canonicalId, AclPermission permission, string argument) =>
        canonicalId == ownerId
        || canonicalId == CannedAcl.MachineImageReaderId
        || accounts.FindByCanonicalId(canonicalId) is not null
            ? AclGrant.To(canonicalId, permission)
            : throw Invalid("Invalid id", argument, canonicalId);

    /// <summary>A grant to an account by its e-mail address. What is kept is its canonical id.</summary>
    /// <exception cref="S3Exception">UnresolvableGrantByEmailAddress.</exception>
    public AclGrant ByEmail(string email, AclPermission permission) =>
        accounts.FindByEmail(email) is { } account
            ? AclGrant.To(account.CanonicalId, permission)
            : throw new S3Exception(S3Errors.UnresolvableGrantByEmailAddress.With("Email", email));

    /// <summary>A grant to a group.</summary>
    /// <exception cref="S3Exception">InvalidArgument.</exception>
    public static AclGrant ByUri(string uri, AclPermission permission, string argument) =>
        AclGroups.Parse(uri) is { } group
            ? AclGrant.To(group, permission)
            : throw Invalid("Invalid group uri", argument, uri);

    private static S3Exception Invalid(string message, string argument, string value) => new(S3Errors.InvalidArgument
        .Saying(message)
        .With("ArgumentName", argument)
        .With("ArgumentValue", value));
}
