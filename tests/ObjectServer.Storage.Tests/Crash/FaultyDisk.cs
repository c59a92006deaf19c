using ObjectServer.Storage.Disk;

namespace ObjectServer.Storage.Tests.Crash;

/// <summary>The system's files, of which one operation fails as told.</summary>
/// <param name="operation">Which: create, open, read, write, sync, cut, rename, delete, list.</param>
/// <param name="occurrence">At which time, from 1 on.</param>
/// <param name="error">Of the operating system: 5 is EIO, 28 ENOSPC.</param>
internal sealed class FaultyDisk(string operation, int occurrence, int error) : IDisk
{
    private int _left = occurrence;
    private volatile bool _isArmed;

    /// <summary>Whether it has failed.</summary>
    public bool HasFailed { get; private set; }

    /// <summary>Begins to count.</summary>
    public void Arm() => _isArmed = true;

    public IDiskFile Create(string path, long expectedBytes)
    {
        Pass("create", path);
        return new FaultyFile(this, path, SystemDisk.Instance.Create(path, expectedBytes));
    }

    public IDiskFile Open(string path)
    {
        Pass("open", path);
        return new FaultyFile(this, path, SystemDisk.Instance.Open(path));
    }

    public IDiskFile OpenForReading(string path)
    {
        Pass("open", path);
        return new FaultyFile(this, path, SystemDisk.Instance.OpenForReading(path));
    }

    public void Delete(string path)
    {
        Pass("delete", path);
        SystemDisk.Instance.Delete(path);
    }

    public void Rename(string from, string to)
    {
        Pass("rename", to);
        SystemDisk.Instance.Rename(from, to);
    }

    public void CreateDirectory(string path) => SystemDisk.Instance.CreateDirectory(path);

    public DiskSpace SpaceOf(string directory) => SystemDisk.Instance.SpaceOf(directory);

    public void SyncDirectory(string path)
    {
        Pass("list", path);
        SystemDisk.Instance.SyncDirectory(path);
    }

    private void Pass(string passing, string path)
    {
        if (IsItsTurn(passing))
        {
            throw Failure(path);
        }
    }

    private bool IsItsTurn(string passing)
    {
        if (!_isArmed || passing != operation || Interlocked.Decrement(ref _left) != 0)
        {
            return false;
        }

        HasFailed = true;
        return true;
    }

    private IOException Failure(string path) =>
        new($"{(error == 28 ? "No space left on device" : "Input/output error")} : '{path}'", error);

    private sealed class FaultyFile(FaultyDisk disk, string path, IDiskFile file) : IDiskFile
    {
        public long Length => file.Length;

        public int Read(Span<byte> buffer, long offset)
        {
            disk.Pass("read", path);
            return file.Read(buffer, offset);
        }

        public void Write(IReadOnlyList<ReadOnlyMemory<byte>> buffers, long offset)
        {
            if (disk.IsItsTurn("write"))
            {
                // Short: what a disk took before it failed stays.
                file.Write([buffers[0][..(buffers[0].Length / 2)]], offset);
                throw disk.Failure(path);
            }

            file.Write(buffers, offset);
        }

        public async ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, long offset)
        {
            if (disk.IsItsTurn("write"))
            {
                await file.WriteAsync(bytes[..(bytes.Length / 2)], offset);
                throw disk.Failure(path);
            }

            await file.WriteAsync(bytes, offset);
        }

        public void Sync()
        {
            disk.Pass("sync", path);
            file.Sync();
        }

        public void SetLength(long length)
        {
            disk.Pass("cut", path);
            file.SetLength(length);
        }

        public bool TryBypassCache() => file.TryBypassCache();

        public void UseCache() => file.UseCache();

        public void Dispose() => file.Dispose();
    }
}
