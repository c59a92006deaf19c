using System.Globalization;
using ObjectServer.Hosting;
using ObjectServer.Storage;
using ObjectServer.Storage.Maintenance;
using ObjectServer.Storage.Model;

namespace ObjectServer.Commands;

/// <summary>A store that no server has open, for one command.</summary>
internal sealed class StoppedStore(ObjectServerOptions options, TextWriter output, TextWriter errors)
{
    /// <summary>What the command was told.</summary>
    public ObjectServerOptions Options { get; } = options;

    /// <summary>
    /// The index stays with the engine that made it, and objects are looked for where they were left: who looks at a store
    /// does not mean to change it.
    /// </summary>
    public LocalStoreOptions StoreOptions => new()
    {
        DataDirectory = Options.DataDirectory,
        InlineLimitBytes = Options.InlineLimitBytes,
        ClassDirectories = Options.StorageClasses.Count > 0 ? Options.StorageClasses : null,
        DiskReserveBytes = Options.DiskReserveBytes ?? 0,
    };

    /// <summary>The same for who only looks at it.</summary>
    public LocalStoreOptions OptionsForReading => StoreOptions with { IsForReading = true };

    /// <summary>Opens the store and runs a command on it.</summary>
    /// <returns>The exit code.</returns>
    public Task<int> WithAsync(Func<LocalStore, Task<int>> run, CancellationToken cancellation) =>
        WithAsync(StoreOptions, run, cancellation);

    /// <summary>The same to look at it only.</summary>
    /// <returns>The exit code.</returns>
    public Task<int> LookAsync(Func<LocalStore, Task<int>> run, CancellationToken cancellation) =>
        WithAsync(OptionsForReading, run, cancellation);

    /// <summary>Runs a command where there is a store, and tells what keeps it from its work.</summary>
    public async Task<int> GuardAsync(Func<Task<int>> run)
    {
        if (!Directory.Exists(Options.DataDirectory))
        {
            return Fail($"There is no store in '{Path.GetFullPath(Options.DataDirectory)}'.");
        }

        try
        {
            return await run();
        }
        catch (IOException refused)
        {
            return Fail(refused.Message);
        }
    }

    /// <summary>Says why a command does nothing.</summary>
    /// <returns>The exit code.</returns>
    public int Fail(string reason)
    {
        errors.WriteLine(reason);
        return ObjectServerCommand.Failure;
    }

    public void Tell(StoreReport report)
    {
        switch (report)
        {
            case IndexRebuildStarted started:
                Say($"rebuilding the index from {ByteCount.Format(started.JournalBytes)} of journal: {started.Reason}");
                break;
            case IndexRebuildProgressed progressed:
                Say($"  {ByteCount.Format(progressed.ReadBytes)} of {ByteCount.Format(progressed.JournalBytes)}");
                break;
            case IndexRebuilt rebuilt:
                Say($"the index is complete: {rebuilt.Records} records in {rebuilt.Elapsed.TotalSeconds:0.0} s");
                break;
            case TornTailCut cut:
                Say($"{cut.RemovedBytes} bytes of an unfinished write were cut from {cut.Segment}");
                break;
            case DamagedRecord damaged:
                Say($"damaged  {damaged.Segment} at {damaged.Offset}: {damaged.What}");
                break;
            case DamagedBlob damaged:
                Say($"damaged  blob {damaged.BlobId} in {damaged.Directory}: {damaged.What}");
                break;
        }
    }

    private Task<int> WithAsync(
        LocalStoreOptions storeOptions, Func<LocalStore, Task<int>> run, CancellationToken cancellation) =>
        GuardAsync(async () =>
        {
            await using var store = await LocalStore.OpenAsync(storeOptions, TimeProvider.System, Tell, cancellation);
            return await run(store);
        });

    public void Say(FormattableString line) => SayLine(line.ToString(CultureInfo.InvariantCulture));

    public void SayLine(string line)
    {
        lock (output)
        {
            output.WriteLine(line);
            output.Flush();
        }
    }
}
