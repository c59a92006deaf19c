using System.Globalization;
using System.Text.RegularExpressions;
using ObjectServer.Commands;
using ObjectServer.Encryption;
using ObjectServer.Identity;
using ObjectServer.Storage;

namespace ObjectServer.Tests.Commands;

public sealed partial class AccountCommandsTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task An_account_is_made_with_a_key_of_its_root_and_listed()
    {
        var made = await RunAsync(ObjectServerCommand.Success, "create", "partner", "--id", "111122223333", "--email", "p@example.com");
        var (keyId, secret) = KeyIn(made);

        var listed = await RunAsync(ObjectServerCommand.Success, "list");
        Assert.Contains("111122223333  partner", listed, StringComparison.Ordinal);
        Assert.Contains("p@example.com", listed, StringComparison.Ordinal);
        Assert.Contains(keyId, listed, StringComparison.Ordinal);
        Assert.DoesNotContain(secret, listed, StringComparison.Ordinal);

        var (_, second) = KeyIn(await RunAsync(ObjectServerCommand.Success, "key", "create", "111122223333"));
        Assert.NotEqual(secret, second);
        await RunAsync(ObjectServerCommand.Success, "key", "delete", keyId);
        await WithIdentitiesAsync((_, identities) =>
        {
            Assert.Null(identities.Current.FindSigner(keyId));
            var left = Assert.Single(identities.Current.FindAccount("111122223333")!.KeyIdsOf(userId: null));
            Assert.Equal(second, identities.Current.FindSigner(left)!.Key.Secret);
            return Task.CompletedTask;
        });
    }

    [Fact]
    public async Task An_id_that_nobody_chose_is_free() => Assert.Matches(
        AccountLine(), await RunAsync(ObjectServerCommand.Success, "create", "partner"));

    [Fact]
    public async Task What_cannot_be_an_account_is_refused()
    {
        await RunAsync(ObjectServerCommand.Success, "create", "partner", "--id", "111122223333", "--email", "p@example.com");

        Assert.Contains("twelve digits", await RunAsync(ObjectServerCommand.Failure, "create", "x", "--id", "12"), StringComparison.Ordinal);
        Assert.Contains("There is an account", await RunAsync(ObjectServerCommand.Failure, "create", "x", "--id", "111122223333"), StringComparison.Ordinal);
        Assert.Contains("has that e-mail", await RunAsync(ObjectServerCommand.Failure, "create", "x", "--email", "P@example.com"), StringComparison.Ordinal);
        Assert.Contains("no account", await RunAsync(ObjectServerCommand.Failure, "key", "create", "444455556666"), StringComparison.Ordinal);
        Assert.Contains("no account", await RunAsync(ObjectServerCommand.Failure, "delete", "444455556666"), StringComparison.Ordinal);
        Assert.Contains("always there", await RunAsync(ObjectServerCommand.Failure, "delete", "000000000000"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_account_goes_with_all_it_has_once_it_owns_no_bucket()
    {
        var (keyId, _) = KeyIn(await RunAsync(ObjectServerCommand.Success, "create", "partner", "--id", "111122223333"));
        await WithIdentitiesAsync(async (store, identities) =>
        {
            var account = identities.Current.FindAccount("111122223333")!.Account;
            await store.Buckets.CreateAsync("theirs", account.CanonicalId, "us-east-1", objectLock: false, Cancellation);
            await identities.ChangeAsync(
                change =>
                {
                    var user = new User { AccountId = account.Id, Id = UniqueIds.User(), Name = "alice", Created = change.Now };
                    change.Put(user);
                    change.Put(new AccessKey("ALICE", "alice-secret") { AccountId = account.Id, UserId = user.Id });
                    return user;
                },
                Cancellation);
        });
        Assert.Contains("'theirs'", await RunAsync(ObjectServerCommand.Failure, "delete", "111122223333"), StringComparison.Ordinal);

        await WithIdentitiesAsync(async (store, _) => await store.Buckets.DeleteAsync("theirs", Cancellation));
        await RunAsync(ObjectServerCommand.Success, "delete", "111122223333");

        await WithIdentitiesAsync((_, identities) =>
        {
            Assert.Null(identities.Current.FindAccount("111122223333"));
            Assert.Null(identities.Current.FindSigner("ALICE"));
            Assert.Null(identities.Current.FindSigner(keyId));
            Assert.Null(identities.Current.FindByCanonicalId(Account.CanonicalIdOf("111122223333")));
            return Task.CompletedTask;
        });
    }

    private static (string Id, string Secret) KeyIn(string output) =>
        (IdLine().Match(output).Groups[1].Value, SecretLine().Match(output).Groups[1].Value);

    private async Task WithIdentitiesAsync(Func<LocalStore, IdentityDirectory, Task> look)
    {
        await using var store = await LocalStore.OpenAsync(
            new LocalStoreOptions { DataDirectory = _directory.Path, DiskReserveBytes = 0 }, TimeProvider.System, Cancellation);
        var masterKey = await MasterKey.EstablishAsync(_directory.File(MasterKey.FileName), store.Documents, Cancellation);
        using var identities = await IdentityDirectory.OpenAsync(
            store.Documents, masterKey, configuredKey: null, TimeProvider.System, Cancellation);
        await look(store, identities);
    }

    /// <summary>Runs a command and gives all that it says.</summary>
    private async Task<string> RunAsync(int expected, params string[] arguments)
    {
        using var said = new StringWriter(CultureInfo.InvariantCulture);
        var code = await new ObjectServerCommand(said, said, _ => null).RunAsync(
            ["account", .. arguments, "--data", _directory.Path], Cancellation);
        Assert.Equal(expected, code);
        return said.ToString();
    }

    [GeneratedRegex(@"account {12}[1-9][0-9]{11}")]
    private static partial Regex AccountLine();

    [GeneratedRegex(@"access key id {6}(AKIA\w+)")]
    private static partial Regex IdLine();

    [GeneratedRegex(@"secret access key {2}(\w{40})")]
    private static partial Regex SecretLine();
}
