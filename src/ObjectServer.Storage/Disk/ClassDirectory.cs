using System.Globalization;
using System.Text;
using ObjectServer.Storage.Model;

namespace ObjectServer.Storage.Disk;

/// <summary>
/// A directory that one storage class of one store has of its own. It says so in the file CLASS, text with one
/// <c>name: value</c> per line, so that an empty mount point, or another disk, is not taken for it.
/// </summary>
internal sealed class ClassDirectory
{
    private const string MarkName = "CLASS";

    private readonly Guid _storeId;
    private readonly string _storageClass;
    private readonly IDisk _disk;

    private ClassDirectory(string root, Guid storeId, string storageClass, IDisk disk)
    {
        Root = root;
        _storeId = storeId;
        _storageClass = storageClass;
        _disk = disk;
    }

    /// <summary>The directory's full path.</summary>
    public string Root { get; }

    /// <summary>Where the blob files are.</summary>
    public string BlobsPath => Path.Combine(Root, "blobs");

    /// <summary>Whether it still is there: a disk may be unmounted while the store is open.</summary>
    public bool IsThere => File.Exists(Mark);

    private string Mark => Path.Combine(Root, MarkName);

    /// <summary>Opens a directory, and claims one that is empty or not there yet for the class.</summary>
    /// <param name="path">The directory; the one above it must be there.</param>
    /// <param name="storeId">The store.</param>
    /// <param name="storageClass">The class.</param>
    /// <param name="holdsBlobs">Whether the store has blobs in it: then it must be claimed already.</param>
    /// <param name="disk">What writes.</param>
    /// <exception cref="StoreOpenException">It is not the class's, or cannot be made.</exception>
    public static ClassDirectory Open(
        string path, Guid storeId, string storageClass, bool holdsBlobs, IDisk disk)
    {
        var directory = new ClassDirectory(Path.GetFullPath(path), storeId, storageClass, disk);
        try
        {
            directory.Open(holdsBlobs);
            return directory;
        }
        catch (Exception failure)
            when (failure is IOException and not StoreOpenException or UnauthorizedAccessException)
        {
            throw new StoreOpenException(
                $"The directory '{directory.Root}' of the storage class {storageClass} cannot be opened: {failure.Message}",
                failure);
        }
    }

    private void Open(bool holdsBlobs)
    {
        if (!File.Exists(Mark))
        {
            if (holdsBlobs)
            {
                throw new StoreOpenException(
                    $"'{Root}' is not the directory in which the objects of {_storageClass} lie: it has no file {MarkName}. "
                    + "Mount their disk there, or name the directory that has them.");
            }

            Claim();
        }

        DataDirectory.RefuseLinks(Root);
        Demand();
        if (!Directory.Exists(BlobsPath))
        {
            _disk.CreateDirectory(BlobsPath);
            _disk.SyncDirectory(Root);
        }

        DataDirectory.RefuseLinks(BlobsPath);
    }

    private void Claim()
    {
        var parent = Path.GetDirectoryName(Root) ?? Root;
        if (!Directory.Exists(Root))
        {
            if (!Directory.Exists(parent))
            {
                throw new StoreOpenException(
                    $"There is no directory '{parent}' in which to make '{Root}' for the storage class {_storageClass}.");
            }

            _disk.CreateDirectory(Root);
            _disk.SyncDirectory(parent);
        }

        if (Directory.EnumerateFileSystemEntries(Root).FirstOrDefault(IsForeign) is { } foreign)
        {
            throw new StoreOpenException(
                $"The directory '{Root}' for the storage class {_storageClass} is not empty: it holds "
                + $"'{Path.GetFileName(foreign)}'. Name an empty one.");
        }

        var unfinished = Mark + AtomicFile.TemporarySuffix;
        _disk.Delete(unfinished);
        var text = Encoding.UTF8.GetBytes($"store: {_storeId}\nclass: {_storageClass}\n");
        using (var file = _disk.Create(unfinished, 0))
        {
            file.Write([text], 0);
            file.Sync();
        }

        _disk.Rename(unfinished, Mark);
        _disk.SyncDirectory(Root);
    }

    /// <summary>Demands that the mark is this store's and this class's.</summary>
    private void Demand()
    {
        var lines = File.ReadAllLines(Mark)
            .Select(line => line.Split(':', 2, StringSplitOptions.TrimEntries))
            .Where(parts => parts.Length == 2)
            .DistinctBy(parts => parts[0])
            .ToDictionary(parts => parts[0], parts => parts[1], StringComparer.Ordinal);
        if (lines.GetValueOrDefault("store") != _storeId.ToString())
        {
            throw new StoreOpenException(string.Create(
                CultureInfo.InvariantCulture,
                $"The directory '{Root}' belongs to another store: {lines.GetValueOrDefault("store", "it does not say which")}."));
        }

        if (lines.GetValueOrDefault("class") != _storageClass)
        {
            throw new StoreOpenException(
                $"The directory '{Root}' is that of the storage class {lines.GetValueOrDefault("class", "(none)")}, not of "
                + $"{_storageClass}.");
        }
    }

    /// <summary>What a claim that was cut short, or a file system, may have left is not.</summary>
    private static bool IsForeign(string entry) =>
        Path.GetFileName(entry) is not (MarkName + AtomicFile.TemporarySuffix or "lost+found");
}
