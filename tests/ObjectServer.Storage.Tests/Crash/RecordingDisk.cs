using ObjectServer.Storage.Disk;

namespace ObjectServer.Storage.Tests.Crash;

/// <summary>
/// The system's files, with every operation on them written down in its order: what a power loss may leave of them can
/// then be made anew, see <see cref="PowerLoss"/>.
/// </summary>
/// <param name="keepsSyncs">False: a disk that says it has synced a file, and has not.</param>
internal sealed class RecordingDisk(bool keepsSyncs = true) : IDisk
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, int> _files = new(StringComparer.Ordinal);
    private readonly List<DiskEvent> _events = [];
    private int _lastFile;

    private bool KeepsSyncs { get; } = keepsSyncs;

    /// <summary>A disk whose first events are those that made what directories hold, all of it durable.</summary>
    public static RecordingDisk Of(params IEnumerable<string> directories)
    {
        var disk = new RecordingDisk();
        foreach (var directory in directories.Where(Directory.Exists))
        {
            disk.Take(directory);
        }

        return disk;
    }

    /// <summary>
    /// A disk on which a process was killed: what it had not synced is still not, though the next one finds it.
    /// </summary>
    /// <param name="events">What had happened.</param>
    /// <param name="from">The directory in which it happened.</param>
    /// <param name="to">The one that has all of it now.</param>
    public static RecordingDisk After(IEnumerable<DiskEvent> events, string from, string to)
    {
        var disk = new RecordingDisk();
        foreach (var happened in events)
        {
            var moved = happened switch
            {
                DiskEvent.Created created => created with { Path = At(created.Path) },
                DiskEvent.Deleted deleted => deleted with { Path = At(deleted.Path) },
                DiskEvent.Renamed renamed => new DiskEvent.Renamed(At(renamed.From), At(renamed.To)),
                DiskEvent.DirectoryMade made => new DiskEvent.DirectoryMade(At(made.Path)),
                DiskEvent.DirectorySynced synced => new DiskEvent.DirectorySynced(At(synced.Path)),
                _ => happened,
            };
            disk._events.Add(moved);
            if (moved is DiskEvent.Created { File: var file, Path: var path })
            {
                disk._files[path] = disk._lastFile = file;
            }
        }

        return disk;

        string At(string path) => path.Replace(from, to, StringComparison.Ordinal);
    }

    /// <summary>What happened so far.</summary>
    public IReadOnlyList<DiskEvent> Events
    {
        get
        {
            lock (_gate)
            {
                return [.. _events];
            }
        }
    }

    /// <summary>Writes down something that is no operation, e.g. an acknowledgement.</summary>
    public void Note(DiskEvent happened)
    {
        lock (_gate)
        {
            _events.Add(happened);
        }
    }

    public IDiskFile Create(string path, long expectedBytes)
    {
        var made = SystemDisk.Instance.Create(path, expectedBytes);
        int file;
        lock (_gate)
        {
            file = _files[path] = ++_lastFile;
            _events.Add(new DiskEvent.Created(file, path));
            if (expectedBytes > 0)
            {
                // Room that was reserved reads as zeros, and the length of it may arrive before any byte.
                _events.Add(new DiskEvent.Cut(file, made.Length));
            }
        }

        return new RecordingFile(this, file, made);
    }

    public IDiskFile Open(string path)
    {
        lock (_gate)
        {
            return new RecordingFile(this, _files[path], SystemDisk.Instance.Open(path));
        }
    }

    public IDiskFile OpenForReading(string path) => SystemDisk.Instance.OpenForReading(path);

    public void Delete(string path)
    {
        Note(new DiskEvent.Deleted(path));
        SystemDisk.Instance.Delete(path);
    }

    public void Rename(string from, string to)
    {
        Note(new DiskEvent.Renamed(from, to));
        SystemDisk.Instance.Rename(from, to);
    }

    public void CreateDirectory(string path)
    {
        Note(new DiskEvent.DirectoryMade(path));
        SystemDisk.Instance.CreateDirectory(path);
    }

    public DiskSpace SpaceOf(string directory) => SystemDisk.Instance.SpaceOf(directory);

    public void SyncDirectory(string path)
    {
        SystemDisk.Instance.SyncDirectory(path);
        Note(new DiskEvent.DirectorySynced(path));
    }

    private void Take(string directory)
    {
        _events.Add(new DiskEvent.DirectoryMade(directory));
        foreach (var made in Directory.GetDirectories(directory, "*", SearchOption.AllDirectories))
        {
            _events.Add(new DiskEvent.DirectoryMade(made));
        }

        foreach (var path in Directory.GetFiles(directory, "*", SearchOption.AllDirectories))
        {
            var file = _files[path] = ++_lastFile;
            _events.Add(new DiskEvent.Created(file, path));
            _events.Add(new DiskEvent.Written(file, 0, File.ReadAllBytes(path)));
            _events.Add(new DiskEvent.Synced(file, _events.Count));
        }

        foreach (var filled in Directory.GetDirectories(directory, "*", SearchOption.AllDirectories)
            .Append(directory)
            .Append(Path.GetDirectoryName(directory)!))
        {
            _events.Add(new DiskEvent.DirectorySynced(filled));
        }
    }

    private sealed class RecordingFile(RecordingDisk disk, int file, IDiskFile inner) : IDiskFile
    {
        public long Length => inner.Length;

        public int Read(Span<byte> buffer, long offset) => inner.Read(buffer, offset);

        public void Write(IReadOnlyList<ReadOnlyMemory<byte>> buffers, long offset)
        {
            disk.Note(new DiskEvent.Written(file, offset, [.. buffers.SelectMany(buffer => buffer.ToArray())]));
            inner.Write(buffers, offset);
        }

        public ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, long offset)
        {
            disk.Note(new DiskEvent.Written(file, offset, bytes.ToArray()));
            return inner.WriteAsync(bytes, offset);
        }

        public void Sync()
        {
            // Only what was written before it began is sure.
            var begun = disk.Events.Count;
            inner.Sync();
            disk.Note(new DiskEvent.Synced(file, disk.KeepsSyncs ? begun : 0));
        }

        public void SetLength(long length)
        {
            disk.Note(new DiskEvent.Cut(file, length));
            inner.SetLength(length);
        }

        // Its writes are recorded as if they waited in the cache, which leaves more to chance and not less.
        public bool TryBypassCache() => false;

        public void UseCache()
        {
        }

        public void Dispose() => inner.Dispose();
    }
}

/// <summary>Something that happened on a disk. Files have numbers, because names change.</summary>
internal abstract record DiskEvent
{
    public sealed record Created(int File, string Path) : DiskEvent;

    public sealed record Written(int File, long Offset, byte[] Bytes) : DiskEvent;

    public sealed record Cut(int File, long Length) : DiskEvent;

    /// <param name="File">Of which file.</param>
    /// <param name="Begun">How many events had happened when the sync began.</param>
    public sealed record Synced(int File, int Begun) : DiskEvent;

    public sealed record Deleted(string Path) : DiskEvent;

    public sealed record Renamed(string From, string To) : DiskEvent;

    public sealed record DirectoryMade(string Path) : DiskEvent;

    public sealed record DirectorySynced(string Path) : DiskEvent;

    /// <summary>A caller begins to write a key, or was told that it is written.</summary>
    public sealed record Said(string Key, CrashWriter.CrashContent Content, bool IsAcknowledged) : DiskEvent;
}
