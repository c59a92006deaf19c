namespace ObjectServer.Pipeline;

/// <summary>Marks a connection to an address for websites alone.</summary>
internal sealed class WebsiteConnection
{
    public static WebsiteConnection Instance { get; } = new();

    private WebsiteConnection()
    {
    }
}
