using Microsoft.Win32.SafeHandles;

namespace ObjectServer.Storage.Disk;

/// <summary>The operating system's files.</summary>
internal sealed class SystemDisk : IDisk
{
    public static SystemDisk Instance { get; } = new();

    public IDiskFile Create(string path, long expectedBytes) => new SystemFile(File.OpenHandle(
        path, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.Read | FileShare.Delete, FileOptions.None,
        expectedBytes));

    public IDiskFile Open(string path) => new SystemFile(File.OpenHandle(
        path, FileMode.Open, FileAccess.ReadWrite, FileShare.Read | FileShare.Delete));

    public IDiskFile OpenForReading(string path) => new SystemFile(File.OpenHandle(
        path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, FileOptions.SequentialScan));

    public void Delete(string path) => File.Delete(path);

    public void Rename(string from, string to) => AtomicFile.Replace(from, to);

    public void CreateDirectory(string path) => Directory.CreateDirectory(path);

    public void SyncDirectory(string path) => DirectorySync.Sync(path);

    public DiskSpace SpaceOf(string directory) => DiskSpace.Of(directory);

    private sealed class SystemFile(SafeFileHandle handle) : IDiskFile
    {
        public long Length => RandomAccess.GetLength(handle);

        public int Read(Span<byte> buffer, long offset)
        {
            var filled = 0;
            while (filled < buffer.Length)
            {
                var read = RandomAccess.Read(handle, buffer[filled..], offset + filled);
                if (read == 0)
                {
                    break;
                }

                filled += read;
            }

            return filled;
        }

        public void Write(IReadOnlyList<ReadOnlyMemory<byte>> buffers, long offset) =>
            RandomAccess.Write(handle, buffers, offset);

        public ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, long offset) =>
            RandomAccess.WriteAsync(handle, bytes, offset, CancellationToken.None);

        public void Sync() => FileSync.Sync(handle);

        public void SetLength(long length) => RandomAccess.SetLength(handle, length);

        public bool TryBypassCache() => PageCache.TryBypass(handle);

        public void UseCache() => PageCache.Use(handle);

        public void Dispose() => handle.Dispose();
    }
}
