using System.Collections.Immutable;
using ObjectServer.Storage.Model;

namespace ObjectServer.Seeding;

/// <summary>Tags of a file beside those that are there.</summary>
internal static class SeededTags
{
    /// <summary>The tags with those of the file set; others stay. In the order of their keys.</summary>
    /// <returns>The very same where nothing differs.</returns>
    public static ImmutableArray<Tag> Merge(ImmutableArray<Tag> tags, ImmutableArray<Tag> seeded) =>
        seeded.All(tag => tags.Contains(tag))
            ? tags
            : [.. tags.Where(tag => !seeded.Any(named => named.Key == tag.Key))
                .Concat(seeded)
                .OrderBy(tag => tag.Key, StringComparer.Ordinal)];
}
