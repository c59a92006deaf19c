using System.Globalization;
using ObjectServer.Errors;

namespace ObjectServer.Iam;

/// <summary>What IAM refuses with.</summary>
/// <remarks>https://docs.aws.amazon.com/IAM/latest/APIReference/API_Operations.html</remarks>
internal static class IamErrors
{
    public static readonly S3Error DeleteConflict = new(409, "DeleteConflict", "The resource has things attached to it.");
    public static readonly S3Error InvalidAuthenticationCode = new(403, "InvalidAuthenticationCode", "Authentication code for device is not valid.");
    public static readonly S3Error InvalidInput = new(400, "InvalidInput", "The input is invalid.");
    public static readonly S3Error MalformedPolicyDocument = new(400, "MalformedPolicyDocument", "Syntax errors in policy.");
    public static readonly S3Error PolicyNotAttachable = new(400, "PolicyNotAttachable", "The policy cannot be attached.");
    public static readonly S3Error UnmodifiableEntity = new(400, "UnmodifiableEntity", "It can be read and not changed.");

    private static readonly S3Error EntityAlreadyExists = new(409, "EntityAlreadyExists", "It exists already.");
    private static readonly S3Error LimitExceeded = new(409, "LimitExceeded", "A quota would be exceeded.");
    private static readonly S3Error NoSuchEntity = new(404, "NoSuchEntity", "It does not exist.");

    public static S3Exception NotFound(string message) => new(NoSuchEntity.Saying(message));

    /// <summary>E.g. <c>The user with name alice cannot be found.</c></summary>
    /// <param name="what">E.g. <c>user</c>.</param>
    /// <param name="name">As asked for.</param>
    public static S3Exception NoSuch(string what, string name) => NotFound($"The {what} with name {name} cannot be found.");

    public static S3Exception Exists(string message) => new(EntityAlreadyExists.Saying(message));

    public static S3Exception Limited(string message) => new(LimitExceeded.Saying(message));

    /// <summary>A quota by AWS's name of it.</summary>
    public static S3Exception Quota(string name, int limit) =>
        Limited(string.Create(CultureInfo.InvariantCulture, $"Cannot exceed quota for {name}: {limit}"));

    public static S3Exception Conflict(string message) => new(DeleteConflict.Saying(message));

    public static S3Exception Input(string message) => new(InvalidInput.Saying(message));

    public static S3Exception Malformed(string message) => new(MalformedPolicyDocument.Saying(message));
}
