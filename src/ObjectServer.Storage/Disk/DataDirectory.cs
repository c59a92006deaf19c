using System.Globalization;
using ObjectServer.Storage.Model;

namespace ObjectServer.Storage.Disk;

/// <summary>
/// One store's directory: opened by one process at a time, of a format that this version reads.
/// </summary>
/// <remarks>
/// FORMAT is text, one <c>name: value</c> per line: <c>format</c> is a number that grows when an older version could no
/// longer read the store, <c>reader</c> is the first version that can, <c>store</c> is the store's id. It grows when the
/// store first holds what needs it, so that a store without that stays readable by older versions.
/// </remarks>
public sealed class DataDirectory : IDisposable
{
    /// <summary>The newest format that this version reads.</summary>
    public const int CurrentFormat = PlacesFormat;

    /// <summary>
    /// That of stores in which storage classes have directories of their own: a version that does not know of them would
    /// forget where blobs lie.
    /// </summary>
    internal const int PlacesFormat = 2;

    private const int FirstFormat = 1;

    /// <summary>The first version that reads <see cref="CurrentFormat"/>.</summary>
    private const string FirstReader = "0.1";

    private readonly DirectoryLock _lock;

    private DataDirectory(string path, Guid storeId, int format, DirectoryLock heldLock)
    {
        Root = path;
        StoreId = storeId;
        Format = format;
        _lock = heldLock;
    }

    /// <summary>The directory's full path.</summary>
    public string Root { get; }

    /// <summary>Made with the store, never changed: tells one store's files from another's.</summary>
    public Guid StoreId { get; }

    /// <summary>The store's format now.</summary>
    public int Format { get; private set; }

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
    public static DataDirectory Open(string path) => Open(path, CurrentFormat);

    /// <summary>The same by a version that reads formats up to <paramref name="newestFormat"/>.</summary>
    internal static DataDirectory Open(string path, int newestFormat)
    {
        var root = Path.GetFullPath(path);
        try
        {
            CreateDurably(root);
            return OpenExisting(root, newestFormat);
        }
        catch (Exception failure)
            when (failure is IOException and not StoreOpenException or UnauthorizedAccessException)
        {
            throw new StoreOpenException($"The data directory '{root}' cannot be opened: {failure.Message}", failure);
        }
    }

    /// <summary>Makes the store one of a newer format, durably, before it holds what older versions could not read.</summary>
    /// <exception cref="IOException">The old FORMAT stands.</exception>
    internal void RaiseFormat(int format)
    {
        if (Format < format)
        {
            WriteFormat(Root, format, StoreId);
            Format = format;
        }
    }

    /// <summary>Gives the lock up.</summary>
    public void Dispose() => _lock.Dispose();

    private static void WriteFormat(string root, int format, Guid storeId) => AtomicFile.Write(
        Path.Combine(root, "FORMAT"),
        string.Create(
            CultureInfo.InvariantCulture, $"format: {format}\nreader: {FirstReader}\nstore: {storeId}\n"));

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

    private static DataDirectory OpenExisting(string root, int newestFormat)
    {
        RefuseLinks(root);
        var formatFile = Path.Combine(root, "FORMAT");
        var isStore = File.Exists(formatFile);
        if (!isStore && Directory.EnumerateFileSystemEntries(root).Any(entry => !IsOfAFirstStart(entry)))
        {
            throw new StoreOpenException(
                $"The directory '{root}' is not empty and is no store: it has no FORMAT file. "
                + "Name an empty directory, or restore its FORMAT file.");
        }

        var heldLock = DirectoryLock.Take(root, "this store");
        try
        {
            // Another process may have made the store between the look above and the lock.
            if (!File.Exists(formatFile))
            {
                WriteFormat(root, FirstFormat, Guid.CreateVersion7());
            }

            var (storeId, format) = ReadFormat(formatFile, newestFormat);
            var directory = new DataDirectory(root, storeId, format, heldLock);
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
        DirectoryLock.Left(entry)
        || Path.GetFileName(entry) is "FORMAT" + AtomicFile.TemporarySuffix or "lost+found";

    private static (Guid StoreId, int Format) ReadFormat(string formatFile, int newestFormat)
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

        if (format > newestFormat)
        {
            throw new StoreOpenException(string.Create(
                CultureInfo.InvariantCulture,
                $"The store has format {format}; this version reads formats up to {newestFormat}. "
                + $"ObjectServer {lines.GetValueOrDefault("reader", "newer than this")} or later reads it."));
        }

        return Guid.TryParse(lines.GetValueOrDefault("store"), out var storeId)
            ? (storeId, format)
            : throw new StoreOpenException($"'{formatFile}' does not name the store's id.");
    }
}
