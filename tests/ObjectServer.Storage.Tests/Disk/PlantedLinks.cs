using ObjectServer.Storage.Blobs;
using ObjectServer.Storage.Model;

namespace ObjectServer.Storage.Tests.Disk;

/// <summary>A symbolic link in the data directory never leads the store out of it.</summary>
public sealed class PlantedLinks : IDisposable
{
    private readonly TemporaryDirectory _temporary = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _temporary.Dispose();

    [Theory]
    [InlineData("journal")]
    [InlineData("blobs")]
    [InlineData("index")]
    [InlineData("blobs/new")]
    [InlineData("blobs/00")]
    [InlineData("FORMAT")]
    [InlineData("LOCK")]
    [InlineData("LOCK.pid")]
    [InlineData("index/index.db")]
    [InlineData("index/STATE")]
    public async Task A_store_with_a_link_in_it_is_not_opened_and_what_it_leads_to_is_untouched(string name)
    {
        await (await OpenAsync()).DisposeAsync();
        var inside = Path.Combine(_temporary["data"], name);
        var outside = _temporary["outside"];
        if (Directory.Exists(inside) || name == "blobs/00")
        {
            Directory.CreateDirectory(inside);
            Directory.Move(inside, outside);
            await WriteAsync(Path.Combine(outside, "precious"), "precious");
            Directory.CreateSymbolicLink(inside, outside);
        }
        else
        {
            File.Copy(inside, outside);
            File.Delete(inside);
            File.CreateSymbolicLink(inside, outside);
        }

        var before = Snapshot(outside);
        var refusal = await Assert.ThrowsAsync<StoreOpenException>(OpenAsync);

        Assert.Contains($"'{inside}' is a symbolic link to '{outside}'", refusal.Message, StringComparison.Ordinal);
        Assert.Equal(before, Snapshot(outside));
    }

    [Fact]
    public async Task A_segment_that_is_a_link_is_refused()
    {
        await (await OpenAsync()).DisposeAsync();
        var segment = Directory.EnumerateFiles(Path.Combine(_temporary["data"], "journal")).First();
        File.Copy(segment, _temporary["outside"]);
        File.Delete(segment);
        File.CreateSymbolicLink(segment, _temporary["outside"]);

        var refusal = await Assert.ThrowsAsync<StoreOpenException>(OpenAsync);

        Assert.Contains(segment, refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_link_among_unsealed_blobs_is_removed_and_not_what_it_leads_to()
    {
        await (await OpenAsync()).DisposeAsync();
        await WriteAsync(_temporary["precious"], "precious");
        var link = Path.Combine(_temporary["data"], "blobs", "new", "link");
        File.CreateSymbolicLink(link, _temporary["precious"]);

        await (await OpenAsync()).DisposeAsync();

        Assert.False(File.Exists(link));
        Assert.Equal("precious", await File.ReadAllTextAsync(_temporary["precious"], Cancellation));
    }

    [Fact]
    public async Task A_blob_that_is_a_link_is_not_read_and_its_removal_removes_the_link()
    {
        await using var blobs = new FileBlobStore(_temporary["blobs"], 0, TimeProvider.System);
        BlobId id;
        await using (var writer = await blobs.CreateAsync(null, Cancellation))
        {
            await writer.WriteAsync(new byte[100], Cancellation);
            await writer.SealAsync(Cancellation);
            id = writer.Id;
        }

        var path = Directory.EnumerateFiles(_temporary["blobs"], id.ToString(), SearchOption.AllDirectories).Single();
        File.Copy(path, _temporary["outside"]);
        File.Delete(path);
        File.CreateSymbolicLink(path, _temporary["outside"]);

        var refusal = await Assert.ThrowsAsync<CorruptDataException>(async () => await blobs.OpenAsync(id, Cancellation));
        await blobs.DeleteAsync(id, Cancellation);

        Assert.Contains(path, refusal.Message, StringComparison.Ordinal);
        Assert.False(Path.Exists(path));
        Assert.True(File.Exists(_temporary["outside"]));
    }

    [Fact]
    public async Task The_data_directory_itself_may_be_reached_by_a_link()
    {
        Directory.CreateDirectory(_temporary["disk"]);
        Directory.CreateSymbolicLink(_temporary["data"], _temporary["disk"]);

        await (await OpenAsync()).DisposeAsync();

        Assert.True(File.Exists(Path.Combine(_temporary["disk"], "FORMAT")));
    }

    private Task<LocalStore> OpenAsync() => LocalStore.OpenAsync(
        new LocalStoreOptions { DataDirectory = _temporary["data"], DiskReserveBytes = 0 },
        TimeProvider.System,
        Cancellation).AsTask();

    private static Task WriteAsync(string path, string text) => File.AppendAllTextAsync(path, text, Cancellation);

    private static string Snapshot(string path) => File.Exists(path)
        ? Convert.ToHexString(File.ReadAllBytes(path))
        : string.Join('\n', Directory.EnumerateFileSystemEntries(path, "*", SearchOption.AllDirectories).Order());
}
