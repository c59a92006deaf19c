using System.Collections.Immutable;

namespace ObjectServer.Authentication;

/// <summary>The credential scopes that a part of this server takes.</summary>
/// <param name="Regions">The regions; the first is the server's own, which a refusal tells.</param>
/// <param name="Services">The services, e.g. <c>s3</c>; the first one is told.</param>
internal sealed record ServedScopes(ImmutableArray<string> Regions, ImmutableArray<string> Services)
{
    /// <summary>S3, in the server's region alone.</summary>
    public static ServedScopes S3(string region) => new([region], ["s3"]);

    /// <summary>IAM and STS, which clients sign for AWS's global endpoint too: it is in us-east-1.</summary>
    public static ServedScopes Query(string region) => new([region, "us-east-1"], ["iam", "sts"]);
}
