using ObjectServer.Errors;
using ObjectServer.Policies;
using ObjectServer.Storage.Model;

namespace ObjectServer.Authorization;

/// <summary>The policy of a bucket: what a document must be to become one, and where it is kept.</summary>
/// <remarks>https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucket-policies.html</remarks>
internal static class BucketPolicy
{
    /// <summary>The most that AWS takes.</summary>
    public const int MaxBytes = 20 * 1024;

    private const string ArnPrefix = "arn:aws:s3:::";

    /// <summary>The bucket's policy, compiled once; null where it has none.</summary>
    public static NamedPolicy? Find(BucketRecord bucket) => bucket.Settings.Find(BucketSetting.Policy)?.Read(
        bucket.Name,
        static (kept, name) => new NamedPolicy(
            PolicySource.Resource, "bucket policy", name,
            PolicyDocument.Parse(kept.Span, PolicyKind.Resource, MaxBytes)));

    /// <summary>The bucket's settings with a policy.</summary>
    /// <param name="settings">What the bucket was told.</param>
    /// <param name="document">The policy, as it was sent.</param>
    /// <param name="givesUpRoot">Whether the policy may lock out the root of the owning account.</param>
    public static BucketSettings With(BucketSettings settings, ReadOnlyMemory<byte> document, bool givesUpRoot)
    {
        var changed = settings.With(BucketSetting.Policy, document.ToArray());
        return givesUpRoot
            ? changed.With(BucketSetting.PolicyLockout, default)
            : changed.Without(BucketSetting.PolicyLockout);
    }

    /// <summary>The bucket's settings without a policy.</summary>
    public static BucketSettings Without(BucketSettings settings) =>
        settings.Without(BucketSetting.Policy).Without(BucketSetting.PolicyLockout);

    /// <summary>Whether the policy may lock out the root of the owning account.</summary>
    public static bool GivesUpRoot(BucketRecord bucket) => bucket.Settings.Find(BucketSetting.PolicyLockout) is not null;

    /// <summary>Reads a document that is to become the policy of a bucket.</summary>
    /// <exception cref="S3Exception">MalformedPolicy, with what is wrong and where.</exception>
    public static PolicyDocument Read(ReadOnlyMemory<byte> document, string bucket)
    {
        if (!PolicyDocument.TryParse(document.Span, PolicyKind.Resource, MaxBytes, out var policy, out var error))
        {
            throw Malformed(error);
        }

        foreach (var statement in policy.Statements)
        {
            Judge(statement, bucket);
        }

        return policy;
    }

    /// <summary>Refuses a statement about other buckets, and one none of whose actions fits any of its resources.</summary>
    private static void Judge(PolicyStatement statement, string bucket)
    {
        var place = new PolicyPlace(PolicyKind.Resource, statement.Index, statement.Sid, "Resource");
        foreach (var resource in statement.Resources)
        {
            if (!IsOf(bucket, resource.Text))
            {
                throw Malformed(place.Error("Policy has invalid resource").Error);
            }
        }

        if (statement.IsNotAction || statement.IsNotResource)
        {
            return;
        }

        foreach (var pattern in statement.Actions)
        {
            var named = S3Action.ByLowerName.Where(known => pattern.Matches(known.Key)).Select(known => known.Value).ToArray();
            if (named.Length == 0)
            {
                throw Malformed((place with { Element = "Action" }).Error("Policy has invalid action").Error);
            }

            if (!named.Any(action => statement.Resources.Any(resource => Fits(action, resource))))
            {
                throw Malformed((place with { Element = "Action" })
                    .Error("Action does not apply to any resource(s) in statement").Error);
            }
        }
    }

    private static bool IsOf(string bucket, string resource) =>
        resource.StartsWith(ArnPrefix, StringComparison.Ordinal)
        && resource[ArnPrefix.Length..].Split('/')[0] is var named
        && (named == bucket || (resource.AsSpan().ContainsAny('*', '?') && CouldName(named, bucket)));

    /// <summary>Whether a bucket's name with wildcards covers this bucket, or a star that ends it does with keys.</summary>
    private static bool CouldName(string pattern, string bucket) =>
        PolicyPattern.Compile(pattern, PatternOptions.Wildcards).Matches(bucket);

    private static bool Fits(S3Action action, PolicyPattern resource)
    {
        var hasKey = resource.Text.AsSpan(ArnPrefix.Length).Contains('/');
        return action.Resource switch
        {
            ActionResource.Object => hasKey || resource.Text.EndsWith('*'),
            ActionResource.Bucket => !hasKey,
            _ => false,
        };
    }

    private static S3Exception Malformed(PolicyError error) => new(S3Errors.MalformedPolicy.Saying(error.ToString()));
}
