using ObjectServer.AccessControl;

namespace ObjectServer.Tests.AccessControl;

/// <summary>Three accounts, whom grants may name.</summary>
internal sealed class KnownAccounts : IAccountLookup
{
    public static readonly string Owner = new('a', 64);
    public static readonly string Friend = new('b', 64);
    public static readonly string Stranger = new('c', 64);

    public NamedAccount? FindByCanonicalId(string canonicalId) =>
        canonicalId == Owner ? new(Owner, "owner")
        : canonicalId == Friend ? new(Friend, "a friend")
        : canonicalId == Stranger ? new(Stranger, "stranger")
        : null;

    public NamedAccount? FindByEmail(string email) =>
        email.Equals("friend@example.com", StringComparison.OrdinalIgnoreCase) ? FindByCanonicalId(Friend) : null;
}
