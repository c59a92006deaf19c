namespace ObjectServer.Pipeline;

/// <summary>
/// Bounds how many requests run at a time, and how many wait for that. Beyond both the server says so at once: work that
/// nobody waits for any more is what an overloaded server collapses under.
/// </summary>
/// <remarks>
/// A place that is free costs one short lock and no allocation. Places that become free go to those who wait, first come
/// first served: a newcomer overtakes nobody.
/// </remarks>
/// <param name="maxRunning">Places.</param>
/// <param name="maxWaiting">How many may wait for one.</param>
/// <param name="time">Tells when a wait was too long.</param>
internal sealed class RequestGate(int maxRunning, int maxWaiting, TimeProvider time) : IDisposable
{
    /// <summary>How long a request may wait: well below the time after which SDKs give an answer up.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly SemaphoreSlim _places = new(maxRunning, maxRunning);
    private int _waiting;

    /// <summary>Requests that have a place.</summary>
    public int Running => maxRunning - _places.CurrentCount;

    /// <summary>Requests that wait for one.</summary>
    public int Waiting => Volatile.Read(ref _waiting);

    /// <summary>Takes a place if there is one. Who took one leaves.</summary>
    public bool TryEnter() => _places.Wait(0, CancellationToken.None);

    /// <summary>Waits for a place. Who got one leaves.</summary>
    /// <param name="cancellation">Ends the wait: the client is gone.</param>
    /// <returns>Whether there is one: not if too many wait already, or the wait was too long.</returns>
    public async ValueTask<bool> WaitAsync(CancellationToken cancellation)
    {
        if (Interlocked.Increment(ref _waiting) > maxWaiting)
        {
            Interlocked.Decrement(ref _waiting);
            return false;
        }

        try
        {
            using var patience = new CancellationTokenSource(Patience, time);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation, patience.Token);
            await _places.WaitAsync(either.Token);
            return true;
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return false;
        }
        finally
        {
            Interlocked.Decrement(ref _waiting);
        }
    }

    /// <summary>Gives the place up.</summary>
    public void Leave() => _places.Release();

    public void Dispose() => _places.Dispose();
}
