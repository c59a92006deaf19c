using System.Globalization;
using ObjectServer.Encryption;
using ObjectServer.Identity;
using ObjectServer.Storage;

namespace ObjectServer.Tests.Identity;

/// <summary>A store on the disk with its directory of identities.</summary>
internal sealed class DirectoryRig : IAsyncDisposable
{
    private readonly TemporaryDirectory _files = new();

    private DirectoryRig(LocalStore store, TemporaryDirectory files)
    {
        (Store, _files) = (store, files);
    }

    public static MasterKey MasterKey { get; } = MasterKey.Of(new byte[32]);

    public static AccessKey Configured { get; } =
        new("ROOT", "root-secret") { AccountId = Account.FirstId, IsConfigured = true };

    public LocalStore Store { get; }

    public IdentityDirectory Directory { get; private set; } = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public static async Task<DirectoryRig> OpenAsync()
    {
        var files = new TemporaryDirectory();
        var store = await LocalStore.OpenAsync(
            new LocalStoreOptions { DataDirectory = files.Path, DiskReserveBytes = 0 },
            TimeProvider.System,
            Cancellation);
        var rig = new DirectoryRig(store, files);
        rig.Directory = await rig.LoadAsync();
        return rig;
    }

    /// <summary>What a process that starts now would have.</summary>
    public async Task<IdentityDirectory> LoadAsync() => await IdentityDirectory.OpenAsync(
        Store.Documents, MasterKey, Configured, TimeProvider.System, Cancellation);

    public Task ChangeAsync(Action<IdentityChange> change) => Directory.ChangeAsync(
        made =>
        {
            change(made);
            return true;
        },
        Cancellation).AsTask();

    /// <summary>All that a snapshot says, as text.</summary>
    public static string Dump(IdentitySnapshot identities)
    {
        var documents = new IdentityDocuments(new SecretSeal(new byte[32]));
        var lines = new List<string>();
        foreach (var all in identities.Accounts)
        {
            lines.AddRange(((IEnumerable<IdentityDocument>)
            [
                all.Account, .. all.Holders, .. all.Policies.Values, .. all.OidcProviders.Values,
            ]).Select(document => System.Text.Encoding.UTF8.GetString(documents.Encode(document))));
            lines.AddRange(all.MfaDevices.Values.Select(device => string.Create(
                CultureInfo.InvariantCulture,
                $"{device.SerialNumber} {Convert.ToHexString(device.Seed.Bytes.Span)} "
                + $"{device.UserId} {device.Enabled:o}")));
            lines.AddRange(all.NamesById.Select(pair => $"{pair.Key} is {pair.Value}"));
            lines.AddRange(all.KeyIds.Select(pair => $"{pair.Key} has {string.Join(' ', pair.Value)}"));
            lines.Add($"{identities.FindByCanonicalId(all.Account.CanonicalId)?.Id} {all.Account.Id}");
            lines.Add($"{identities.FindByEmail(all.Account.Email ?? "")?.Id} {all.Account.Email}");
            lines.Add($"{identities.FindByAlias(all.Account.Alias ?? "")?.Id} {all.Account.Alias}");
        }

        lines.AddRange(identities.Keys.Select(key => string.Create(
            CultureInfo.InvariantCulture,
            $"{key.Id} {key.Secret} {key.AccountId} {key.UserId} {key.IsActive} {key.Created:o} {key.IsConfigured}")));
        return string.Join('\n', lines.Order(StringComparer.Ordinal));
    }

    public async ValueTask DisposeAsync()
    {
        Directory.Dispose();
        await Store.DisposeAsync();
        _files.Dispose();
    }
}
