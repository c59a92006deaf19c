using ObjectServer.Storage.Disk;
using ObjectServer.Storage.Model;

namespace ObjectServer.Storage.Tests.Disk;

public sealed class DataDirectoryTests : IDisposable
{
    private readonly TemporaryDirectory _temporary = new();

    public void Dispose() => _temporary.Dispose();

    [Fact]
    public void A_new_directory_becomes_a_store_and_keeps_its_id()
    {
        Guid storeId;
        using (var first = DataDirectory.Open(_temporary["data"]))
        {
            storeId = first.StoreId;
            Assert.NotEqual(Guid.Empty, storeId);
            Assert.True(Directory.Exists(first.JournalPath));
            Assert.True(Directory.Exists(first.BlobsPath));
        }

        using var second = DataDirectory.Open(_temporary["data"]);
        Assert.Equal(storeId, second.StoreId);
    }

    [Fact]
    public void A_second_opener_is_refused_by_the_lock_and_told_who_holds_it()
    {
        using var first = DataDirectory.Open(_temporary["data"]);

        var refusal = Assert.Throws<StoreOpenException>(() => DataDirectory.Open(_temporary["data"]));

        Assert.Contains(Path.Combine(first.Root, "LOCK"), refusal.Message, StringComparison.Ordinal);
        Assert.Contains($"{Environment.ProcessId}", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_newer_format_is_refused_with_the_version_that_reads_it()
    {
        Directory.CreateDirectory(_temporary["data"]);
        File.WriteAllText(
            Path.Combine(_temporary["data"], "FORMAT"), $"format: {DataDirectory.CurrentFormat + 1}\nreader: 9.7\nstore: {Guid.NewGuid()}\n");

        var refusal = Assert.Throws<StoreOpenException>(() => DataDirectory.Open(_temporary["data"]));

        Assert.Contains($"format {DataDirectory.CurrentFormat + 1}", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("9.7", refusal.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("format: x\nstore: 8d4c1ef0-6c5f-4f3e-9a2a-111111111111\n")]
    [InlineData("format: 1\nstore: nobody\n")]
    public void A_damaged_format_file_is_refused(string text)
    {
        Directory.CreateDirectory(_temporary["data"]);
        File.WriteAllText(Path.Combine(_temporary["data"], "FORMAT"), text);

        Assert.Throws<StoreOpenException>(() => DataDirectory.Open(_temporary["data"]));
    }

    [Fact]
    public void A_directory_of_other_files_is_not_taken_for_a_store()
    {
        Directory.CreateDirectory(_temporary["data"]);
        File.WriteAllText(Path.Combine(_temporary["data"], "holiday.jpg"), "");

        Assert.Throws<StoreOpenException>(() => DataDirectory.Open(_temporary["data"]));
        Assert.Single(Directory.GetFileSystemEntries(_temporary["data"]));
    }

    [Fact]
    public void A_path_that_cannot_be_a_directory_is_refused()
    {
        File.WriteAllText(_temporary["file"], "");

        Assert.Throws<StoreOpenException>(() => DataDirectory.Open(_temporary["file"]));
    }

    [Fact]
    public void An_atomic_file_replaces_the_old_one_and_takes_its_mode()
    {
        var path = _temporary["secret"];
        AtomicFile.Write(path, "old");
        AtomicFile.Write(path, "new", UnixFileMode.UserRead | UnixFileMode.UserWrite);

        Assert.Equal("new", File.ReadAllText(path));
        Assert.Equal([path], Directory.GetFiles(_temporary.Root));
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(path));
        }
    }

    [Fact]
    public void Syncing_a_directory_that_is_not_there_fails()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no such call.");
        Assert.Throws<IOException>(() => DirectorySync.Sync(_temporary["nowhere"]));
    }
}
