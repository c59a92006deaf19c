using ObjectServer.Storage.Disk;

namespace ObjectServer.CrashWriter;

/// <summary>A disk on which the process dies at one point.</summary>
internal sealed class DeadlyDisk(IDisk disk, KillPoint point) : IDisk
{
    public IDiskFile Create(string path, long expectedBytes)
    {
        var area = AreaOf(path);
        IDiskFile? made = null;
        Around(area, "create", () => made = disk.Create(path, expectedBytes));
        return new DeadlyFile(made!, area, point);
    }

    public IDiskFile Open(string path) => new DeadlyFile(disk.Open(path), AreaOf(path), point);

    public IDiskFile OpenForReading(string path) => disk.OpenForReading(path);

    public void Delete(string path) => Around(AreaOf(path), "delete", () => disk.Delete(path));

    public void Rename(string from, string to) => Around(AreaOf(to), "rename", () => disk.Rename(from, to));

    public void CreateDirectory(string path) => disk.CreateDirectory(path);

    /// <summary>A list of names becomes durable.</summary>
    public void SyncDirectory(string path) => Around(AreaOf(path), "list", () => disk.SyncDirectory(path));

    public DiskSpace SpaceOf(string directory) => disk.SpaceOf(directory);

    private void Around(string area, string operation, Action action)
    {
        point.Pass($"{area}.{operation}", "before");
        action();
        point.Pass($"{area}.{operation}", "after");
    }

    /// <summary>What a start does to the directory of a class is no write of a blob, or it would be met in its place.</summary>
    private static string AreaOf(string path)
    {
        if (path.Contains($"{Path.DirectorySeparatorChar}journal", StringComparison.Ordinal))
        {
            return "journal";
        }

        return path.Contains($"{Path.DirectorySeparatorChar}blobs", StringComparison.Ordinal)
            && !path.EndsWith(AtomicFile.TemporarySuffix, StringComparison.Ordinal)
            ? "blob"
            : "class";
    }

    private sealed class DeadlyFile(IDiskFile file, string area, KillPoint point) : IDiskFile
    {
        public long Length => file.Length;

        public int Read(Span<byte> buffer, long offset) => file.Read(buffer, offset);

        public void Write(IReadOnlyList<ReadOnlyMemory<byte>> buffers, long offset)
        {
            DieAmid(buffers, offset);
            point.Pass($"{area}.write", "before");
            file.Write(buffers, offset);
            point.Pass($"{area}.write", "after");
        }

        public async ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, long offset)
        {
            DieAmid([bytes], offset);
            point.Pass($"{area}.write", "before");
            await file.WriteAsync(bytes, offset);
            point.Pass($"{area}.write", "after");
        }

        public void Sync()
        {
            point.Pass($"{area}.sync", "before");
            file.Sync();
            point.Pass($"{area}.sync", "after");
        }

        public void SetLength(long length)
        {
            point.Pass($"{area}.cut", "before");
            file.SetLength(length);
            point.Pass($"{area}.cut", "after");
        }

        public bool TryBypassCache() => file.TryBypassCache();

        public void UseCache() => file.UseCache();

        public void Dispose() => file.Dispose();

        /// <summary>Half of the bytes arrive; of zeros that only extend a file none need to.</summary>
        private void DieAmid(IReadOnlyList<ReadOnlyMemory<byte>> buffers, long offset)
        {
            if (point.IsAmid($"{area}.write"))
            {
                var bytes = buffers[0];
                file.Write([.. buffers.Skip(1).SkipLast(1).Prepend(bytes[..(bytes.Length / 2)])], offset);
                point.Die();
            }
        }
    }
}
