using ObjectServer.Storage.Model;

namespace ObjectServer.Operations.Objects;

/// <summary>A rename, as a client token stands for it.</summary>
internal sealed record Rename(ulong BucketId, ObjectKey Source, ObjectKey Destination);

/// <summary>
/// The renames of the last five minutes by their client tokens, so that a client which missed the answer may ask
/// again.
/// </summary>
/// <remarks>
/// Only memory holds them: after a restart, a rename asked for again finds no source and answers NoSuchKey. That
/// tells the client less than it could, and never moves anything twice. The oldest give way to bound the memory.
/// </remarks>
internal sealed class RenameTokens
{
    private const int MaxTokens = 10_000;

    private static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(5);

    private readonly Lock _lock = new();
    private readonly Dictionary<string, Rename> _renames = new(StringComparer.Ordinal);
    private readonly Queue<(string Token, DateTimeOffset Time)> _ages = new();

    /// <summary>The rename that a token stood for, or null.</summary>
    public Rename? Find(string token, DateTimeOffset now)
    {
        lock (_lock)
        {
            Forget(now, MaxTokens);
            return _renames.GetValueOrDefault(token);
        }
    }

    /// <summary>Keeps a rename that was done.</summary>
    public void Keep(string token, Rename rename, DateTimeOffset now)
    {
        lock (_lock)
        {
            Forget(now, MaxTokens - 1);
            if (_renames.TryAdd(token, rename))
            {
                _ages.Enqueue((token, now));
            }
        }
    }

    private void Forget(DateTimeOffset now, int limit)
    {
        while (_ages.TryPeek(out var oldest) && (_ages.Count > limit || now - oldest.Time >= Lifetime))
        {
            _renames.Remove(oldest.Token);
            _ages.Dequeue();
        }
    }
}
