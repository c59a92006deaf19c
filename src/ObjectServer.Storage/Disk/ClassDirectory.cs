using System.Text;
using ObjectServer.Storage.Model;

namespace ObjectServer.Storage.Disk;

/// <summary>
/// A directory that one storage class of one store has of its own. It says so in its mark, the file CLASS, text with one
/// <c>name: value</c> per line, so that an empty mount point, or another disk, is not taken for it.
/// </summary>
/// <remarks>
/// The mark's <c>turn</c> is a random id that the store keeps too and exchanges whenever it opens the directory or is done
/// with it. A data directory that knows another one is an older copy, or the directory is.
/// </remarks>
internal sealed class ClassDirectory : IDisposable
{
    private const string MarkName = "CLASS";
    private const string TrialName = "trial";

    private readonly Guid _storeId;
    private readonly IDisk _disk;
    private DirectoryLock? _lock;

    /// <param name="path">Where it is, or shall be.</param>
    /// <param name="storeId">The store.</param>
    /// <param name="storageClass">The class.</param>
    /// <param name="disk">What writes.</param>
    public ClassDirectory(string path, Guid storeId, string storageClass, IDisk disk)
    {
        Root = Path.TrimEndingDirectorySeparator(Path.GetFullPath(path));
        StorageClass = storageClass;
        _storeId = storeId;
        _disk = disk;
    }

    /// <summary>The directory's full path.</summary>
    public string Root { get; }

    /// <summary>Whose it is.</summary>
    public string StorageClass { get; }

    /// <summary>Where the blob files are.</summary>
    public string BlobsPath => Path.Combine(Root, "blobs");

    /// <summary>The file that says whose it is.</summary>
    public string MarkPath => Path.Combine(Root, MarkName);

    /// <summary>Whether it still is there: a disk may be unmounted while the store is open.</summary>
    public bool IsThere => File.Exists(MarkPath);

    private string NewBlobsPath => Path.Combine(BlobsPath, "new");

    /// <summary>The turn that its mark names; the empty id where it names none, null where there is no mark.</summary>
    /// <exception cref="StoreOpenException">The mark is another store's, or another class's.</exception>
    public Guid? FindTurn()
    {
        if (!IsThere)
        {
            return null;
        }

        var lines = File.ReadAllLines(MarkPath)
            .Select(line => line.Split(':', 2, StringSplitOptions.TrimEntries))
            .Where(parts => parts.Length == 2)
            .DistinctBy(parts => parts[0])
            .ToDictionary(parts => parts[0], parts => parts[1], StringComparer.Ordinal);
        if (lines.GetValueOrDefault("store") != _storeId.ToString())
        {
            throw new StoreOpenException(
                $"The directory '{Root}' belongs to another store: "
                + $"{lines.GetValueOrDefault("store", "it does not say which")}.");
        }

        if (lines.GetValueOrDefault("class") != StorageClass)
        {
            throw new StoreOpenException(
                $"The directory '{Root}' is that of the storage class {lines.GetValueOrDefault("class", "(none)")}, not of "
                + $"{StorageClass}.");
        }

        return Guid.TryParse(lines.GetValueOrDefault("turn"), out var turn) ? turn : Guid.Empty;
    }

    /// <summary>Demands that it may become the class's: it is empty, or can be made.</summary>
    /// <exception cref="StoreOpenException">It may not.</exception>
    public void DemandClaimable()
    {
        var parent = Path.GetDirectoryName(Root) ?? Root;
        if (!Directory.Exists(parent))
        {
            throw new StoreOpenException(
                $"There is no directory '{parent}' in which to make '{Root}' for the storage class {StorageClass}.");
        }

        if (Directory.Exists(Root)
            && Directory.EnumerateFileSystemEntries(Root).FirstOrDefault(IsForeign) is { } foreign)
        {
            throw new StoreOpenException(
                $"The directory '{Root}' for the storage class {StorageClass} is not empty: it holds "
                + $"'{Path.GetFileName(foreign)}'. Name an empty one.");
        }
    }

    /// <summary>Demands that the folders are there in which blobs lie: nobody but the store makes or removes them.</summary>
    /// <exception cref="StoreOpenException">They are not.</exception>
    public void DemandBlobs()
    {
        if (!Directory.Exists(NewBlobsPath))
        {
            throw new StoreOpenException(
                $"Objects of the storage class {StorageClass} lie in '{Root}', and its folder '{NewBlobsPath}' is missing. "
                + "Put back what was removed, or name the directory that has them.");
        }
    }

    /// <summary>
    /// Makes the directory and its folders where they are missing, durably, and has it for the life of the process. Also
    /// what is there already is synced: a start that was cut short may have made it.
    /// </summary>
    /// <exception cref="StoreOpenException">Another process has it, or it leads elsewhere.</exception>
    /// <exception cref="IOException">It cannot be made, or written to.</exception>
    public void Take()
    {
        _disk.CreateDirectory(Root);
        RefuseLinks();
        _lock = DirectoryLock.Take(Root, $"the directory of {StorageClass}");
        _disk.CreateDirectory(BlobsPath);
        _disk.CreateDirectory(NewBlobsPath);
        _disk.SyncDirectory(BlobsPath);
        _disk.SyncDirectory(Root);
        if (Path.GetDirectoryName(Root) is { } parent)
        {
            _disk.SyncDirectory(parent);
        }

        // Who may not write there learns it now, and not with the first upload.
        var trial = Path.Combine(NewBlobsPath, TrialName + AtomicFile.TemporarySuffix);
        _disk.Delete(trial);
        _disk.Create(trial, 0).Dispose();
        _disk.Delete(trial);
    }

    /// <summary>Refuses what leads out of it, as in the data directory.</summary>
    /// <exception cref="StoreOpenException">A symbolic link does.</exception>
    public void RefuseLinks()
    {
        DataDirectory.RefuseLinks(Root);
        DataDirectory.RefuseLinks(BlobsPath);
    }

    /// <summary>Replaces its mark. Durable once this returns.</summary>
    public void Mark(Guid turn)
    {
        var unfinished = MarkPath + AtomicFile.TemporarySuffix;
        _disk.Delete(unfinished);
        var text = Encoding.UTF8.GetBytes($"store: {_storeId}\nclass: {StorageClass}\nturn: {turn}\n");
        using (var file = _disk.Create(unfinished, 0))
        {
            file.Write([text], 0);
            file.Sync();
        }

        _disk.Rename(unfinished, MarkPath);
        _disk.SyncDirectory(Root);
    }

    /// <summary>Leaves it to whoever opens it next.</summary>
    public void Dispose() => _lock?.Dispose();

    /// <summary>What a claim that was cut short, or a file system, may have left is not.</summary>
    private bool IsForeign(string entry) =>
        !DirectoryLock.Left(entry)
        && !IsUnfinished(entry)
        && Path.GetFileName(entry) != "lost+found"
        && (entry != BlobsPath
            || Directory.EnumerateFiles(entry, "*", SearchOption.AllDirectories).Any(file => !IsUnfinished(file)));

    private static bool IsUnfinished(string entry) =>
        Path.GetFileName(entry) is MarkName + AtomicFile.TemporarySuffix or TrialName + AtomicFile.TemporarySuffix;
}
