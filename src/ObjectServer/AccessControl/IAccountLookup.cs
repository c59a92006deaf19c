namespace ObjectServer.AccessControl;

/// <summary>An account as grants and owners name it.</summary>
/// <param name="CanonicalId">What is kept.</param>
/// <param name="DisplayName">For people.</param>
internal readonly record struct NamedAccount(string CanonicalId, string DisplayName);

/// <summary>Finds the accounts that grants name.</summary>
internal interface IAccountLookup
{
    /// <summary>The account of that canonical id, or null.</summary>
    NamedAccount? FindByCanonicalId(string canonicalId);

    /// <summary>The account of that e-mail address, whatever the case of its letters, or null.</summary>
    NamedAccount? FindByEmail(string email);
}
