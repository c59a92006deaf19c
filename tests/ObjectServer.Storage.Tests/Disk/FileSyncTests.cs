using ObjectServer.Storage.Disk;

namespace ObjectServer.Storage.Tests.Disk;

public sealed class FileSyncTests
{
    private const int InvalidArgument = 22;

    [Fact]
    public void A_sync_that_the_system_refuses_is_an_error_with_its_number()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Linux knows a file that cannot be synced.");
        using var handle = File.OpenHandle("/dev/null", FileMode.Open, FileAccess.ReadWrite);

        var refusal = Assert.Throws<IOException>(() => FileSync.Sync(handle));

        Assert.Equal(InvalidArgument, refusal.HResult);
    }

    [Fact]
    public void A_closed_file_is_not_synced()
    {
        using var directory = new TemporaryDirectory();
        var handle = File.OpenHandle(directory["file"], FileMode.Create, FileAccess.Write);
        handle.Dispose();

        Assert.Throws<ObjectDisposedException>(() => FileSync.Sync(handle));
    }
}
