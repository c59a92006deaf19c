namespace ObjectServer.Tests.Sts;

/// <summary>A clock that a test turns.</summary>
internal sealed class HandClock : TimeProvider
{
    /// <summary>A whole second of the year 2026.</summary>
    public DateTimeOffset Now { get; set; } = DateTimeOffset.FromUnixTimeSeconds(1_780_000_000);

    public override DateTimeOffset GetUtcNow() => Now;
}
