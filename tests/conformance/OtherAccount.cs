using System.Security.Cryptography;
using System.Text;
using ObjectServer.Encryption;
using ObjectServer.Identity;
using ObjectServer.Storage;

namespace ObjectServer.Conformance;

/// <summary>A second account of the suite's server, whose root has a key, for what one account does to another.</summary>
internal static class OtherAccount
{
    public const string Id = "111122223333";
    public const string Name = "other";
    public const string Email = "other@example.com";
    public const string AccessKeyId = "OTHERACCOUNT";
    public const string SecretAccessKey = "other-secret-key";

    /// <summary>The id under which it owns buckets and objects.</summary>
    public static string CanonicalId { get; } =
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes("canonical-id:" + Id)));

    /// <summary>Makes it in a data directory that no server has open.</summary>
    public static async Task MakeAsync(string dataDirectory, CancellationToken cancellation)
    {
        await using var store = await LocalStore.OpenAsync(
            new LocalStoreOptions { DataDirectory = dataDirectory, DiskReserveBytes = 0 }, TimeProvider.System, cancellation);
        var masterKey = await MasterKey.EstablishAsync(
            Path.Combine(dataDirectory, MasterKey.FileName), store.Documents, cancellation);
        using var identities = await IdentityDirectory.OpenAsync(
            store.Documents, masterKey, configuredKey: null, TimeProvider.System, cancellation);
        await identities.ChangeAsync(
            change =>
            {
                change.Put(Account.Of(Id, Name, change.Now) with { Email = Email });
                change.Put(new AccessKey(AccessKeyId, SecretAccessKey) { AccountId = Id, Created = change.Now });
                return true;
            },
            cancellation);
    }
}
