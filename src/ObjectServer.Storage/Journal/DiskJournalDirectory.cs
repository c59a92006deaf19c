using ObjectServer.Storage.Disk;

namespace ObjectServer.Storage.Journal;

/// <summary>A journal's files in a directory of a disk.</summary>
internal sealed class DiskJournalDirectory(string path, IDisk disk) : IJournalDirectory
{
    public IReadOnlyList<string> List() => [.. Directory.EnumerateFiles(path).Select(file => Path.GetFileName(file))];

    public IJournalFile Create(string name)
    {
        var file = disk.Create(Path.Combine(path, name), 0);
        disk.SyncDirectory(path);
        return new JournalFile(file);
    }

    public IJournalFile Open(string name) => new JournalFile(disk.Open(Path.Combine(path, name)));

    public void Delete(string name)
    {
        disk.Delete(Path.Combine(path, name));
        disk.SyncDirectory(path);
    }

    private sealed class JournalFile(IDiskFile file) : IJournalFile
    {
        public long Length => file.Length;

        public int Read(Span<byte> buffer, long offset) => file.Read(buffer, offset);

        public void Write(IReadOnlyList<ReadOnlyMemory<byte>> buffers, long offset) => file.Write(buffers, offset);

        public void Sync() => file.Sync();

        public void Truncate(long length) => file.SetLength(length);

        public void Dispose() => file.Dispose();
    }
}
