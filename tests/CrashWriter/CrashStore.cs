using System.Globalization;
using ObjectServer.Storage;
using ObjectServer.Storage.Index;
using ObjectServer.Storage.Journal;
using ObjectServer.Storage.Model;

namespace ObjectServer.CrashWriter;

/// <summary>What the writer that is killed and the test that kills it agree on.</summary>
public static class CrashStore
{
    public const string Bucket = "crash";
    public const int Workers = 4;
    public const int KeysPerWorker = 6;

    /// <summary>The second one has a directory of its own.</summary>
    public static readonly IReadOnlyList<string> Classes = ["STANDARD", "STANDARD_IA", "GLACIER"];

    /// <summary>Small limits, so that segments, blobs, compaction and the index all come into play within a moment.</summary>
    public static LocalStoreOptions Options(string directory, IndexEngine engine = IndexEngine.LiteDb) => new()
    {
        DataDirectory = directory,
        ClassDirectories = new Dictionary<string, string> { ["STANDARD_IA"] = SlowOf(directory) },
        InlineLimitBytes = 2048,
        DiskReserveBytes = 0,
        Journal = new JournalOptions
        {
            IndexEngine = engine,
            SegmentBytes = 16 << 10,
            IndexInterval = TimeSpan.FromMilliseconds(20),
            CompactAboveDeadRatio = 0.3,
        },
    };

    /// <summary>The directory that one storage class of a store has of its own.</summary>
    public static string SlowOf(string directory) => directory + "-slow";

    /// <summary>The same store in another place.</summary>
    public static LocalStoreOptions At(LocalStoreOptions options, string directory) =>
        options with { DataDirectory = directory, ClassDirectories = Options(directory).ClassDirectories };

    public static string Key(int worker, int key) =>
        string.Create(CultureInfo.InvariantCulture, $"worker-{worker}/key-{key}");
}

/// <summary>Bytes that a few characters describe, and their class; no two writes of a test have the same bytes.</summary>
public sealed record CrashContent(int Seed, int Length, string Class = "STANDARD")
{
    public static readonly CrashContent Absent = new(-1, 0);

    /// <summary>Tells the bytes alone.</summary>
    public string ETag => string.Create(CultureInfo.InvariantCulture, $"{Seed}:{Length}");

    /// <summary>What a version holds.</summary>
    public static CrashContent Of(ObjectVersion version) => Parse($"{version.ETag}:{version.StorageClass}");

    public static CrashContent Parse(string text)
    {
        var parts = text.Split(':');
        return new CrashContent(
            int.Parse(parts[0], CultureInfo.InvariantCulture),
            int.Parse(parts[1], CultureInfo.InvariantCulture),
            parts[2]);
    }

    public byte[] Bytes()
    {
        var bytes = new byte[Length];
        new Random(Seed).NextBytes(bytes);
        return bytes;
    }

    public NewObject Object(string key, WriteConditions? conditions = null) => new()
    {
        Key = ObjectKey.Parse(key),
        ETag = ETag,
        OwnerId = "owner",
        StorageClass = Class,
        Conditions = conditions ?? WriteConditions.None,
    };

    public override string ToString() => $"{ETag}:{Class}";
}
