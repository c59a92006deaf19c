namespace ObjectServer.Identity;

/// <summary>A pair of id and secret with which one principal signs.</summary>
/// <remarks>
/// A class and not a record, so that no text form ever shows the secret; compared by reference, so that whatever is
/// derived from a secret belongs to this key and not to a later one of the same id.
/// </remarks>
internal sealed class AccessKey(string id, string secret)
{
    /// <summary>The public half, sent with each request. Case counts.</summary>
    public string Id { get; } = id;

    /// <summary>The private half, never sent.</summary>
    public string Secret { get; } = secret;

    /// <summary>The account whose it is.</summary>
    public string AccountId { get; init; } = Account.FirstId;

    /// <summary>The unique id of the user whose it is; null for the root of the account.</summary>
    public string? UserId { get; init; }

    /// <summary>Whether its signatures count.</summary>
    public bool IsActive { get; init; } = true;

    public DateTimeOffset Created { get; init; }

    /// <summary>Whether it is the key that the server was configured with, which is in no document.</summary>
    public bool IsConfigured { get; init; }

    /// <summary>The same key, switched on or off.</summary>
    public AccessKey Switched(bool isActive) => new(Id, Secret)
    {
        AccountId = AccountId,
        UserId = UserId,
        IsActive = isActive,
        Created = Created,
        IsConfigured = IsConfigured,
    };

    public override string ToString() => Id;
}

/// <summary>A key and who signs with it.</summary>
/// <param name="Key">The key.</param>
/// <param name="Caller">Whoever signs with it.</param>
internal sealed record Signer(AccessKey Key, Caller Caller);
