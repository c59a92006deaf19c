namespace ObjectServer.Tests.Lifecycle;

/// <summary>A clock that a test sets. Timers run by the system's.</summary>
internal sealed class SetTime : TimeProvider
{
    public DateTimeOffset Now { get; set; } = new(2026, 1, 1, 10, 0, 0, TimeSpan.Zero);

    /// <summary>Called whenever somebody asks for the time.</summary>
    public Action Asked { get; set; } = () => { };

    public override DateTimeOffset GetUtcNow()
    {
        Asked();
        return Now;
    }
}
