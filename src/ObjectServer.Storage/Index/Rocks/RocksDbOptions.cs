namespace ObjectServer.Storage.Index.Rocks;

/// <summary>How RocksDB is set up: what differs from its defaults, and why.</summary>
internal static class RocksDbOptions
{
    /// <summary>
    /// Memory for blocks, and for each table's filter and the index of its blocks: what reads need is bounded by this
    /// however large the database grows. Filters and indexes of ten million keys are about 20 MiB.
    /// </summary>
    private const int CacheBytes = 32 << 20;

    /// <summary>
    /// Memory for what no table holds yet. Two of them: one is written out while the other fills, and writes wait if
    /// both are full. Larger ones would mean fewer rewrites, and a longer replay of the log after a kill.
    /// </summary>
    private const int WriteBufferBytes = 16 << 20;

    /// <summary>
    /// Four times the default: a listing reads neighbours, and the index of the blocks is a quarter as large. A point
    /// read mostly comes from the cache of entries before this one.
    /// </summary>
    private const int BlockBytes = 16 << 10;

    /// <summary>
    /// Filters and the indexes of blocks in pieces of 4 KiB with an index of their own. The filter of a table of a
    /// million keys is larger than any one of the cache's shards: in one piece it was never kept, and each read of a key
    /// read a mebibyte of it again.
    /// </summary>
    private const int TwoLevelIndex = 2;

    /// <summary>A key that is absent costs a read of a block once in a hundred times.</summary>
    private const double FilterBitsPerKey = 10;

    /// <summary>Tables are 64 MiB: these are enough for 16 GiB of index without opening any of them anew.</summary>
    private const int MaxOpenFiles = 256;

    /// <summary>LZ4, which every library of the package has: half the disk for little of the processor.</summary>
    private const int Lz4 = 4;

    /// <summary>
    /// Of each log the last record may be incomplete, as a kill leaves it. Anything else that fails its checksum refuses
    /// the open, because what was applied must not be rolled back: the journal may no longer hold it where the replay
    /// would look.
    /// </summary>
    private const int TolerateCorruptedTailRecords = 0;

    private const int WarningsAndErrors = 2;

    /// <summary>Makes the options; the caller destroys them.</summary>
    public static IntPtr Create()
    {
        var options = RocksDbNative.CreateOptions();
        RocksDbNative.SetCreateIfMissing(options, 1);
        RocksDbNative.SetWalRecoveryMode(options, TolerateCorruptedTailRecords);
        RocksDbNative.SetCompression(options, Lz4);

        RocksDbNative.SetWriteBufferSize(options, WriteBufferBytes);
        RocksDbNative.SetMaxWriteBufferNumber(options, 2);
        RocksDbNative.SetMaxOpenFiles(options, MaxOpenFiles);

        // One thread that writes buffers out and one that merges tables: more would take cores from requests.
        RocksDbNative.SetMaxBackgroundJobs(options, 2);

        // Large tables go to the disk while they are written, so that their sync at the end delays no commit's.
        RocksDbNative.SetBytesPerSync(options, 1 << 20);

        // Its own log has warnings alone, and at most four files of a mebibyte; its list of tables is rewritten in time.
        RocksDbNative.SetInfoLogLevel(options, WarningsAndErrors);
        RocksDbNative.SetMaxLogFileSize(options, 1 << 20);
        RocksDbNative.SetKeepLogFileNum(options, 4);
        RocksDbNative.SetMaxManifestFileSize(options, 16 << 20);

        // Nobody reads these statistics, and collecting them wakes an idle process.
        RocksDbNative.SetStatsDumpPeriod(options, 0);
        RocksDbNative.SetStatsPersistPeriod(options, 0);
        SetTables(options);
        return options;
    }

    private static void SetTables(IntPtr options)
    {
        var tables = RocksDbNative.CreateTableOptions();
        var cache = RocksDbNative.CreateCache(CacheBytes);
        RocksDbNative.SetBlockSize(tables, BlockBytes);
        RocksDbNative.SetFilter(tables, RocksDbNative.CreateBloomFilter(FilterBitsPerKey));
        RocksDbNative.SetWholeKeyFiltering(tables, 1);
        RocksDbNative.SetIndexType(tables, TwoLevelIndex);
        RocksDbNative.SetPartitionFilters(tables, 1);
        RocksDbNative.SetBlockCache(tables, cache);
        RocksDbNative.SetCacheIndexAndFilterBlocks(tables, 1);
        RocksDbNative.SetCacheIndexAndFilterBlocksFirst(tables, 1);
        RocksDbNative.SetBlockBasedTables(options, tables);

        // The options share the cache and have a copy of the rest.
        RocksDbNative.DestroyCache(cache);
        RocksDbNative.DestroyTableOptions(tables);
    }
}
