namespace ObjectServer.Identity;

/// <summary>A pair of id and secret with which one caller signs.</summary>
/// <remarks>A class and not a record, so that no text form ever shows the secret.</remarks>
internal sealed class AccessKey(string id, string secret, Caller caller)
{
    /// <summary>The public half, sent with each request.</summary>
    public string Id { get; } = id;

    /// <summary>The private half, never sent.</summary>
    public string Secret { get; } = secret;

    /// <summary>Whose signature this is.</summary>
    public Caller Caller { get; } = caller;

    public override string ToString() => Id;
}
