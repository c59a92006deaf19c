namespace ObjectServer.Hosting;

/// <summary>Marks a connection to the address for health and metrics.</summary>
internal sealed class AdminConnection
{
    public static AdminConnection Instance { get; } = new();

    private AdminConnection()
    {
    }
}
