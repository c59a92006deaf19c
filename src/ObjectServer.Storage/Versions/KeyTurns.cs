using ObjectServer.Storage.Model;

namespace ObjectServer.Storage.Versions;

/// <summary>
/// Lets the writers of one key take turns in this process, so that they do not make each other start over. Nothing
/// depends on it: what was read is required in the commit.
/// </summary>
internal sealed class KeyTurns
{
    private const int Stripes = 1024;

    private readonly SemaphoreSlim[] _stripes = [.. Enumerable.Range(0, Stripes).Select(_ => new SemaphoreSlim(1, 1))];

    public async ValueTask<Turn> TakeAsync(ulong bucketId, ObjectKey key, CancellationToken cancellation)
    {
        var stripe = _stripes[(uint)HashCode.Combine(bucketId, key) % Stripes];
        await stripe.WaitAsync(cancellation);
        return new Turn(stripe);
    }

    /// <summary>Disposed, it lets the next writer in.</summary>
    public readonly struct Turn(SemaphoreSlim stripe) : IDisposable
    {
        public void Dispose() => stripe.Release();
    }
}
