using Microsoft.Win32.SafeHandles;
using ObjectServer.Storage.Disk;

namespace ObjectServer.Storage.Journal;

/// <summary>A journal's files in a directory of the file system.</summary>
internal sealed class DiskJournalDirectory(string path) : IJournalDirectory
{
    public IReadOnlyList<string> List() => [.. Directory.EnumerateFiles(path).Select(file => Path.GetFileName(file))];

    public IJournalFile Create(string name)
    {
        var file = new DiskFile(Path.Combine(path, name), FileMode.CreateNew);
        DirectorySync.Sync(path);
        return file;
    }

    public IJournalFile Open(string name) => new DiskFile(Path.Combine(path, name), FileMode.Open);

    public void Delete(string name)
    {
        File.Delete(Path.Combine(path, name));
        DirectorySync.Sync(path);
    }

    private sealed class DiskFile(string file, FileMode mode) : IJournalFile
    {
        private readonly SafeFileHandle _handle = File.OpenHandle(
            file, mode, FileAccess.ReadWrite, FileShare.Read | FileShare.Delete);

        public long Length => RandomAccess.GetLength(_handle);

        public int Read(Span<byte> buffer, long offset)
        {
            var filled = 0;
            while (filled < buffer.Length)
            {
                var read = RandomAccess.Read(_handle, buffer[filled..], offset + filled);
                if (read == 0)
                {
                    break;
                }

                filled += read;
            }

            return filled;
        }

        public void Write(IReadOnlyList<ReadOnlyMemory<byte>> buffers, long offset) =>
            RandomAccess.Write(_handle, buffers, offset);

        public void Sync() => RandomAccess.FlushToDisk(_handle);

        public void Truncate(long length) => RandomAccess.SetLength(_handle, length);

        public void Dispose() => _handle.Dispose();
    }
}
