namespace ObjectServer.Identity;

/// <summary>The ARN of something of IAM's, in its parts.</summary>
/// <param name="AccountId">Twelve digits, or <c>aws</c>.</param>
/// <param name="Kind">E.g. <c>user</c>.</param>
/// <param name="Path">Begins and ends with a slash; a single one where there is none.</param>
/// <param name="Name">The rest.</param>
internal readonly record struct IdentityArn(string AccountId, string Kind, string Path, string Name)
{
    /// <summary>Reads <c>arn:aws:iam::ACCOUNT:KIND/PATH/NAME</c>; null where it is none.</summary>
    public static IdentityArn? Parse(string arn)
    {
        var parts = arn.Split(':', 6);
        if (parts is not ["arn", "aws", "iam", "", { Length: > 0 } accountId, var resource])
        {
            return null;
        }

        var (first, last) = (resource.IndexOf('/', StringComparison.Ordinal), resource.LastIndexOf('/'));
        return first <= 0 || last == resource.Length - 1
            ? null
            : new(accountId, resource[..first], resource[first..(last + 1)], resource[(last + 1)..]);
    }
}
