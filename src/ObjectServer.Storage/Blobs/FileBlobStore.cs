using System.Globalization;
using System.Runtime.CompilerServices;
using ObjectServer.Storage.Disk;
using ObjectServer.Storage.Model;
using ObjectServer.Storage.Records;

namespace ObjectServer.Storage.Blobs;

/// <summary>
/// Blobs as files: <c>xx/&lt;32 hex digits of the id&gt;</c>, where xx is the random tail of the id, so that 256
/// directories fill evenly. A file is written under <c>new/</c>, synced, then renamed and its directory synced: under
/// its own name it is whole and durable. What is left in <c>new/</c> when the store opens is what a crash cut short.
/// </summary>
internal sealed class FileBlobStore : IBlobStore
{
    private readonly string _root;
    private readonly long _reserveBytes;
    private readonly TimeProvider _time;
    private readonly Func<DiskSpace> _measure;
    private readonly IDisk _disk;
    private readonly byte _place;
    private readonly bool _isForReading;
    private readonly Lock _gate = new();
    private readonly bool[] _hasDirectory = new bool[256];

    /// <summary>Opens the blobs of a store and removes what was never sealed, unless they are only to be read.</summary>
    /// <param name="root">The directory of all blobs; made if it is not there.</param>
    /// <param name="reserveBytes">No blob is begun, or continued for long, while the disk has less free space.</param>
    /// <param name="time">Makes the ids.</param>
    /// <param name="measure">Asks for the room on the disk; null to ask the operating system.</param>
    /// <param name="disk">What writes; null for the operating system's files.</param>
    /// <param name="place">The directory's number, which its ids bear.</param>
    /// <param name="isForReading">Whether nothing is to be changed.</param>
    public FileBlobStore(
        string root,
        long reserveBytes,
        TimeProvider time,
        Func<DiskSpace>? measure = null,
        IDisk? disk = null,
        byte place = 0,
        bool isForReading = false)
    {
        _root = root;
        _place = place;
        _isForReading = isForReading;
        _reserveBytes = reserveBytes;
        _time = time;
        _disk = disk ?? SystemDisk.Instance;
        _measure = measure ?? (() => _disk.SpaceOf(root));
        if (isForReading)
        {
            return;
        }

        var unsealed = Path.Combine(root, "new");
        _disk.CreateDirectory(unsealed);
        _disk.SyncDirectory(root);
        foreach (var file in Directory.EnumerateFiles(unsealed))
        {
            _disk.Delete(file);
        }
    }

    public ValueTask<BlobWriter> CreateAsync(long? expectedLength, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        RefuseIfForReading();
        RefuseIfNearlyFull(expectedLength ?? 0);
        var id = new BlobId(TimedIds.Next(_time), _place);
        try
        {
            var file = _disk.Create(
                UnsealedPath(id), expectedLength is { } length ? BlobFormat.FileBytes(length) : 0);
            return ValueTask.FromResult<BlobWriter>(new FileBlobWriter(this, id, file, expectedLength));
        }
        catch (IOException failure) when (DiskFull.Is(failure))
        {
            Discard(id);
            throw DiskFull.Refusal(failure);
        }
    }

    public ValueTask<BlobReader?> OpenAsync(BlobId id, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        IDiskFile file;
        var path = PathOf(id);
        if (SymbolicLink.Is(path))
        {
            throw new CorruptDataException($"The file '{path}' of blob {id} is a symbolic link.");
        }

        try
        {
            file = _disk.OpenForReading(path);
        }
        catch (Exception absence) when (absence is FileNotFoundException or DirectoryNotFoundException)
        {
            return ValueTask.FromResult<BlobReader?>(null);
        }

        try
        {
            return ValueTask.FromResult<BlobReader?>(FileBlobReader.Open(id, file));
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    public ValueTask DeleteAsync(BlobId id, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        RefuseIfForReading();
        try
        {
            // Not synced: a removal that a crash undoes leaves an orphan, and orphans are swept.
            _disk.Delete(PathOf(id));
        }
        catch (DirectoryNotFoundException)
        {
            // No blob of this directory was ever sealed.
        }

        return ValueTask.CompletedTask;
    }

    public async IAsyncEnumerable<BlobListing> ListAsync([EnumeratorCancellation] CancellationToken cancellation)
    {
        for (var tail = 0; tail < 256; tail++)
        {
            var directory = new DirectoryInfo(DirectoryOf((byte)tail));
            if (!directory.Exists)
            {
                continue;
            }

            await Task.Yield();
            foreach (var file in directory.EnumerateFiles())
            {
                cancellation.ThrowIfCancellationRequested();
                if (Guid.TryParseExact(file.Name, "N", out var id) && Measure(file) is { } found)
                {
                    yield return new BlobListing(new BlobId(id, _place), found.Length, found.Sealed);
                }
            }
        }
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    /// <summary>The memory of all writers.</summary>
    internal BlobBuffers Buffers { get; } = new();

    /// <summary>Refuses to go on where so many bytes more would eat into the reserve.</summary>
    public void RefuseIfNearlyFull(long moreBytes)
    {
        var free = _measure().FreeBytes;
        if (free - moreBytes < _reserveBytes)
        {
            throw new StoreUnavailableException(UnavailableReason.DiskNearlyFull, string.Create(
                CultureInfo.InvariantCulture,
                $"The disk has {free} bytes free, and {_reserveBytes} are kept in reserve."));
        }
    }

    /// <summary>Gives a file, whose bytes are synced, its name. Blocks for two syncs.</summary>
    internal void Seal(BlobId id)
    {
        var tail = Tail(id);
        lock (_gate)
        {
            if (!_hasDirectory[tail])
            {
                _disk.CreateDirectory(DirectoryOf(tail));
                _disk.SyncDirectory(_root);
                _hasDirectory[tail] = true;
            }
        }

        _disk.Rename(UnsealedPath(id), PathOf(id));
        _disk.SyncDirectory(DirectoryOf(tail));
    }

    /// <summary>Removes a file that will not be sealed.</summary>
    internal void Discard(BlobId id) => _disk.Delete(UnsealedPath(id));

    internal string UnsealedPath(BlobId id) => Path.Combine(_root, "new", id.ToString());

    internal string PathOf(BlobId id) => Path.Combine(DirectoryOf(Tail(id)), id.ToString());

    private string DirectoryOf(byte tail) =>
        Path.Combine(_root, tail.ToString("x2", CultureInfo.InvariantCulture));

    private void RefuseIfForReading()
    {
        if (_isForReading)
        {
            throw new StoreUnavailableException(
                UnavailableReason.ReadOnly, "The store was opened to be read, and takes no writes.");
        }
    }

    /// <summary>Null where the file was removed since it was listed.</summary>
    private static (long Length, DateTimeOffset Sealed)? Measure(FileInfo file)
    {
        try
        {
            return (BlobFormat.ContentBytes(file.Length), new DateTimeOffset(file.LastWriteTimeUtc));
        }
        catch (FileNotFoundException)
        {
            return null;
        }
    }

    private static byte Tail(BlobId id)
    {
        Span<byte> bytes = stackalloc byte[16];
        id.Value.TryWriteBytes(bytes, bigEndian: true, out _);
        return bytes[^1];
    }
}
