using System.Collections.Immutable;
using ObjectServer.Storage.Model;

namespace ObjectServer.Identity;

/// <summary>A policy that stands by itself, to be attached to users, groups and roles.</summary>
/// <remarks>https://docs.aws.amazon.com/IAM/latest/APIReference/API_Policy.html</remarks>
internal sealed record ManagedPolicy : IdentityDocument
{
    /// <summary>The account of the policies that every account finds.</summary>
    public const string AwsAccount = "aws";

    /// <summary>The unique id: <c>ANPA...</c>.</summary>
    public required string Id { get; init; }

    /// <summary>Unique in the account, whatever the case of the letters.</summary>
    public required string Name { get; init; }

    /// <summary>Begins and ends with a slash; a single one where there is none.</summary>
    public string Path { get; init; } = "/";

    public string? Description { get; init; }

    /// <summary>When a version was last made or chosen.</summary>
    public required DateTimeOffset Updated { get; init; }

    /// <summary>Oldest first; never empty.</summary>
    public required ImmutableArray<PolicyVersion> Versions { get; init; }

    /// <summary>The number of the version that counts.</summary>
    public required int DefaultVersion { get; init; }

    /// <summary>The number of the version that is made next: none is used twice.</summary>
    public required int NextVersion { get; init; }

    public ImmutableArray<Tag> Tags { get; init => field = value.OrEmpty(); } = [];

    public string Arn => $"arn:aws:iam::{AccountId}:policy{Path}{Name}";

    /// <summary>What the policy says: the document of its default version.</summary>
    public PolicyText Text => Find(DefaultVersion)!.Document;

    /// <summary>The version of that number, or null.</summary>
    public PolicyVersion? Find(int number) => Versions.FirstOrDefault(version => version.Number == number);
}

/// <summary>One of up to five documents of a managed policy.</summary>
/// <param name="Number">1 for <c>v1</c>.</param>
/// <param name="Document">What it says.</param>
/// <param name="Created">When it was made.</param>
internal sealed record PolicyVersion(int Number, PolicyText Document, DateTimeOffset Created)
{
    /// <summary>E.g. <c>v1</c>.</summary>
    public string Id => $"v{Number}";
}
