namespace ObjectServer.Storage.Index;

/// <summary>What keeps the index. Its contents are the same with each, and are made anew when another one takes over.</summary>
public enum IndexEngine
{
    /// <summary>LiteDB: one file, managed code, little memory.</summary>
    LiteDb,

    /// <summary>RocksDB: for stores of millions of objects. Needs its native library.</summary>
    RocksDb,
}

/// <summary>The names that engines have on disk and in settings.</summary>
public static class IndexEngineNames
{
    private const string LiteDb = "litedb";
    private const string RocksDb = "rocksdb";

    /// <summary>An engine's name.</summary>
    public static string NameOf(IndexEngine engine) => engine switch
    {
        IndexEngine.LiteDb => LiteDb,
        IndexEngine.RocksDb => RocksDb,
        _ => throw new ArgumentOutOfRangeException(nameof(engine)),
    };

    /// <summary>The engine of a name; null if none has it.</summary>
    public static IndexEngine? Parse(string name) => name switch
    {
        LiteDb => IndexEngine.LiteDb,
        RocksDb => IndexEngine.RocksDb,
        _ => null,
    };
}
