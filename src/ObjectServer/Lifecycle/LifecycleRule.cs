using System.Collections.Immutable;
using System.Text;
using ObjectServer.Storage.Model;

namespace ObjectServer.Lifecycle;

/// <summary>What a bucket does by itself to some of its objects.</summary>
/// <remarks>https://docs.aws.amazon.com/AmazonS3/latest/userguide/intro-lifecycle-rules.html</remarks>
internal sealed record LifecycleRule
{
    /// <summary>Names the rule within its bucket; 1 to 255 characters.</summary>
    public required string Id { get; init; }

    public required bool IsEnabled { get; init; }

    /// <summary>To what it applies.</summary>
    public required LifecycleFilter Filter { get; init; }

    public LifecycleExpiration? Expiration { get; init; }

    public ImmutableArray<LifecycleTransition> Transitions { get; init; } = [];

    public NoncurrentExpiration? NoncurrentExpiration { get; init; }

    public ImmutableArray<NoncurrentTransition> NoncurrentTransitions { get; init; } = [];

    /// <summary>Days after which an upload that was not completed is aborted; null where none is.</summary>
    public int? AbortDays { get; init; }

    public bool HasAction => Expiration is not null
        || NoncurrentExpiration is not null
        || AbortDays is not null
        || Transitions.Length + NoncurrentTransitions.Length > 0;
}

/// <summary>How a filter was written, and is written again.</summary>
internal enum FilterForm
{
    /// <summary>A prefix beside the rule's status: the form before there were filters.</summary>
    RulePrefix,

    /// <summary>A filter with one condition, or with none.</summary>
    Single,

    /// <summary>A filter of conditions that must all hold.</summary>
    And,
}

/// <summary>Conditions of an object, all of which must hold.</summary>
/// <remarks>https://docs.aws.amazon.com/AmazonS3/latest/userguide/intro-lifecycle-filters.html</remarks>
internal sealed record LifecycleFilter(FilterForm Form)
{
    /// <summary>What keys must begin with; null where nothing was said.</summary>
    public string? Prefix { get; init; }

    public ImmutableArray<Tag> Tags { get; init; } = [];

    /// <summary>Bytes of which an object must have more; null where nothing was said.</summary>
    public long? LargerThan { get; init; }

    /// <summary>Bytes of which an object must have less; null where nothing was said.</summary>
    public long? SmallerThan { get; init; }

    public bool HasSizes => LargerThan is not null || SmallerThan is not null;

    /// <summary>The prefix as keys have it.</summary>
    public ReadOnlyMemory<byte> PrefixBytes { get; private init; }

    /// <summary>The same, ready to be asked.</summary>
    public LifecycleFilter Ready() => this with { PrefixBytes = Encoding.UTF8.GetBytes(Prefix ?? "") };

    /// <summary>Whether it holds of an object, as far as its tags are known.</summary>
    /// <param name="key">The key.</param>
    /// <param name="size">Bytes; 0 for a delete marker.</param>
    /// <param name="tags">None for a delete marker; null where they are not known: then they fit.</param>
    public bool Fits(ObjectKey key, long size, ImmutableArray<Tag>? tags)
    {
        if (!FitsKey(key) || size <= (LargerThan ?? -1) || size >= (SmallerThan ?? long.MaxValue))
        {
            return false;
        }

        foreach (var tag in Tags)
        {
            if (tags is { } known && !known.Contains(tag))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Whether a key begins with the prefix.</summary>
    public bool FitsKey(ObjectKey key) => key.Utf8.StartsWith(PrefixBytes.Span);
}

/// <summary>When current versions end: one of three.</summary>
internal sealed record LifecycleExpiration
{
    /// <summary>Days after they were written, 1 or more.</summary>
    public int? Days { get; init; }

    /// <summary>A midnight UTC.</summary>
    public DateTimeOffset? Date { get; init; }

    /// <summary>Whether delete markers go that are all that is left of their key.</summary>
    public bool? LoneMarkers { get; init; }
}

/// <summary>When current versions get another storage class: after days or at a date.</summary>
/// <param name="StorageClass">E.g. <c>GLACIER</c>.</param>
internal sealed record LifecycleTransition(string StorageClass)
{
    /// <summary>Days after they were written, 0 or more.</summary>
    public int? Days { get; init; }

    /// <summary>A midnight UTC.</summary>
    public DateTimeOffset? Date { get; init; }
}

/// <summary>When older versions are removed.</summary>
/// <param name="Days">Days after the next version was written, 1 or more.</param>
/// <param name="Kept">How many newer ones among the older versions must be there besides; null for none.</param>
internal sealed record NoncurrentExpiration(int Days, int? Kept);

/// <summary>When older versions get another storage class.</summary>
/// <param name="StorageClass">E.g. <c>GLACIER</c>.</param>
/// <param name="Days">Days after the next version was written, 0 or more.</param>
/// <param name="Kept">How many newer ones among the older versions must be there besides; null for none.</param>
internal sealed record NoncurrentTransition(string StorageClass, int Days, int? Kept);
