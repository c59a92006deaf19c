namespace ObjectServer.Bench.Micro;

/// <summary>A clock that stands still, so that a signature made once stays valid.</summary>
internal sealed class FixedClock(DateTimeOffset now) : TimeProvider
{
    public override DateTimeOffset GetUtcNow() => now;
}
