using ObjectServer.CrashWriter;
using ObjectServer.Storage.Model;

namespace ObjectServer.Storage.Tests.Crash;

/// <summary>
/// What each key of a bucket may hold: what was acknowledged last, or what was on its way since. Nothing else.
/// </summary>
internal sealed class ExpectedContents
{
    private static readonly ObjectListing Everything = new(default, default, default, 1000);

    private readonly Dictionary<string, HashSet<CrashContent>> _byKey = new(StringComparer.Ordinal);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>A write begins.</summary>
    public void Try(string key, CrashContent content) => StatesOf(key).Add(content);

    /// <summary>It was acknowledged.</summary>
    public void Acknowledge(string key, CrashContent content) => _byKey[key] = [content];

    /// <summary>Requires that a key may hold what was found there.</summary>
    public void RequirePossible(string key, CrashContent content) => Assert.Contains(content, StatesOf(key));

    /// <summary>
    /// Compares a store with it: every key byte for byte, the listing with the reads, the sums with the listing. What is
    /// found is what is expected from then on.
    /// </summary>
    public async Task CompareAsync(LocalStore store)
    {
        if (await store.Buckets.FindAsync(CrashStore.Bucket, Cancellation) is not { } bucket)
        {
            Assert.All(_byKey.Values, states => Assert.Contains(CrashContent.Absent, states));
            return;
        }

        var read = new SortedDictionary<string, CrashContent>(StringComparer.Ordinal);
        foreach (var key in _byKey.Keys.ToList())
        {
            await using var found = await store.Objects.OpenAsync(bucket, ObjectKey.Parse(key), null, Cancellation);
            var content = found is null ? CrashContent.Absent : CrashContent.Of(found.Version);
            Assert.Contains(content, _byKey[key]);
            if (found is not null)
            {
                Assert.Equal(content.Bytes(), await StorageRig.ReadAsync(found));
                read[key] = content;
            }

            _byKey[key] = [content];
        }

        var page = await store.Objects.ListAsync(bucket, Everything, Cancellation);
        Assert.Equal(
            read.Select(pair => (pair.Key, pair.Value.ETag, (long)pair.Value.Length, pair.Value.Class)),
            page.Objects.Select(listed => (listed.Key.ToString(), listed.ETag, listed.Size, listed.StorageClass)));
        var usage = Assert.Single((await store.ReadStatisticsAsync(Cancellation)).Buckets);
        Assert.Equal((read.Count, read.Values.Sum(content => (long)content.Length)), (usage.Objects, usage.Bytes));
    }

    private HashSet<CrashContent> StatesOf(string key)
    {
        if (!_byKey.TryGetValue(key, out var states))
        {
            _byKey[key] = states = [CrashContent.Absent];
        }

        return states;
    }
}
