using ObjectServer.Bench.Micro;

namespace ObjectServer.Allocations;

/// <summary>The stores that a class of tests measures, opened once.</summary>
public sealed class OpenStores : IAsyncLifetime
{
    /// <summary>A whole store on a real disk.</summary>
    public Stores Stores { get; } = new();

    /// <summary>A journal whose disk keeps nothing.</summary>
    public Journals Journals { get; } = new() { Disk = JournalDisk.TakenOut };

    public async ValueTask InitializeAsync()
    {
        if (Gate.Obstacle is null)
        {
            await Stores.OpenAsync();
            await Journals.OpenAsync();
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (Gate.Obstacle is null)
        {
            await Stores.CloseAsync();
            await Journals.CloseAsync();
        }
    }
}
