using ObjectServer.Storage.Disk;
using ObjectServer.Storage.Maintenance;
using ObjectServer.Storage.Model;
using static ObjectServer.Storage.Tests.PlacesStore;

namespace ObjectServer.Storage.Tests.Disk;

/// <summary>Which directory a start takes for a storage class's, and which it refuses.</summary>
public sealed class ClassDirectoryTests : IDisposable
{
    private const string Archive = "GLACIER";

    private readonly TemporaryDirectory _temporary = new();
    private readonly ShiftedTime _time = new();
    private readonly GuidedDisk _disk = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private LocalStoreOptions Options => OptionsIn(_temporary);

    public void Dispose() => _temporary.Dispose();

    [Fact]
    public async Task A_copy_of_the_data_directory_cannot_open_the_directory_of_the_store_that_runs()
    {
        await using var store = await OpenAsync();
        var bucket = await BucketAsync(store);
        await using var written = await store.Objects.BeginContentAsync(Slow, null, Cancellation);
        await written.WriteAsync(Large, Cancellation);
        CopyDirectory.Copy(_temporary["data"], _temporary["copy"]);

        var refused = await RefuseAsync(Options with { DataDirectory = _temporary["copy"] });
        Assert.Contains(Path.Combine(_temporary["slow"], "LOCK"), refused, StringComparison.Ordinal);

        var put = StorageRig.New("key", Large) with { StorageClass = Slow };
        Assert.IsType<WriteOutcome.Written>(await store.Objects.PutAsync(bucket, put, written, Cancellation));
        Assert.Equal(Large, await GetAsync(store, "key"));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task An_older_copy_of_the_data_directory_is_refused_and_told_how_to_go_on(bool isReopened)
    {
        await using (var store = await OpenAsync())
        {
            await PutAsync(store, await BucketAsync(store), "old", Large, Slow);
            CopyDirectory.Copy(_temporary["data"], _temporary["copy"]);
            await PutAsync(store, await BucketAsync(store), "new", Large, Slow);
        }

        if (isReopened)
        {
            await (await OpenAsync()).DisposeAsync();
        }

        _time.Shift += Sweep.OrphanAge * 2;
        var copy = Options with { DataDirectory = _temporary["copy"] };
        var refused = await RefuseAsync(copy);
        Assert.Contains("another copy of this store", refused, StringComparison.Ordinal);
        Assert.Equal(refused, await RefuseAsync(copy with { IsForReading = true }));
        Assert.Equal(2, BlobsIn(_temporary["slow"]).Length);
        await using (var live = await OpenAsync())
        {
            Assert.Equal(Large, await GetAsync(live, "new"));
        }

        var mark = Path.Combine(_temporary["slow"], "CLASS");
        Assert.Contains($"into '{mark}'", refused, StringComparison.Ordinal);
        var line = refused.Split('\'').Single(text => text.StartsWith("turn: ", StringComparison.Ordinal));
        var lines = (await File.ReadAllLinesAsync(mark, Cancellation))
            .Select(kept => kept.StartsWith("turn:", StringComparison.Ordinal) ? line : kept);
        await File.WriteAllLinesAsync(mark, lines, Cancellation);
        await using (var going = await OpenAsync(copy))
        {
            Assert.Equal(Large, await GetAsync(going, "old"));
        }

        Assert.Contains("another copy of this store", await RefuseAsync(Options), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_copy_that_knows_nothing_of_the_directory_is_refused()
    {
        var without = Options with { ClassDirectories = new Dictionary<string, string>() };
        await (await OpenAsync(without)).DisposeAsync();
        CopyDirectory.Copy(_temporary["data"], _temporary["copy"]);
        await (await OpenAsync()).DisposeAsync();

        Assert.Contains(
            "another copy of this store",
            await RefuseAsync(Options with { DataDirectory = _temporary["copy"] }),
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task Who_only_looks_removes_nothing_and_writes_nothing()
    {
        await using (var store = await OpenAsync())
        {
            await PutAsync(store, await BucketAsync(store), "key", Large, Slow);
        }

        var file = Assert.Single(BlobsIn(_temporary["slow"]));
        var folder = Path.GetDirectoryName(file)!;
        var orphan = Path.Combine(folder, Guid.NewGuid().ToString("N")[..30] + Path.GetFileName(folder));
        var unsealed = Path.Combine(_temporary["slow"], "blobs", "new", Path.GetFileName(file));
        File.Copy(file, orphan);
        File.Copy(file, unsealed);
        var mark = await File.ReadAllTextAsync(Path.Combine(_temporary["slow"], "CLASS"), Cancellation);
        _time.Shift += Sweep.OrphanAge * 2;
        await using (var looking = await OpenAsync(Options with { IsForReading = true }))
        {
            Assert.Equal(Large, await GetAsync(looking, "key"));
            Assert.True((await looking.ScrubAsync(null, null, null, Cancellation)).IsSound);
            Assert.Equal(1, Assert.Single((await looking.ReadStatisticsAsync(Cancellation)).Places).Blobs);
            var bucket = await looking.Buckets.FindAsync("bucket", Cancellation);
            await Assert.ThrowsAsync<StoreUnavailableException>(() => PutAsync(looking, bucket!, "other", Small));
            await Assert.ThrowsAsync<StoreUnavailableException>(() => PutAsync(looking, bucket!, "other", Large, Slow));
            await Assert.ThrowsAsync<StoreUnavailableException>(() => looking.SweepAsync(Cancellation));
        }

        Assert.Equal(new HashSet<string> { file, orphan, unsealed }, [.. BlobsIn(_temporary["slow"])]);
        Assert.Equal(mark, await File.ReadAllTextAsync(Path.Combine(_temporary["slow"], "CLASS"), Cancellation));
    }

    [Fact]
    public async Task Who_only_looks_claims_nothing()
    {
        await using (var looking = await OpenAsync(Options with { IsForReading = true }))
        {
            Assert.Empty(looking.ReadHealth().Places);
        }

        Assert.False(Directory.Exists(_temporary["slow"]));
    }

    [Fact]
    public async Task A_store_with_such_a_directory_cannot_be_opened_by_a_version_that_does_not_know_of_them()
    {
        await (await OpenAsync(Options with { ClassDirectories = new Dictionary<string, string>() })).DisposeAsync();
        DataDirectory.Open(_temporary["data"], newestFormat: 1).Dispose();

        await (await OpenAsync()).DisposeAsync();
        var refused = Assert.Throws<StoreOpenException>(() => DataDirectory.Open(_temporary["data"], newestFormat: 1));
        Assert.Contains("format 2", refused.Message, StringComparison.Ordinal);
        using var current = DataDirectory.Open(_temporary["data"]);
        Assert.Equal(2, current.Format);
    }

    [Fact]
    public async Task Where_the_format_cannot_be_raised_no_directory_is_recorded()
    {
        await (await OpenAsync(Options with { ClassDirectories = new Dictionary<string, string>() })).DisposeAsync();
        var obstacle = Path.Combine(_temporary["data"], "FORMAT.tmp");
        Directory.CreateDirectory(obstacle);
        await RefuseAsync(Options);
        Directory.Delete(obstacle);

        Assert.False(File.Exists(Path.Combine(_temporary["slow"], "CLASS")));
        DataDirectory.Open(_temporary["data"], newestFormat: 1).Dispose();
        await (await OpenAsync()).DisposeAsync();
    }

    [Fact]
    public async Task A_mount_point_without_its_disk_is_not_claimed_for_a_class_that_has_a_directory()
    {
        await (await OpenAsync()).DisposeAsync();
        Directory.Move(_temporary["slow"], _temporary["disk"]);
        Directory.CreateDirectory(_temporary["slow"]);
        Assert.Contains("by an earlier start", await RefuseAsync(Options), StringComparison.Ordinal);
        Assert.Empty(Directory.GetFileSystemEntries(_temporary["slow"]));

        Directory.Delete(_temporary["slow"]);
        Directory.Move(_temporary["disk"], _temporary["slow"]);
        await (await OpenAsync()).DisposeAsync();
    }

    [Fact]
    public async Task Of_two_directories_that_were_claimed_for_a_class_only_the_later_one_is_taken()
    {
        await (await OpenAsync()).DisposeAsync();
        await using (var store = await OpenAsync(At("later")))
        {
            await PutAsync(store, await BucketAsync(store), "key", Large, Slow);
        }

        Assert.Contains("another copy", await RefuseAsync(Options), StringComparison.Ordinal);
        Directory.Move(_temporary["later"], _temporary["disk"]);
        Directory.Move(_temporary["slow"], _temporary["later"]);
        Assert.Contains("another copy", await RefuseAsync(At("later")), StringComparison.Ordinal);
        await using var again = await OpenAsync(At("disk"));
        Assert.Equal(Large, await GetAsync(again, "key"));

        LocalStoreOptions At(string name) => Options with
        {
            ClassDirectories = new Dictionary<string, string> { [Slow] = _temporary[name] },
        };
    }

    [Fact]
    public async Task Directories_of_two_classes_that_were_swapped_are_refused()
    {
        var two = Both(_temporary["slow"], _temporary["archive"]);
        await using (var store = await OpenAsync(two))
        {
            var bucket = await BucketAsync(store);
            await PutAsync(store, bucket, "slow", Large, Slow);
            await PutAsync(store, bucket, "archive", Small, Archive);
        }

        Assert.Contains(
            "storage class", await RefuseAsync(Both(_temporary["archive"], _temporary["slow"])), StringComparison.Ordinal);
        await using var again = await OpenAsync(two);
        Assert.Equal(Large, await GetAsync(again, "slow"));
        Assert.Equal(Small, await GetAsync(again, "archive"));
    }

    [Theory]
    [InlineData("blobs")]
    [InlineData("blobs/new")]
    public async Task A_directory_that_was_emptied_is_refused(string folder)
    {
        await using (var store = await OpenAsync())
        {
            await PutAsync(store, await BucketAsync(store), "key", Large, Slow);
        }

        var (gone, kept) = (Path.Combine(_temporary["slow"], folder), _temporary["kept"]);
        Directory.Move(gone, kept);
        Assert.Contains("is missing", await RefuseAsync(Options), StringComparison.Ordinal);
        Assert.False(Directory.Exists(gone));
        Directory.Move(kept, gone);
        await using var again = await OpenAsync();
        Assert.Equal(Large, await GetAsync(again, "key"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("\0\0\0\0")]
    [InlineData("store: nobody\nclass: STANDARD_IA\n")]
    public async Task A_mark_that_cannot_be_read_is_refused(string text)
    {
        await (await OpenAsync()).DisposeAsync();
        await File.WriteAllTextAsync(Path.Combine(_temporary["slow"], "CLASS"), text, Cancellation);
        Assert.Contains("belongs to another store", await RefuseAsync(Options), StringComparison.Ordinal);
    }

    [Fact]
    public async Task No_directory_is_claimed_where_another_one_is_refused()
    {
        Directory.CreateDirectory(_temporary["archive"]);
        await File.WriteAllTextAsync(Path.Combine(_temporary["archive"], "thesis.txt"), "", Cancellation);
        await RefuseAsync(Both(_temporary["slow"], _temporary["archive"]));
        Assert.False(Directory.Exists(_temporary["slow"]));
        await RefuseAsync(Both(_temporary["archive"], _temporary["slow"]));
        Assert.False(Directory.Exists(_temporary["slow"]));
    }

    [Fact]
    public async Task Directories_lie_apart_by_whatever_name()
    {
        Directory.CreateDirectory(Path.Combine(_temporary["data"], "below"));
        Directory.CreateSymbolicLink(_temporary["link"], Path.Combine(_temporary["data"], "below"));
        Directory.CreateSymbolicLink(_temporary["round"], _temporary.Root);
        Directory.Delete(Path.Combine(_temporary["data"], "below"));
        await (await OpenAsync(Options with { ClassDirectories = new Dictionary<string, string>() })).DisposeAsync();
        foreach (var slow in (string[])[
            _temporary["data"],
            Path.Combine(_temporary["data"], "blobs"),
            Path.Combine(_temporary["link"], "slow"),
            _temporary.Root,
            Path.Combine(_temporary["round"], "data", "slow")])
        {
            var refused = await RefuseAsync(Both(slow, _temporary["archive"]));
            Assert.Contains("within one another", refused, StringComparison.Ordinal);
        }

        Assert.Contains(
            "within one another",
            await RefuseAsync(Both(_temporary["slow"], Path.Combine(_temporary["round"], "slow", "archive"))),
            StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(_temporary.Root, "CLASS", SearchOption.AllDirectories));
    }

    [Fact]
    public async Task A_directory_may_be_named_with_a_slash_at_its_end_and_by_a_link()
    {
        Directory.CreateSymbolicLink(_temporary["link"], _temporary.Root);
        await using (var store = await OpenAsync(Options with
        {
            ClassDirectories = new Dictionary<string, string> { [Slow] = _temporary["slow"] + Path.DirectorySeparatorChar },
        }))
        {
            Assert.Equal(_temporary["slow"], Assert.Single(store.ReadHealth().Places).Directory);
            await PutAsync(store, await BucketAsync(store), "key", Small, Slow);
        }

        await using var again = await OpenAsync(Options with
        {
            ClassDirectories = new Dictionary<string, string> { [Slow] = Path.Combine(_temporary["link"], "slow") },
        });
        Assert.Equal(Small, await GetAsync(again, "key"));
    }

    [Fact]
    public async Task A_directory_is_taken_however_little_room_the_data_directory_has()
    {
        _disk.FreeBytes = _ => 0;
        await (await OpenAsync(Options with { DiskReserveBytes = 1 << 20 })).DisposeAsync();
        Assert.True(File.Exists(Path.Combine(_temporary["slow"], "CLASS")));
    }

    [Fact]
    public async Task A_directory_that_may_not_be_written_to_is_refused()
    {
        var folder = Path.Combine(_temporary["slow"], "blobs", "new");
        _disk.Denies = path => path.StartsWith(folder, StringComparison.Ordinal);
        var refused = await RefuseAsync(Options);
        Assert.Contains($"'{_temporary["slow"]}' of the storage class {Slow}", refused, StringComparison.Ordinal);
        Assert.Contains("is denied", refused, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_deletion_answers_where_the_file_may_not_be_removed()
    {
        await using var store = await OpenAsync();
        var bucket = await BucketAsync(store);
        var put = await PutAsync(store, bucket, "key", Large, Slow);
        _disk.Denies = path => path.StartsWith(_temporary["slow"], StringComparison.Ordinal);
        Assert.IsType<DeleteOutcome.Deleted>(await store.Objects.DeleteAsync(
            bucket, put.Key, null, "owner", WriteConditions.None, false, Cancellation));
        Assert.Single(BlobsIn(_temporary["slow"]));
        _disk.Denies = _ => false;
        _time.Shift += Sweep.OrphanAge * 2;
        await store.SweepAsync(Cancellation);
        Assert.Empty(BlobsIn(_temporary["slow"]));
    }

    [Fact]
    public async Task Health_goes_on_where_the_room_of_a_disk_cannot_be_asked_for()
    {
        await using var store = await OpenAsync();
        _disk.FreeBytes = path => path == _temporary["slow"]
            ? throw new UnauthorizedAccessException("No.")
            : 1L << 40;
        Assert.Null(Assert.Single(store.ReadHealth().Places).Disk);
    }

    private LocalStoreOptions Both(string slow, string archive) => Options with
    {
        ClassDirectories = new Dictionary<string, string> { [Slow] = slow, [Archive] = archive },
    };

    private Task<LocalStore> OpenAsync(LocalStoreOptions? options = null) =>
        LocalStore.OpenAsync(options ?? Options, _disk, _time, _ => { }, Cancellation).AsTask();

    private async Task<string> RefuseAsync(LocalStoreOptions options) =>
        (await Assert.ThrowsAsync<StoreOpenException>(() => OpenAsync(options))).Message;
}
