using System.Globalization;
using ObjectServer.Storage.Disk;

namespace ObjectServer.Storage.Index;

/// <summary>
/// The folder that the index lives in, and whether what it holds can be trusted.
/// </summary>
/// <remarks>
/// The index's engine does not sync its commits, so a power loss while it is written may leave anything behind: old
/// pages among new ones, each with a good checksum. STATE decides without looking: it says <c>clean</c> only while every
/// byte of the index is synced and nobody writes, and is synced as <c>writing</c>, with the boot's identity, before the
/// first byte changes. Found as <c>writing</c> in the same boot, a process was killed: the page cache kept all it wrote,
/// in order, and the engine's own log repairs the rest. Found as <c>writing</c> in another boot, or as <c>damaged</c>,
/// the index is set aside and made anew from the journal. STATE is text, one <c>name: value</c> per line: format,
/// engine, store, state, boot. The engine is the one whose files lie here; another one never opens them.
/// </remarks>
internal sealed class IndexDirectory
{
    private const string Clean = "clean";
    private const string Writing = "writing";
    private const string Damaged = "damaged";

    private readonly Guid _storeId;
    private readonly string? _boot;
    private readonly Lock _gate = new();
    private string _state = "";

    private IndexDirectory(string path, IndexEngine engine, Guid storeId, string? boot)
    {
        Root = path;
        Engine = engine;
        _storeId = storeId;
        _boot = boot;
    }

    public string Root { get; }

    /// <summary>Whose files lie here.</summary>
    public IndexEngine Engine { get; }

    public string DatabasePath => Path.Combine(Root, "index.db");

    public string DatabaseLogPath => Path.Combine(Root, "index-log.db");

    /// <summary>Grows when an engine's contents change their form; an index of another format is made anew.</summary>
    private string Format => Engine == IndexEngine.LiteDb ? "2" : "1";

    private string StatePath => Path.Combine(Root, "STATE");

    /// <summary>Opens the folder, making it if there is none.</summary>
    /// <param name="path">The folder.</param>
    /// <param name="engine">Whose files it has to hold.</param>
    /// <param name="storeId">Whose index it has to be.</param>
    /// <param name="boot">This boot's identity; null where it cannot be known.</param>
    /// <exception cref="IndexDamagedException">What it holds cannot be trusted.</exception>
    public static IndexDirectory Open(string path, IndexEngine engine, Guid storeId, string? boot)
    {
        var directory = new IndexDirectory(path, engine, storeId, boot);
        if (!Directory.Exists(path))
        {
            Directory.CreateDirectory(path);
            DirectorySync.Sync(Directory.GetParent(path)!.FullName);
            directory.Write(Clean);
            return directory;
        }

        directory._state = directory.ReadTrusted();
        return directory;
    }

    /// <summary>Which engine made the index of a folder, trusted or not; null if that cannot be told.</summary>
    public static IndexEngine? FindMaker(string path)
    {
        var directory = new IndexDirectory(path, default, default, boot: null);
        return File.Exists(directory.StatePath) ? IndexEngineNames.Parse(MakerIn(directory.ReadLines())) : null;
    }

    /// <summary>
    /// Moves a folder out of the way, as <c>index.damaged-1</c>, <c>-2</c> and so on; only the latest is kept.
    /// </summary>
    public static void SetAside(string path)
    {
        var parent = Directory.GetParent(path)!.FullName;
        var prefix = Path.GetFileName(path) + ".damaged-";
        var last = 0;
        foreach (var older in Directory.GetDirectories(parent, prefix + "*"))
        {
            if (int.TryParse(Path.GetFileName(older)[prefix.Length..], CultureInfo.InvariantCulture, out var number))
            {
                last = Math.Max(last, number);
                Directory.Delete(older, recursive: true);
            }
        }

        var name = string.Create(CultureInfo.InvariantCulture, $"{prefix}{last + 1}");
        AtomicFile.RenameDirectory(path, Path.Combine(parent, name));
    }

    /// <summary>Call before a byte of the index changes.</summary>
    public void BeginWriting()
    {
        lock (_gate)
        {
            if (_state is not (Writing or Damaged))
            {
                Write(Writing);
            }
        }
    }

    /// <summary>Call once every byte of the index is synced.</summary>
    public void EndWriting()
    {
        lock (_gate)
        {
            if (_state == Writing)
            {
                Write(Clean);
            }
        }
    }

    /// <summary>Call when the index failed in use: from then on nothing makes the next start trust it.</summary>
    public void Distrust()
    {
        lock (_gate)
        {
            _state = Damaged;
            Write(Damaged);
        }
    }

    private void Write(string state)
    {
        AtomicFile.Write(StatePath, string.Create(
            CultureInfo.InvariantCulture,
            $"format: {Format}\nengine: {IndexEngineNames.NameOf(Engine)}\n"
            + $"store: {_storeId}\nstate: {state}\nboot: {_boot}\n"));
        _state = state;
    }

    private string ReadTrusted()
    {
        if (!File.Exists(StatePath))
        {
            throw new IndexDamagedException("The index has no STATE file.");
        }

        var lines = ReadLines();
        if (MakerIn(lines) is var maker && maker != IndexEngineNames.NameOf(Engine))
        {
            throw new IndexDamagedException(
                $"The index was made by {maker}, and {IndexEngineNames.NameOf(Engine)} is to keep it from now on.");
        }

        if (lines.GetValueOrDefault("format") != Format)
        {
            throw new IndexDamagedException("The index has a format that this version does not write.");
        }

        if (lines.GetValueOrDefault("store") != _storeId.ToString())
        {
            throw new IndexDamagedException("The index belongs to another store.");
        }

        var state = lines.GetValueOrDefault("state");
        var isTrusted = state == Clean
            || (state == Writing && _boot is not null && lines.GetValueOrDefault("boot") == _boot);
        return isTrusted
            ? state!
            : throw new IndexDamagedException(state == Damaged
                ? "The index failed while it was last in use."
                : "The machine stopped while the index was being written.");
    }

    /// <summary>The maker's name. Before there was a choice it went without saying.</summary>
    private static string MakerIn(Dictionary<string, string> lines) =>
        lines.GetValueOrDefault("engine", IndexEngineNames.NameOf(IndexEngine.LiteDb));

    private Dictionary<string, string> ReadLines() => File.ReadAllLines(StatePath)
        .Select(line => line.Split(':', 2, StringSplitOptions.TrimEntries))
        .Where(parts => parts.Length == 2)
        .DistinctBy(parts => parts[0])
        .ToDictionary(parts => parts[0], parts => parts[1], StringComparer.Ordinal);
}
