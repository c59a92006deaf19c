using System.Collections.Immutable;
using ObjectServer.Storage.Model;

namespace ObjectServer.Archives;

/// <summary>The two tiers of INTELLIGENT_TIERING from which an object has to be asked back; the deeper one last.</summary>
internal enum ArchiveTier
{
    ArchiveAccess,
    DeepArchiveAccess,
}

/// <summary>After how many days without an access an object is in a tier.</summary>
internal readonly record struct Tiering(ArchiveTier Tier, int Days);

/// <summary>Which objects of class INTELLIGENT_TIERING are archived, and when.</summary>
/// <remarks>https://docs.aws.amazon.com/AmazonS3/latest/API/API_IntelligentTieringConfiguration.html</remarks>
internal sealed record TieringConfiguration
{
    /// <summary>As many as AWS keeps for a bucket.</summary>
    public const int MaxCount = 1000;

    public required string Id { get; init; }

    /// <summary>Whether keys must begin with something; null where the filter does not say.</summary>
    public string? Prefix { get; init; }

    /// <summary>Tags that an object must have, all of them.</summary>
    public ImmutableArray<Tag> Tags { get; init; } = [];

    public required bool IsEnabled { get; init; }

    public required ImmutableArray<Tiering> Tierings { get; init; }

    /// <summary>All of a bucket, in the order of their ids.</summary>
    public static ImmutableArray<TieringConfiguration> AllOf(BucketRecord bucket) =>
        bucket.Settings.Find(BucketSetting.IntelligentTiering)?.Read(TieringDocument.ReadKept).All ?? [];

    /// <summary>Whether it speaks of an object.</summary>
    public bool Covers(ObjectVersion version) => IsEnabled
        && (Prefix is null || version.Key.ToString().StartsWith(Prefix, StringComparison.Ordinal))
        && Tags.All(tag => version.Tags.Contains(tag));
}

/// <summary>The configurations of a bucket.</summary>
internal sealed record TieringConfigurations(ImmutableArray<TieringConfiguration> All);
