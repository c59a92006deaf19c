namespace ObjectServer.Storage.Records;

/// <summary>Times as records keep them, and as S3 shows them in listings.</summary>
internal static class KeptTime
{
    /// <summary>A time in whole milliseconds.</summary>
    public static DateTimeOffset Of(DateTimeOffset time) =>
        DateTimeOffset.FromUnixTimeMilliseconds(time.ToUnixTimeMilliseconds());
}
