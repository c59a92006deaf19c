using ObjectServer.Commands;
using ObjectServer.Hosting;
using ObjectServer.Storage;
using ObjectServer.Storage.Model;

namespace ObjectServer.Tests.Commands;

public sealed class ObjectServerCommandTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();
    private readonly StringWriter _output = new();
    private readonly StringWriter _errors = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _output.Dispose();
        _errors.Dispose();
        _directory.Dispose();
    }

    [Fact]
    public async Task Help_explains_every_setting()
    {
        Assert.Equal(ObjectServerCommand.Success, await RunAsync("--help"));

        foreach (var setting in Setting.All)
        {
            Assert.Contains(setting.Option, _output.ToString(), StringComparison.Ordinal);
            Assert.Contains(setting.Variable, _output.ToString(), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Every_mistake_is_told_at_once_on_the_error_stream()
    {
        Assert.Equal(ObjectServerCommand.Misuse, await RunAsync("--bogus", "--region", "a b", "--inline-limit", "x"));

        var told = _errors.ToString();
        Assert.Contains("--bogus", told, StringComparison.Ordinal);
        Assert.Contains("region:", told, StringComparison.Ordinal);
        Assert.Contains("--inline-limit:", told, StringComparison.Ordinal);
        Assert.Empty(_output.ToString());
    }

    [Fact]
    public async Task A_store_is_described()
    {
        await using (var store = await OpenAsync())
        {
            await store.Buckets.CreateAsync("photos", "owner", "us-east-1", objectLock: false, Cancellation);
        }

        Assert.Equal(ObjectServerCommand.Success, await RunAsync("info", "--data", _directory.Path));
        Assert.Contains("photos", _output.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_sound_store_passes_its_scrub_and_gets_a_new_index()
    {
        await using (await OpenAsync())
        {
        }

        Assert.Equal(ObjectServerCommand.Success, await RunAsync("scrub", "--data", _directory.Path));
        Assert.Equal(ObjectServerCommand.Success, await RunAsync("index", "rebuild", "--data", _directory.Path));
        Assert.Contains("sound", _output.ToString(), StringComparison.Ordinal);
        Assert.Contains("the index is complete", _output.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_rebuild_may_name_another_engine_and_looking_leaves_it_there()
    {
        await using (var store = await OpenAsync())
        {
            await store.Buckets.CreateAsync("photos", "owner", "us-east-1", objectLock: false, Cancellation);
        }

        var rebuild = await RunAsync("index", "rebuild", "--data", _directory.Path, "--index", "rocksdb");
        Assert.Equal(ObjectServerCommand.Success, rebuild);
        Assert.Equal(ObjectServerCommand.Success, await RunAsync("info", "--data", _directory.Path));

        Assert.Contains("photos", _output.ToString(), StringComparison.Ordinal);
        Assert.Contains(
            "engine: rocksdb",
            await File.ReadAllLinesAsync(Path.Combine(_directory.Path, "index", "STATE"), Cancellation));
    }

    [Fact]
    public async Task A_storage_class_is_found_where_it_was_left_and_where_it_is_said_to_be()
    {
        var (data, slow) = (_directory.File("data"), _directory.File("slow"));
        var options = new LocalStoreOptions
        {
            DataDirectory = data,
            DiskReserveBytes = 0,
            ClassDirectories = new Dictionary<string, string> { ["GLACIER"] = slow },
        };
        await using (var store = await LocalStore.OpenAsync(options, TimeProvider.System, Cancellation))
        {
            var bucket = (await store.Buckets.CreateAsync(
                "photos", "owner", "us-east-1", objectLock: false, Cancellation)).Bucket;
            await using var content = await store.Objects.BeginContentAsync("GLACIER", 3, Cancellation);
            await content.WriteAsync(new byte[3], Cancellation);
            await store.Objects.PutAsync(
                bucket,
                new NewObject { Key = ObjectKey.Parse("k"), ETag = "e", OwnerId = "owner", StorageClass = "GLACIER" },
                content,
                Cancellation);
        }

        Assert.Equal(ObjectServerCommand.Success, await RunAsync("info", "--data", data));
        Assert.Contains($"GLACIER       {slow}", _output.ToString(), StringComparison.Ordinal);
        Assert.Contains("1 files 3 B", _output.ToString(), StringComparison.Ordinal);
        var moved = _directory.File("moved");
        Directory.Move(slow, moved);
        Assert.Equal(ObjectServerCommand.Failure, await RunAsync("scrub", "--data", data));
        Assert.Contains(slow, _errors.ToString(), StringComparison.Ordinal);
        Assert.Equal(
            ObjectServerCommand.Success, await RunAsync("scrub", "--data", data, "--storage-class", $"GLACIER={moved}"));
    }

    [Fact]
    public async Task A_store_that_is_open_elsewhere_is_refused_by_name_of_its_lock()
    {
        await using var store = await OpenAsync();

        Assert.Equal(ObjectServerCommand.Failure, await RunAsync("info", "--data", _directory.Path));
        Assert.Contains("LOCK", _errors.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task No_store_is_made_by_looking_for_one()
    {
        var nowhere = _directory.File("nowhere");

        Assert.Equal(ObjectServerCommand.Failure, await RunAsync("info", "--data", nowhere));
        Assert.False(Directory.Exists(nowhere));
    }

    [Fact]
    public async Task A_server_that_is_not_there_is_not_healthy() =>
        Assert.Equal(ObjectServerCommand.Failure, await RunAsync("health", "--url", "http://127.0.0.1:1"));

    [Fact]
    public async Task The_first_start_shows_the_secret_and_later_ones_where_it_is()
    {
        var first = await ServeOnceAsync();
        var second = await ServeOnceAsync();

        Assert.Contains("export AWS_SECRET_ACCESS_KEY=", first, StringComparison.Ordinal);
        Assert.Contains("aws s3 mb s3://", first, StringComparison.Ordinal);
        Assert.DoesNotContain("export", second, StringComparison.Ordinal);
        Assert.Contains(RootCredentials.FileName, second, StringComparison.Ordinal);
    }

    private ValueTask<LocalStore> OpenAsync() => LocalStore.OpenAsync(
        new LocalStoreOptions { DataDirectory = _directory.Path, DiskReserveBytes = 0 }, TimeProvider.System, Cancellation);

    /// <summary>Serves until the banner is out, and gives the banner.</summary>
    private async Task<string> ServeOnceAsync()
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        using var banner = new StoppingWriter(stop);
        var command = new ObjectServerCommand(TextWriter.Synchronized(banner), _errors, _ => null);
        var code = await command.RunAsync(
            ["serve", "--data", _directory.Path, "--listen", "http://127.0.0.1:0"], stop.Token);
        Assert.Equal(ObjectServerCommand.Success, code);
        return banner.ToString();
    }

    private Task<int> RunAsync(params string[] arguments) =>
        new ObjectServerCommand(_output, _errors, _ => null).RunAsync(arguments, Cancellation);

    /// <summary>Ends the server once the banner was flushed.</summary>
    private sealed class StoppingWriter(CancellationTokenSource stop) : StringWriter
    {
        public override void Flush()
        {
            // Log lines are flushed too, and some come before it.
            if (ToString().Contains("root key", StringComparison.Ordinal))
            {
                stop.Cancel();
            }
        }
    }
}
