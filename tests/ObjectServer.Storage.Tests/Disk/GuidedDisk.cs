using ObjectServer.Storage.Disk;

namespace ObjectServer.Storage.Tests.Disk;

/// <summary>The system's files, with as much room and as many rights as a test gives, that stops where a test likes.</summary>
internal sealed class GuidedDisk : IDisk
{
    private const int InputOutputError = 5;

    private readonly List<Stop> _stops = [];
    private readonly Lock _gate = new();

    /// <summary>The room where a directory lies.</summary>
    public Func<string, long> FreeBytes { get; set; } = _ => 1L << 40;

    /// <summary>Which files may not be made or removed.</summary>
    public Predicate<string> Denies { get; set; } = _ => false;

    /// <summary>Of which files a sync fails.</summary>
    public Predicate<string> FailsSync { get; set; } = _ => false;

    /// <summary>Files that were made.</summary>
    public List<string> Created { get; } = [];

    /// <summary>Stops the next operation that gives a file a name which meets a condition.</summary>
    public Stop StopAtName(Predicate<string> condition)
    {
        var stop = new Stop(condition);
        lock (_gate)
        {
            _stops.Add(stop);
        }

        return stop;
    }

    public IDiskFile Create(string path, long expectedBytes)
    {
        Demand(path);
        lock (_gate)
        {
            Created.Add(path);
        }

        return new GuidedFile(this, path, SystemDisk.Instance.Create(path, expectedBytes));
    }

    public IDiskFile Open(string path) => new GuidedFile(this, path, SystemDisk.Instance.Open(path));

    public IDiskFile OpenForReading(string path) => SystemDisk.Instance.OpenForReading(path);

    public void Delete(string path)
    {
        if (File.Exists(path))
        {
            Demand(path);
        }

        SystemDisk.Instance.Delete(path);
    }

    public void Rename(string from, string to)
    {
        SystemDisk.Instance.Rename(from, to);
        Stop? stop;
        lock (_gate)
        {
            stop = _stops.Find(waiting => waiting.Condition(to));
            if (stop is not null)
            {
                _stops.Remove(stop);
            }
        }

        stop?.Meet();
    }

    public void CreateDirectory(string path) => SystemDisk.Instance.CreateDirectory(path);

    public void SyncDirectory(string path) => SystemDisk.Instance.SyncDirectory(path);

    public DiskSpace SpaceOf(string directory) => new(1L << 41, FreeBytes(directory));

    private void Demand(string path)
    {
        if (Denies(path))
        {
            throw new UnauthorizedAccessException($"Access to the path '{path}' is denied.");
        }
    }

    /// <summary>A point at which whoever meets it waits.</summary>
    internal sealed class Stop(Predicate<string> condition) : IDisposable
    {
        private readonly TaskCompletionSource _met = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly ManualResetEventSlim _goesOn = new();

        public Predicate<string> Condition => condition;

        /// <summary>Somebody waits there.</summary>
        public Task Met => _met.Task;

        public void GoOn() => _goesOn.Set();

        public void Meet()
        {
            _met.SetResult();
            _goesOn.Wait();
        }

        public void Dispose()
        {
            _goesOn.Set();
            _goesOn.Dispose();
        }
    }

    private sealed class GuidedFile(GuidedDisk disk, string path, IDiskFile file) : IDiskFile
    {
        public long Length => file.Length;

        public int Read(Span<byte> buffer, long offset) => file.Read(buffer, offset);

        public void Write(IReadOnlyList<ReadOnlyMemory<byte>> buffers, long offset) => file.Write(buffers, offset);

        public ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, long offset) => file.WriteAsync(bytes, offset);

        public void Sync()
        {
            if (disk.FailsSync(path))
            {
                throw new IOException($"Input/output error : '{path}'", InputOutputError);
            }

            file.Sync();
        }

        public void SetLength(long length) => file.SetLength(length);

        public bool TryBypassCache() => file.TryBypassCache();

        public void UseCache() => file.UseCache();

        public void Dispose() => file.Dispose();
    }
}
