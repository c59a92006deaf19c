using ObjectServer.Bench.Micro;

namespace ObjectServer.Allocations;

/// <summary>The server that a class of tests measures, started once.</summary>
public sealed class RunningServer : IAsyncLifetime
{
    public Serving Serving { get; } = new();

    public async ValueTask InitializeAsync()
    {
        if (Gate.Obstacle is null)
        {
            await Serving.StartAsync();
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (Gate.Obstacle is null)
        {
            await Serving.StopAsync();
        }
    }
}
