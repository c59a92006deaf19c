using System.Runtime.InteropServices;
using ObjectServer.Storage.Model;

namespace ObjectServer.Storage.Index.Rocks;

/// <summary>
/// An open database. Whoever is inside holds a reference, and it is closed when the last one leaves: a read that comes
/// late meets an exception and never freed memory.
/// </summary>
internal sealed class RocksDbHandle : SafeHandle
{
    private RocksDbHandle(IntPtr database)
        : base(IntPtr.Zero, ownsHandle: true) => SetHandle(database);

    public override bool IsInvalid => handle == IntPtr.Zero;

    /// <summary>The defaults: checksums are verified, what is read stays in the cache.</summary>
    public IntPtr ReadOptions { get; } = RocksDbNative.CreateReadOptions();

    /// <summary>The defaults: the log is written and not synced.</summary>
    public IntPtr WriteOptions { get; } = RocksDbNative.CreateWriteOptions();

    /// <summary>The defaults: a flush is waited for.</summary>
    public IntPtr FlushOptions { get; } = RocksDbNative.CreateFlushOptions();

    /// <summary>Says now, before anything on disk is touched, whether the library is there.</summary>
    /// <exception cref="StoreOpenException">It is not.</exception>
    public static void RequireLibrary()
    {
        try
        {
            RocksDbNative.Free(IntPtr.Zero);
        }
        catch (Exception absent)
            when (absent is DllNotFoundException or EntryPointNotFoundException or TypeInitializationException)
        {
            throw new StoreOpenException(
                $"RocksDB's library does not load on this machine ({RuntimeInformation.RuntimeIdentifier}): "
                + $"{absent.GetBaseException().Message.ReplaceLineEndings(" ")} Use the index litedb.");
        }
    }

    /// <summary>Opens the database of a folder, making an empty one if there is none.</summary>
    /// <exception cref="IndexDamagedException">It cannot be opened.</exception>
    public static RocksDbHandle Open(string path)
    {
        var options = RocksDbOptions.Create();
        try
        {
            var database = RocksDbNative.Open(options, path, out var error);
            ThrowIfFailed(error);
            return new RocksDbHandle(database);
        }
        finally
        {
            RocksDbNative.DestroyOptions(options);
        }
    }

    /// <summary>Throws the text that a call left behind, if it left one.</summary>
    public static void ThrowIfFailed(IntPtr error)
    {
        if (error != IntPtr.Zero)
        {
            var text = Marshal.PtrToStringUTF8(error);
            RocksDbNative.Free(error);
            throw new IndexDamagedException($"The index cannot be used: {text}");
        }
    }

    /// <summary>Keeps the database open until <see cref="Visit.Dispose"/>.</summary>
    /// <exception cref="ObjectDisposedException">It is closed.</exception>
    public Visit Enter()
    {
        var isHeld = false;
        DangerousAddRef(ref isHeld);
        return new Visit(this, handle);
    }

    protected override bool ReleaseHandle()
    {
        RocksDbNative.Close(handle);
        RocksDbNative.DestroyReadOptions(ReadOptions);
        RocksDbNative.DestroyWriteOptions(WriteOptions);
        RocksDbNative.DestroyFlushOptions(FlushOptions);
        return true;
    }

    /// <summary>A stay inside an open database.</summary>
    /// <param name="owner">Whose.</param>
    /// <param name="database">What the library knows it by.</param>
    public readonly ref struct Visit(RocksDbHandle owner, IntPtr database)
    {
        public IntPtr Database => database;

        public void Dispose() => owner.DangerousRelease();
    }
}
