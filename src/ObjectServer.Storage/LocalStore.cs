using System.Collections.Frozen;
using System.Collections.Immutable;
using ObjectServer.Storage.Blobs;
using ObjectServer.Storage.Contents;
using ObjectServer.Storage.Disk;
using ObjectServer.Storage.Index;
using ObjectServer.Storage.Journal;
using ObjectServer.Storage.Maintenance;
using ObjectServer.Storage.Metadata;
using ObjectServer.Storage.Model;
using ObjectServer.Storage.Versions;

namespace ObjectServer.Storage;

/// <summary>How a local store is kept.</summary>
public sealed record LocalStoreOptions
{
    /// <summary>Where everything lies; made if it is not there.</summary>
    public required string DataDirectory { get; init; }

    /// <summary>Content up to this many bytes is kept in the journal, beside its record; more becomes a blob.</summary>
    public int InlineLimitBytes { get; init; } = 64 * 1024;

    /// <summary>Writes are refused while the disk has less free space.</summary>
    public long DiskReserveBytes { get; init; } = 1L << 30;

    /// <summary>
    /// The storage classes whose bytes lie in a directory of their own, and where. Null: those in which something lies,
    /// where they were when the store was last open. What else is asked of a directory is said in
    /// <c>docs/storage-classes.md</c>.
    /// </summary>
    public IReadOnlyDictionary<string, string>? ClassDirectories { get; init; } = FrozenDictionary<string, string>.Empty;

    /// <summary>
    /// Whether the store is opened to be looked at: it takes no writes, removes nothing that nobody names, and neither
    /// claims nor takes the directories of storage classes.
    /// </summary>
    public bool IsForReading { get; init; }

    /// <summary>How the journal behaves; its disk reserve is <see cref="DiskReserveBytes"/>.</summary>
    public JournalOptions Journal { get; init; } = new();

    /// <summary>What crashes left behind is swept when the store opens, and every so often.</summary>
    public TimeSpan SweepInterval { get; init; } = TimeSpan.FromDays(1);
}

/// <summary>How a store is, as far as it knows.</summary>
/// <param name="Failure">The write or sync that failed: the store only reads until it is restarted. Null: none did.</param>
/// <param name="Disk">The room on the disk.</param>
/// <param name="IsDiskNearlyFull">Whether less than the reserve is free: only deletes and reads go on.</param>
/// <param name="Places">The directories of storage classes, each with its own disk.</param>
public sealed record StoreHealth(
    Exception? Failure, DiskSpace Disk, bool IsDiskNearlyFull, ImmutableArray<PlaceHealth> Places)
{
    public bool IsReadOnly => Failure is not null;

    public bool TakesWrites => !IsReadOnly && !IsDiskNearlyFull;
}

/// <summary>How the directory of a storage class is.</summary>
/// <param name="StorageClass">E.g. <c>STANDARD_IA</c>.</param>
/// <param name="Directory">Its full path.</param>
/// <param name="Disk">The room on its disk; nothing where the directory is not there any more.</param>
/// <param name="IsDiskNearlyFull">Whether less than the reserve is free: nothing more is written in the class.</param>
public sealed record PlaceHealth(string StorageClass, string Directory, DiskSpace? Disk, bool IsDiskNearlyFull);

/// <summary>What lies in the directory of a storage class.</summary>
/// <param name="StorageClass">E.g. <c>STANDARD_IA</c>.</param>
/// <param name="Directory">Its full path.</param>
/// <param name="Blobs">Files: an object is one, and one for each of its parts.</param>
/// <param name="Bytes">Their content, each counted once though copies share it.</param>
public sealed record PlaceUsage(string StorageClass, string Directory, long Blobs, long Bytes);

/// <summary>What a bucket holds.</summary>
/// <param name="Name">The bucket.</param>
/// <param name="Objects">All its versions, delete markers too: a bucket that holds 0 can be deleted.</param>
/// <param name="Bytes">The sizes of all its versions, each counted in full though copies share bytes on the disk.</param>
public sealed record BucketUsage(string Name, long Objects, long Bytes);

/// <summary>What a store holds.</summary>
/// <param name="Buckets">Every bucket, in name order.</param>
/// <param name="Places">The directories of storage classes.</param>
/// <param name="Journal">The journal's figures.</param>
public sealed record StoreStatistics(
    IReadOnlyList<BucketUsage> Buckets, ImmutableArray<PlaceUsage> Places, JournalStatistics Journal)
{
    public long Objects => Buckets.Sum(bucket => bucket.Objects);

    public long Bytes => Buckets.Sum(bucket => bucket.Bytes);
}

/// <summary>The store of one machine: journal, index and blobs in one directory, opened by one process at a time.</summary>
public sealed class LocalStore : IAsyncDisposable
{
    private const int BucketPage = 1000;

    private readonly LocalStoreOptions _options;
    private readonly DataDirectory _directory;
    private readonly JournalMetadataStore _metadata;
    private readonly BlobPlaces _blobs;
    private readonly StoragePlaces _places;
    private readonly IDisk _disk;
    private readonly Sweep _sweep;
    private readonly TimeProvider _time;
    private readonly Action<StoreReport> _report;
    private readonly CancellationTokenSource _closing = new();
    private readonly Task _tending;
    private int _isDisposed;

    private LocalStore(
        LocalStoreOptions options,
        DataDirectory directory,
        JournalMetadataStore journal,
        BlobPlaces blobs,
        StoragePlaces places,
        IDisk disk,
        TimeProvider time,
        Action<StoreReport> report)
    {
        _options = options;
        _directory = directory;
        _metadata = journal;
        _blobs = blobs;
        _places = places;
        _disk = disk;
        _time = time;
        _report = report;
        IMetadataStore metadata = options.IsForReading ? new ReadingMetadata(journal) : journal;
        var contents = new ContentStore(metadata, blobs, options.InlineLimitBytes);
        var removal = new UploadRemoval(metadata, contents);
        var turns = new KeyTurns();
        var buckets = new BucketCache(metadata);
        Buckets = new BucketStore(buckets, metadata, removal, time);
        Objects = new ObjectStore(buckets, metadata, contents, turns, time);
        Uploads = new UploadStore(buckets, metadata, contents, removal, turns, time);
        Documents = new DocumentStore(metadata);
        Accesses = new AccessMarks(Objects, time);
        _sweep = new Sweep(metadata, contents, removal, time);
        _tending = options.IsForReading ? Task.CompletedTask : Task.Run(TendAsync);
    }

    public BucketStore Buckets { get; }

    public ObjectStore Objects { get; }

    public UploadStore Uploads { get; }

    public DocumentStore Documents { get; }

    public AccessMarks Accesses { get; }

    /// <summary>Opens or creates the store; recovers what a crash left.</summary>
    /// <exception cref="StoreOpenException">Locked by another process, of a newer format, or damaged beyond its checks.</exception>
    public static ValueTask<LocalStore> OpenAsync(
        LocalStoreOptions options, TimeProvider time, CancellationToken cancellation) =>
        OpenAsync(options, time, _ => { }, cancellation);

    /// <summary>Opens or creates the store; recovers what a crash left.</summary>
    /// <param name="options">How it is kept.</param>
    /// <param name="time">The store's clock.</param>
    /// <param name="report">Told what an operator may want to know; called on any thread.</param>
    /// <param name="cancellation">Ends the wait; nothing is lost.</param>
    /// <exception cref="StoreOpenException">Locked by another process, of a newer format, or damaged beyond its checks.</exception>
    public static ValueTask<LocalStore> OpenAsync(
        LocalStoreOptions options, TimeProvider time, Action<StoreReport> report, CancellationToken cancellation) =>
        OpenAsync(options, SystemDisk.Instance, time, report, cancellation);

    /// <summary>The same on a disk of the caller's choice: one that records, fails or dies.</summary>
    internal static async ValueTask<LocalStore> OpenAsync(
        LocalStoreOptions options,
        IDisk disk,
        TimeProvider time,
        Action<StoreReport> report,
        CancellationToken cancellation)
    {
        var directory = Disk.DataDirectory.Open(options.DataDirectory);
        try
        {
            var home = OpenBlobs(directory.BlobsPath, place: 0);
            var (metadata, places) = await OpenMetadataAsync(options, directory, disk, time, report, cancellation);
            try
            {
                var blobs = new BlobPlaces(home, [.. places.Opened.Select(opened => (
                    opened.Number,
                    opened.Directory.StorageClass,
                    OpenBlobs(opened.Directory.BlobsPath, opened.Number)))]);
                return new LocalStore(options, directory, metadata, blobs, places, disk, time, report);
            }
            catch
            {
                places.Dispose();
                await metadata.DisposeAsync();
                throw;
            }
        }
        catch (UnauthorizedAccessException refused)
        {
            directory.Dispose();
            throw new StoreOpenException($"The store '{directory.Root}' cannot be opened: {refused.Message}", refused);
        }
        catch
        {
            directory.Dispose();
            throw;
        }

        IBlobStore OpenBlobs(string path, byte place) => new FileBlobStore(
            path, options.DiskReserveBytes, time, measure: null, disk, place, options.IsForReading);
    }

    /// <summary>Opens the journal, and the directories of storage classes that it knows of.</summary>
    private static async ValueTask<(JournalMetadataStore, StoragePlaces)> OpenMetadataAsync(
        LocalStoreOptions options,
        DataDirectory directory,
        IDisk disk,
        TimeProvider time,
        Action<StoreReport> report,
        CancellationToken cancellation)
    {
        var journal = options.Journal with { DiskReserveBytes = options.DiskReserveBytes };
        for (var mayBeDamaged = true; ; mayBeDamaged = false)
        {
            var metadata = await JournalMetadataStore.OpenAsync(directory, disk, journal, time, report, cancellation);
            try
            {
                return (metadata, await StoragePlaces.OpenAsync(
                    metadata, directory, options.ClassDirectories, options.IsForReading, disk, cancellation));
            }
            catch (IndexDamagedException) when (mayBeDamaged)
            {
                // It is marked as damaged by now: opened again, it is made anew.
                await metadata.DisposeAsync();
            }
            catch
            {
                await metadata.DisposeAsync();
                throw;
            }
        }
    }

    /// <summary>Makes the index of a stopped store anew from its journal.</summary>
    /// <param name="options">Which store; its index stays with the engine that made it where they name none.</param>
    /// <param name="time">The store's clock.</param>
    /// <param name="report">Told how far it has come.</param>
    /// <param name="cancellation">Ends it; the next start begins anew.</param>
    /// <exception cref="StoreOpenException">The store cannot be opened, e.g. because a server has it open.</exception>
    public static async Task RebuildIndexAsync(
        LocalStoreOptions options, TimeProvider time, Action<StoreReport> report, CancellationToken cancellation)
    {
        using var directory = Disk.DataDirectory.Open(options.DataDirectory);
        var maker = JournalMetadataStore.DiscardIndex(directory);
        var journal = options.Journal with { IndexEngine = options.Journal.IndexEngine ?? maker };
        await using var metadata = await JournalMetadataStore.OpenAsync(directory, journal, time, report, cancellation);
    }

    /// <summary>How the store is now.</summary>
    public StoreHealth ReadHealth()
    {
        var disk = _disk.SpaceOf(_directory.Root);
        return new StoreHealth(
            _metadata.Failure,
            disk,
            disk.FreeBytes < _options.DiskReserveBytes,
            [.. _places.Opened.Select(ReadHealth)]);
    }

    /// <summary>What the store holds now.</summary>
    public async ValueTask<StoreStatistics> ReadStatisticsAsync(CancellationToken cancellation)
    {
        var tallies = (await _metadata.ReadTalliesAsync(cancellation)).ToDictionary(tally => tally.Group);
        var buckets = new List<BucketUsage>();
        while (true)
        {
            var after = buckets.Count > 0 ? buckets[^1].Name : "";
            var page = await Buckets.ListAsync("", after, BucketPage, cancellation);
            foreach (var bucket in page.Buckets)
            {
                var tally = tallies.GetValueOrDefault(bucket.Id);
                buckets.Add(new BucketUsage(bucket.Name, tally.Objects, tally.Bytes));
            }

            if (!page.IsTruncated || page.Buckets.IsEmpty)
            {
                return new StoreStatistics(
                    buckets,
                    [.. _places.Opened.Select(UsageOf)],
                    _metadata.ReadStatistics());
            }
        }

        PlaceUsage UsageOf(OpenPlace place)
        {
            var tally = tallies.GetValueOrDefault(place.Number);
            return new PlaceUsage(
                place.Directory.StorageClass, place.Directory.Root, tally.Objects, tally.Bytes);
        }
    }

    /// <summary>Of a directory that was unmounted meanwhile nothing can be read or written; the rest goes on.</summary>
    private PlaceHealth ReadHealth(OpenPlace opened)
    {
        var directory = opened.Directory;
        var disk = Measure();
        return new PlaceHealth(
            directory.StorageClass, directory.Root, disk, disk?.FreeBytes < _options.DiskReserveBytes);

        DiskSpace? Measure()
        {
            try
            {
                return directory.IsThere ? _disk.SpaceOf(directory.Root) : null;
            }
            catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
            {
                return null;
            }
        }
    }

    /// <summary>
    /// Reads and verifies everything: the journal's records, the index and that it says what they say, and every block of
    /// every blob. A damaged index is made anew by the next start; blobs that it hides are verified by a scrub after that.
    /// </summary>
    /// <param name="after">Where an earlier scrub of the blobs stopped; null from the start.</param>
    /// <param name="bytesPerSecond">How much may be read of the blobs; null for no limit.</param>
    /// <param name="progress">Told after each blob.</param>
    /// <param name="cancellation">Ends the scrub.</param>
    public async Task<ScrubResult> ScrubAsync(
        string? after, long? bytesPerSecond, IProgress<ScrubProgress>? progress, CancellationToken cancellation)
    {
        var damaged = new List<DamagedBlob>();
        var journal = await _metadata.VerifyAsync(cancellation);
        var index = await _metadata.VerifyIndexAsync(isJournalSound: journal.Damaged.Count == 0, cancellation);
        var (blobs, bytes) = (0L, 0L);
        try
        {
            (blobs, bytes) = await new Scrub(_metadata, _blobs, DirectoryOf, _time).RunAsync(
                after, bytesPerSecond, progress, Found, cancellation);
        }
        catch (IndexDamagedException damage)
        {
            var hidden = new DamagedIndex($"Not all blobs could be verified: {damage.Message}");
            _report(hidden);
            index = index with { Damaged = [.. index.Damaged, hidden] };
        }

        return new ScrubResult(blobs, bytes, damaged, journal, index);

        string DirectoryOf(byte place) =>
            _places.Opened.FirstOrDefault(opened => opened.Number == place)?.Directory.Root ?? _directory.Root;

        void Found(DamagedBlob damage)
        {
            _report(damage);
            if (damaged.Count < Scrub.MaxFindings)
            {
                damaged.Add(damage);
            }
        }
    }

    /// <summary>Removes what crashes left behind, as also happens by itself.</summary>
    public Task<SweepFinished> SweepAsync(CancellationToken cancellation) => _sweep.RunAsync(cancellation);

    /// <summary>Rewrites and removes journal segments that are dead enough, as also happens by itself.</summary>
    /// <returns>How many segments were removed.</returns>
    public Task<int> CompactAsync(CancellationToken cancellation) => _metadata.CompactAsync(cancellation);

    /// <summary>Finishes what is under way, closes the journal and releases the lock.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _isDisposed, 1) != 0)
        {
            return;
        }

        await Accesses.DisposeAsync();
        await _closing.CancelAsync();
        await _tending;
        _closing.Dispose();
        if (!_options.IsForReading)
        {
            await _places.CloseAsync();
        }

        await _metadata.DisposeAsync();
        await _blobs.DisposeAsync();
        _places.Dispose();
        _directory.Dispose();
    }

    /// <summary>
    /// Sweeps now and then. Not while the store is read-only: a commit that failed may be on the disk, and only the next
    /// start knows which blobs it names.
    /// </summary>
    private async Task TendAsync()
    {
        try
        {
            while (true)
            {
                if (_metadata.Failure is null)
                {
                    await SweepOnceAsync();
                }

                await Task.Delay(_options.SweepInterval, _time, _closing.Token);
            }
        }
        catch (OperationCanceledException)
        {
            // The store is closing.
        }
    }

    private async Task SweepOnceAsync()
    {
        try
        {
            var swept = await _sweep.RunAsync(_closing.Token);
            if (swept is not { Blobs: 0, Uploads: 0, Completions: 0 })
            {
                _report(swept);
            }
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            _report(new SweepFailed(failure));
        }
    }
}
