using System.Reflection;
using System.Runtime.InteropServices;

namespace ObjectServer.Storage.Index.Rocks;

/// <summary>The functions of RocksDB's C interface that the index needs; nothing else names the library.</summary>
/// <remarks>
/// <para>https://github.com/facebook/rocksdb/blob/main/include/rocksdb/c.h. An <c>error</c> that is not zero after a
/// call is a text, which the caller frees. Calls with the database's handle throw <see
/// cref="ObjectDisposedException"/> once it is closed.</para>
/// <para>The libraries come with the package RocksDB. Its managed half is left out: at first use it makes a delegate
/// for each of two thousand functions, which took most of a second and 60 MiB.</para>
/// </remarks>
internal static partial class RocksDbNative
{
    private const string Library = "rocksdb";

    /// <summary>The same library for Linux distributions whose C library is musl.</summary>
    private const string MuslLibrary = "rocksdb-musl";

    static RocksDbNative() => NativeLibrary.SetDllImportResolver(typeof(RocksDbNative).Assembly, Resolve);

    private static IntPtr Resolve(string name, Assembly assembly, DllImportSearchPath? path)
    {
        if (name != Library)
        {
            return IntPtr.Zero;
        }

        return NativeLibrary.TryLoad(Library, assembly, path, out var found)
            || (OperatingSystem.IsLinux() && NativeLibrary.TryLoad(MuslLibrary, assembly, path, out found))
                ? found
                : Carried.Handle;
    }

    /// <summary>What the program carries, loaded once: the runtime asks for the library anew for each function.</summary>
    private static class Carried
    {
        public static readonly IntPtr Handle = CarriedLibrary.TryLoad(Library, out var library) ? library : IntPtr.Zero;
    }

    // -- Options

    [LibraryImport(Library, EntryPoint = "rocksdb_options_create")]
    public static partial IntPtr CreateOptions();

    [LibraryImport(Library, EntryPoint = "rocksdb_options_destroy")]
    public static partial void DestroyOptions(IntPtr options);

    [LibraryImport(Library, EntryPoint = "rocksdb_options_set_create_if_missing")]
    public static partial void SetCreateIfMissing(IntPtr options, byte value);

    [LibraryImport(Library, EntryPoint = "rocksdb_options_set_write_buffer_size")]
    public static partial void SetWriteBufferSize(IntPtr options, nuint bytes);

    [LibraryImport(Library, EntryPoint = "rocksdb_options_set_max_write_buffer_number")]
    public static partial void SetMaxWriteBufferNumber(IntPtr options, int count);

    [LibraryImport(Library, EntryPoint = "rocksdb_options_set_wal_recovery_mode")]
    public static partial void SetWalRecoveryMode(IntPtr options, int mode);

    [LibraryImport(Library, EntryPoint = "rocksdb_options_set_compression")]
    public static partial void SetCompression(IntPtr options, int compression);

    [LibraryImport(Library, EntryPoint = "rocksdb_options_set_max_background_jobs")]
    public static partial void SetMaxBackgroundJobs(IntPtr options, int count);

    [LibraryImport(Library, EntryPoint = "rocksdb_options_set_max_open_files")]
    public static partial void SetMaxOpenFiles(IntPtr options, int count);

    [LibraryImport(Library, EntryPoint = "rocksdb_options_set_bytes_per_sync")]
    public static partial void SetBytesPerSync(IntPtr options, ulong bytes);

    [LibraryImport(Library, EntryPoint = "rocksdb_options_set_max_manifest_file_size")]
    public static partial void SetMaxManifestFileSize(IntPtr options, nuint bytes);

    [LibraryImport(Library, EntryPoint = "rocksdb_options_set_info_log_level")]
    public static partial void SetInfoLogLevel(IntPtr options, int level);

    [LibraryImport(Library, EntryPoint = "rocksdb_options_set_max_log_file_size")]
    public static partial void SetMaxLogFileSize(IntPtr options, nuint bytes);

    [LibraryImport(Library, EntryPoint = "rocksdb_options_set_keep_log_file_num")]
    public static partial void SetKeepLogFileNum(IntPtr options, nuint count);

    [LibraryImport(Library, EntryPoint = "rocksdb_options_set_stats_dump_period_sec")]
    public static partial void SetStatsDumpPeriod(IntPtr options, uint seconds);

    [LibraryImport(Library, EntryPoint = "rocksdb_options_set_stats_persist_period_sec")]
    public static partial void SetStatsPersistPeriod(IntPtr options, uint seconds);

    [LibraryImport(Library, EntryPoint = "rocksdb_options_set_block_based_table_factory")]
    public static partial void SetBlockBasedTables(IntPtr options, IntPtr tables);

    [LibraryImport(Library, EntryPoint = "rocksdb_block_based_options_create")]
    public static partial IntPtr CreateTableOptions();

    [LibraryImport(Library, EntryPoint = "rocksdb_block_based_options_destroy")]
    public static partial void DestroyTableOptions(IntPtr tables);

    [LibraryImport(Library, EntryPoint = "rocksdb_block_based_options_set_block_size")]
    public static partial void SetBlockSize(IntPtr tables, nuint bytes);

    /// <summary>Takes the filter over.</summary>
    [LibraryImport(Library, EntryPoint = "rocksdb_block_based_options_set_filter_policy")]
    public static partial void SetFilter(IntPtr tables, IntPtr filter);

    [LibraryImport(Library, EntryPoint = "rocksdb_block_based_options_set_whole_key_filtering")]
    public static partial void SetWholeKeyFiltering(IntPtr tables, byte value);

    [LibraryImport(Library, EntryPoint = "rocksdb_block_based_options_set_block_cache")]
    public static partial void SetBlockCache(IntPtr tables, IntPtr cache);

    [LibraryImport(Library, EntryPoint = "rocksdb_block_based_options_set_cache_index_and_filter_blocks")]
    public static partial void SetCacheIndexAndFilterBlocks(IntPtr tables, byte value);

    [LibraryImport(
        Library, EntryPoint = "rocksdb_block_based_options_set_cache_index_and_filter_blocks_with_high_priority")]
    public static partial void SetCacheIndexAndFilterBlocksFirst(IntPtr tables, byte value);

    [LibraryImport(Library, EntryPoint = "rocksdb_block_based_options_set_index_type")]
    public static partial void SetIndexType(IntPtr tables, int type);

    [LibraryImport(Library, EntryPoint = "rocksdb_block_based_options_set_partition_filters")]
    public static partial void SetPartitionFilters(IntPtr tables, byte value);

    [LibraryImport(Library, EntryPoint = "rocksdb_filterpolicy_create_bloom_full")]
    public static partial IntPtr CreateBloomFilter(double bitsPerKey);

    [LibraryImport(Library, EntryPoint = "rocksdb_cache_create_lru")]
    public static partial IntPtr CreateCache(nuint bytes);

    [LibraryImport(Library, EntryPoint = "rocksdb_cache_destroy")]
    public static partial void DestroyCache(IntPtr cache);

    [LibraryImport(Library, EntryPoint = "rocksdb_readoptions_create")]
    public static partial IntPtr CreateReadOptions();

    [LibraryImport(Library, EntryPoint = "rocksdb_readoptions_destroy")]
    public static partial void DestroyReadOptions(IntPtr options);

    /// <summary>The key must stay where it is as long as the options are used.</summary>
    [LibraryImport(Library, EntryPoint = "rocksdb_readoptions_set_iterate_upper_bound")]
    public static unsafe partial void SetUpperBound(IntPtr options, byte* key, nuint length);

    [LibraryImport(Library, EntryPoint = "rocksdb_writeoptions_create")]
    public static partial IntPtr CreateWriteOptions();

    [LibraryImport(Library, EntryPoint = "rocksdb_writeoptions_destroy")]
    public static partial void DestroyWriteOptions(IntPtr options);

    [LibraryImport(Library, EntryPoint = "rocksdb_flushoptions_create")]
    public static partial IntPtr CreateFlushOptions();

    [LibraryImport(Library, EntryPoint = "rocksdb_flushoptions_destroy")]
    public static partial void DestroyFlushOptions(IntPtr options);

    // -- The database

    [LibraryImport(Library, EntryPoint = "rocksdb_open", StringMarshalling = StringMarshalling.Utf8)]
    public static partial IntPtr Open(IntPtr options, string path, out IntPtr error);

    [LibraryImport(Library, EntryPoint = "rocksdb_close")]
    public static partial void Close(IntPtr database);

    /// <summary>A value, not copied; zero if there is none.</summary>
    [LibraryImport(Library, EntryPoint = "rocksdb_get_pinned")]
    public static unsafe partial IntPtr Get(
        IntPtr database, IntPtr options, byte* key, nuint length, out IntPtr error);

    [LibraryImport(Library, EntryPoint = "rocksdb_pinnableslice_value")]
    public static unsafe partial byte* ReadValue(IntPtr value, out nuint length);

    [LibraryImport(Library, EntryPoint = "rocksdb_pinnableslice_destroy")]
    public static partial void DestroyValue(IntPtr value);

    [LibraryImport(Library, EntryPoint = "rocksdb_write")]
    public static partial void Write(RocksDbHandle database, IntPtr options, IntPtr batch, out IntPtr error);

    [LibraryImport(Library, EntryPoint = "rocksdb_flush")]
    public static partial void Flush(RocksDbHandle database, IntPtr options, out IntPtr error);

    [LibraryImport(Library, EntryPoint = "rocksdb_flush_wal")]
    public static partial void FlushLog(RocksDbHandle database, byte sync, out IntPtr error);

    /// <summary>Reads every block of every table and verifies its checksum.</summary>
    [LibraryImport(Library, EntryPoint = "rocksdb_verify_checksum")]
    public static partial void VerifyChecksums(IntPtr database, out IntPtr error);

    [LibraryImport(Library, EntryPoint = "rocksdb_free")]
    public static partial void Free(IntPtr memory);

    // -- Batches

    [LibraryImport(Library, EntryPoint = "rocksdb_writebatch_create")]
    public static partial IntPtr CreateBatch();

    [LibraryImport(Library, EntryPoint = "rocksdb_writebatch_destroy")]
    public static partial void DestroyBatch(IntPtr batch);

    [LibraryImport(Library, EntryPoint = "rocksdb_writebatch_put")]
    public static partial void Put(
        IntPtr batch, ReadOnlySpan<byte> key, nuint keyLength, ReadOnlySpan<byte> value, nuint valueLength);

    [LibraryImport(Library, EntryPoint = "rocksdb_writebatch_delete")]
    public static partial void Delete(IntPtr batch, ReadOnlySpan<byte> key, nuint length);

    // -- Iterators

    [LibraryImport(Library, EntryPoint = "rocksdb_create_iterator")]
    public static partial IntPtr CreateIterator(IntPtr database, IntPtr options);

    [LibraryImport(Library, EntryPoint = "rocksdb_iter_destroy")]
    public static partial void DestroyIterator(IntPtr iterator);

    [LibraryImport(Library, EntryPoint = "rocksdb_iter_seek")]
    public static partial void Seek(IntPtr iterator, ReadOnlySpan<byte> key, nuint length);

    [LibraryImport(Library, EntryPoint = "rocksdb_iter_next")]
    public static partial void Next(IntPtr iterator);

    [LibraryImport(Library, EntryPoint = "rocksdb_iter_valid")]
    public static partial byte IsValid(IntPtr iterator);

    [LibraryImport(Library, EntryPoint = "rocksdb_iter_key")]
    public static unsafe partial byte* ReadKey(IntPtr iterator, out nuint length);

    [LibraryImport(Library, EntryPoint = "rocksdb_iter_value")]
    public static unsafe partial byte* ReadIteratorValue(IntPtr iterator, out nuint length);

    [LibraryImport(Library, EntryPoint = "rocksdb_iter_get_error")]
    public static partial void ReadIteratorError(IntPtr iterator, out IntPtr error);
}
