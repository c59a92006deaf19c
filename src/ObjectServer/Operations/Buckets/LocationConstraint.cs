using System.Collections.Frozen;
using ObjectServer.Errors;

namespace ObjectServer.Operations.Buckets;

/// <summary>Regions as CreateBucket and GetBucketLocation write them.</summary>
/// <remarks>https://docs.aws.amazon.com/AmazonS3/latest/API/API_CreateBucketConfiguration.html</remarks>
internal static class LocationConstraint
{
    /// <summary>The first region, which has no constraint: there, none is what says it.</summary>
    public const string FirstRegion = "us-east-1";

    /// <summary>What Europe was called while it was one region.</summary>
    private const string Europe = "EU";

    /// <summary>The constraints that AWS knows; a server may bear other names for its own region.</summary>
    private static readonly FrozenSet<string> Known = new[]
    {
        "af-south-1", "ap-east-1", "ap-east-2", "ap-northeast-1", "ap-northeast-2", "ap-northeast-3", "ap-south-1",
        "ap-south-2", "ap-southeast-1", "ap-southeast-2", "ap-southeast-3", "ap-southeast-4", "ap-southeast-5",
        "ap-southeast-6", "ap-southeast-7", "ca-central-1", "ca-west-1", "cn-north-1", "cn-northwest-1", Europe,
        "eu-central-1", "eu-central-2", "eu-north-1", "eu-south-1", "eu-south-2", "eu-west-1", "eu-west-2",
        "eu-west-3", "il-central-1", "me-central-1", "me-south-1", "mx-central-1", "sa-east-1", "us-east-2",
        "us-gov-east-1", "us-gov-west-1", "us-west-1", "us-west-2",
    }.ToFrozenSet(StringComparer.Ordinal);

    /// <summary>The constraint of buckets in a region.</summary>
    public static string Of(string region) => region == FirstRegion ? "" : region;

    /// <summary>
    /// Checks that a new bucket may lie in this server's region. A client that names none means whatever region it
    /// talks to: with AWS that works in the first one alone, but a server whose region has a name of its own is often
    /// used by clients that know nothing of it.
    /// </summary>
    /// <param name="constraint">As the client wrote it; null or empty where it named none.</param>
    /// <param name="region">The server's region.</param>
    /// <returns>Null where it may.</returns>
    public static S3Error? Judge(string? constraint, string region)
    {
        if (string.IsNullOrEmpty(constraint) || (constraint == region && region != FirstRegion))
        {
            return null;
        }

        if (constraint == Europe && region == "eu-west-1")
        {
            return null;
        }

        return Known.Contains(constraint)
            ? S3Errors.IllegalLocationConstraintException.Saying(
                $"The {constraint} location constraint is incompatible for the region specific endpoint this request "
                + "was sent to.")
            : S3Errors.InvalidLocationConstraint.With("LocationConstraint", constraint);
    }
}
