namespace ObjectServer.Storage.Tests;

/// <summary>The system's clock, put forward or back as a test likes.</summary>
internal sealed class ShiftedTime : TimeProvider
{
    public TimeSpan Shift { get; set; }

    public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + Shift;
}
