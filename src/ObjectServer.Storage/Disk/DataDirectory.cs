using System.Globalization;
using ObjectServer.Storage.Model;

namespace ObjectServer.Storage.Disk;

/// <summary>
/// One store's directory: opened by one process at a time, of a format that this version reads.
/// </summary>
/// <remarks>
/// FORMAT is text, one <c>name: value</c> per line: <c>format</c> is a number that grows when an older version could no
/// longer read the store, <c>reader</c> is the first version that can, <c>store</c> is the store's id. LOCK is held for
/// the process's life by an exclusive lock (flock on Unix, a share mode on Windows), never by its mere existence;
/// LOCK.pid, a file of its own because a locked one cannot be read, names its last holder's process id.
/// </remarks>
public sealed class DataDirectory : IDisposable
{
    /// <summary>The format that this version writes and reads.</summary>
    public const int CurrentFormat = 1;

    /// <summary>The first version that reads <see cref="CurrentFormat"/>.</summary>
    private const string FirstReader = "0.1";

    private const string HolderSuffix = ".pid";

    private readonly FileStream _lock;

    private DataDirectory(string path, Guid storeId, FileStream heldLock)
    {
        Root = path;
        StoreId = storeId;
        _lock = heldLock;
    }

    /// <summary>The directory's full path.</summary>
    public string Root { get; }

    /// <summary>Made with the store, never changed: tells one store's files from another's.</summary>
    public Guid StoreId { get; }

    /// <summary>Where the journal's segments are.</summary>
    public string JournalPath => Path.Combine(Root, "journal");

    /// <summary>Where the blob files are.</summary>
    public string BlobsPath => Path.Combine(Root, "blobs");

    /// <summary>Where the index is. May be deleted while the store is closed.</summary>
    public string IndexPath => Path.Combine(Root, "index");

    /// <summary>Opens a store's directory, making it if there is none.</summary>
    /// <exception cref="StoreOpenException">
    /// Another process has it, it is of a newer format, it holds files but no store, or it cannot be made.
    /// </exception>
    public static DataDirectory Open(string path)
    {
        var root = Path.GetFullPath(path);
        try
        {
            CreateDurably(root);
            return OpenExisting(root);
        }
        catch (Exception failure)
            when (failure is IOException and not StoreOpenException or UnauthorizedAccessException)
        {
            throw new StoreOpenException($"The data directory '{root}' cannot be opened: {failure.Message}", failure);
        }
    }

    /// <summary>Gives the lock up.</summary>
    public void Dispose() => _lock.Dispose();

    /// <summary>Makes a directory and those above it, and syncs each of their names.</summary>
    private static void CreateDurably(string path)
    {
        if (Directory.Exists(path))
        {
            return;
        }

        if (Directory.GetParent(path) is { } parent)
        {
            CreateDurably(parent.FullName);
            Directory.CreateDirectory(path);
            DirectorySync.Sync(parent.FullName);
        }
    }

    private static DataDirectory OpenExisting(string root)
    {
        RefuseLinks(root);
        var formatFile = Path.Combine(root, "FORMAT");
        var lockFile = Path.Combine(root, "LOCK");
        var isStore = File.Exists(formatFile);
        if (!isStore && Directory.EnumerateFileSystemEntries(root).Any(entry => !IsOfAFirstStart(entry)))
        {
            throw new StoreOpenException(
                $"The directory '{root}' is not empty and is no store: it has no FORMAT file. "
                + "Name an empty directory, or restore its FORMAT file.");
        }

        var heldLock = TakeLock(lockFile);
        try
        {
            // Another process may have made the store between the look above and the lock.
            if (!File.Exists(formatFile))
            {
                AtomicFile.Write(formatFile, string.Create(
                    CultureInfo.InvariantCulture,
                    $"format: {CurrentFormat}\nreader: {FirstReader}\nstore: {Guid.CreateVersion7()}\n"));
            }

            var directory = new DataDirectory(root, ReadFormat(formatFile), heldLock);
            Directory.CreateDirectory(directory.JournalPath);
            Directory.CreateDirectory(directory.BlobsPath);
            DirectorySync.Sync(root);
            RefuseLinks(directory.JournalPath);
            RefuseLinks(directory.BlobsPath);
            RefuseLinks(directory.IndexPath);
            return directory;
        }
        catch
        {
            heldLock.Dispose();
            throw;
        }
    }

    /// <summary>
    /// Refuses a directory with symbolic links in it: through one the store would read, write or delete what is not its
    /// own. The data directory itself may be reached by one.
    /// </summary>
    internal static void RefuseLinks(string directory)
    {
        if (SymbolicLink.FirstIn(directory) is { } link)
        {
            throw new StoreOpenException(
                $"'{link.FullName}' is a symbolic link to '{link.LinkTarget}'. Nothing in a data directory may lead out "
                + "of it: put in its place what it names, or mount that there.");
        }
    }

    /// <summary>What a first start that was cut short, or a file system, may have left.</summary>
    private static bool IsOfAFirstStart(string entry) =>
        Path.GetFileName(entry) is "LOCK" or "LOCK" + HolderSuffix or "LOCK" + HolderSuffix + AtomicFile.TemporarySuffix
            or "FORMAT" + AtomicFile.TemporarySuffix or "lost+found";

    private static FileStream TakeLock(string lockFile)
    {
        FileStream held;
        try
        {
            held = new FileStream(lockFile, new FileStreamOptions
            {
                Mode = FileMode.OpenOrCreate,
                Access = FileAccess.ReadWrite,

                // On Unix only None takes an exclusive flock; on Windows Read still refuses a second writer.
                Share = OperatingSystem.IsWindows() ? FileShare.Read : FileShare.None,
                BufferSize = 0,
            });
        }
        catch (IOException failure) when (File.Exists(lockFile))
        {
            throw new StoreOpenException(
                $"Another process{DescribeHolder(lockFile)} has this store open: '{lockFile}' is locked.", failure)
            {
                IsInUse = true,
            };
        }

        AtomicFile.Write(
            lockFile + HolderSuffix, string.Create(CultureInfo.InvariantCulture, $"{Environment.ProcessId}\n"));
        return held;
    }

    private static string DescribeHolder(string lockFile)
    {
        try
        {
            return int.TryParse(
                File.ReadAllText(lockFile + HolderSuffix), CultureInfo.InvariantCulture, out var processId)
                ? string.Create(CultureInfo.InvariantCulture, $" (id {processId})")
                : "";
        }
        catch (IOException)
        {
            return "";
        }
    }

    private static Guid ReadFormat(string formatFile)
    {
        var lines = File.ReadAllLines(formatFile)
            .Select(line => line.Split(':', 2, StringSplitOptions.TrimEntries))
            .Where(parts => parts.Length == 2)
            .DistinctBy(parts => parts[0])
            .ToDictionary(parts => parts[0], parts => parts[1], StringComparer.Ordinal);
        if (!int.TryParse(lines.GetValueOrDefault("format"), CultureInfo.InvariantCulture, out var format)
            || format < 1)
        {
            throw new StoreOpenException($"'{formatFile}' does not say which format the store has.");
        }

        if (format > CurrentFormat)
        {
            throw new StoreOpenException(string.Create(
                CultureInfo.InvariantCulture,
                $"The store has format {format}; this version reads formats up to {CurrentFormat}. "
                + $"ObjectServer {lines.GetValueOrDefault("reader", "newer than this")} or later reads it."));
        }

        return Guid.TryParse(lines.GetValueOrDefault("store"), out var storeId)
            ? storeId
            : throw new StoreOpenException($"'{formatFile}' does not name the store's id.");
    }
}
