using CsCheck;
using ObjectServer.Encryption;
using ObjectServer.Identity;
using ObjectServer.Policies;
using ObjectServer.Storage.Model;

namespace ObjectServer.Tests.Identity;

public sealed class IdentityDirectoryTests
{
    private const string Other = "111122223333";

    private static readonly PolicyText Anything =
        new("""{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}""");

    private static readonly PolicyText Trust = new(
        """{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":"sts:AssumeRole"}]}""",
        PolicyKind.Trust);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>What the property does, each with a number that chooses on what.</summary>
    private enum Move
    {
        PutAccount,
        PutUser,
        RenameUser,
        RemoveUser,
        PutGroup,
        PutRole,
        PutPolicy,
        RemovePolicy,
        PutProvider,
        PutDevice,
        PutKey,
        SwitchKey,
        RemoveKey,
    }

    [Fact]
    public async Task A_new_store_has_the_first_account_and_its_configured_key()
    {
        await using var rig = await DirectoryRig.OpenAsync();

        var signer = rig.Directory.Current.FindSigner("ROOT")!;

        Assert.Equal("root-secret", signer.Key.Secret);
        Assert.Equal("arn:aws:iam::000000000000:root", signer.Caller.Arn);
        Assert.Equal(CallerKind.Root, signer.Caller.Kind);
        Assert.Equal("root", signer.Caller.DisplayName);
        Assert.Null(rig.Directory.Current.FindSigner("root"));
        using var later = await rig.LoadAsync();
        Assert.Equal(
            rig.Directory.Current.FindAccount(Account.FirstId)!.Account,
            later.Current.FindAccount(Account.FirstId)!.Account);
    }

    [Fact]
    public async Task Whatever_was_changed_is_what_a_start_finds()
    {
        await using var rig = await DirectoryRig.OpenAsync();
        await Gen.Select(Gen.Enum<Move>(), Gen.Int[0, 3]).Array[1, 12].SampleAsync(
            async moves =>
            {
                foreach (var (move, number) in moves)
                {
                    await rig.ChangeAsync(change => Make(change, move, number));
                }

                using var loaded = await rig.LoadAsync();
                Assert.Equal(DirectoryRig.Dump(loaded.Current), DirectoryRig.Dump(rig.Directory.Current));
            },
            iter: 40,
            threads: 1);
    }

    [Fact]
    public async Task No_change_is_lost_whoever_makes_it_at_the_same_time()
    {
        await using var rig = await DirectoryRig.OpenAsync();
        await rig.ChangeAsync(change => change.Put(NewUser("counted")));
        using var other = await rig.LoadAsync();

        // Two directories over one store stand for two processes.
        await Task.WhenAll(Enumerable.Range(0, 40).Select(number =>
            (number % 2 == 0 ? rig.Directory : other).ChangeAsync(
                change =>
                {
                    var user = change.Identities.FindAccount(Account.FirstId)!.Users["counted"];
                    change.Put(user with { Tags = user.Tags.Add(new Tag($"{number}", "")) });
                    return true;
                },
                Cancellation).AsTask()));

        using var loaded = await rig.LoadAsync();
        Assert.Equal(40, loaded.Current.FindAccount(Account.FirstId)!.Users["counted"].Tags.Length);
    }

    [Fact]
    public async Task A_refused_change_changes_nothing()
    {
        await using var rig = await DirectoryRig.OpenAsync();

        await Assert.ThrowsAsync<InvalidOperationException>(() => rig.ChangeAsync(change =>
        {
            change.Put(NewUser("nobody"));
            throw new InvalidOperationException();
        }));

        Assert.Empty(rig.Directory.Current.FindAccount(Account.FirstId)!.Users);
        using var loaded = await rig.LoadAsync();
        Assert.Empty(loaded.Current.FindAccount(Account.FirstId)!.Users);
    }

    [Fact]
    public async Task No_secret_lies_in_the_store_in_the_clear()
    {
        await using var rig = await DirectoryRig.OpenAsync();
        await rig.ChangeAsync(change => change.Put(new AccessKey("AKIA1", "plain-secret")));
        await rig.ChangeAsync(change => change.Put(NewDevice("phone") with { Seed = new("plain-seed"u8.ToArray()) }));

        var page = await rig.Store.Documents.ListAsync("", "", 1000, Cancellation);
        foreach (var document in page.Documents)
        {
            Assert.True(document.Bytes.Span.IndexOf("plain-secret"u8) < 0, document.Name);
            Assert.True(document.Bytes.Span.IndexOf("plain-seed"u8) < 0, document.Name);
            Assert.True(document.Bytes.Span.IndexOf("cGxhaW4tc2VlZA"u8) < 0, document.Name);
        }

        await Assert.ThrowsAsync<CorruptDataException>(() => IdentityDirectory.OpenAsync(
            rig.Store.Documents, MasterKey.Of("another key of thirty-two bytes."u8),
            DirectoryRig.Configured, TimeProvider.System, Cancellation).AsTask());
    }

    [Fact]
    public async Task A_key_that_is_off_or_gone_signs_for_nobody()
    {
        await using var rig = await DirectoryRig.OpenAsync();
        await rig.ChangeAsync(change => change.Put(new AccessKey("AKIA1", "secret")));
        Assert.NotNull(rig.Directory.Current.FindSigner("AKIA1"));

        await rig.ChangeAsync(change => change.Put(change.Identities.FindKey("AKIA1")!.Switched(isActive: false)));
        Assert.Null(rig.Directory.Current.FindSigner("AKIA1"));
        Assert.False(rig.Directory.Current.FindKey("AKIA1")!.IsActive);

        await rig.ChangeAsync(change => change.Put(change.Identities.FindKey("AKIA1")!.Switched(isActive: true)));
        Assert.NotNull(rig.Directory.Current.FindSigner("AKIA1"));

        await rig.ChangeAsync(change => change.Remove(change.Identities.FindKey("AKIA1")!));
        Assert.Null(rig.Directory.Current.FindSigner("AKIA1"));
        Assert.Null(rig.Directory.Current.FindKey("AKIA1"));
    }

    [Fact]
    public async Task A_signer_is_made_once_for_a_state_of_the_directory()
    {
        await using var rig = await DirectoryRig.OpenAsync();
        var before = rig.Directory.Current.FindSigner("ROOT")!;
        Assert.Same(before, rig.Directory.Current.FindSigner("ROOT"));

        await rig.ChangeAsync(change => change.Put(NewUser("alice")));

        // The key stays the same, and with it what was derived from it.
        Assert.NotSame(before, rig.Directory.Current.FindSigner("ROOT"));
        Assert.Same(before.Key, rig.Directory.Current.FindSigner("ROOT")!.Key);
    }

    [Fact]
    public async Task The_configured_key_outweighs_a_kept_one_of_its_id()
    {
        await using var rig = await DirectoryRig.OpenAsync();
        await rig.ChangeAsync(change =>
        {
            var user = NewUser("alice");
            change.Put(user);
            change.Put(new AccessKey("ROOT", "other") { UserId = user.Id });
        });

        using var loaded = await rig.LoadAsync();
        Assert.Equal("root-secret", loaded.Current.FindSigner("ROOT")!.Key.Secret);
        Assert.Empty(loaded.Current.FindAccount(Account.FirstId)!.KeyIdsOf("AIDAalice"));
    }

    [Fact]
    public async Task Things_are_found_by_their_whole_ARN()
    {
        await using var rig = await DirectoryRig.OpenAsync();
        await rig.ChangeAsync(change =>
        {
            change.Put(NewUser("alice") with { Path = "/team/" });
            change.Put(NewGroup("staff"));
            change.Put(NewRole("backup"));
            change.Put(NewPolicy("readers"));
        });
        var found = rig.Directory.Current;

        Assert.Equal("alice", found.FindUser("arn:aws:iam::000000000000:user/team/alice")?.Name);
        Assert.Equal("staff", found.FindGroup("arn:aws:iam::000000000000:group/staff")?.Name);
        Assert.Equal("backup", found.FindRole("arn:aws:iam::000000000000:role/backup")?.Name);
        Assert.Equal("readers", found.FindPolicy("arn:aws:iam::000000000000:policy/readers")?.Name);
        Assert.Equal("AmazonS3FullAccess", found.FindPolicy("arn:aws:iam::aws:policy/AmazonS3FullAccess")?.Name);
        foreach (var wrong in (string[])
        [
            "", "alice", "arn:aws:iam::000000000000:user/alice", "arn:aws:iam::000000000000:user/team/Alice",
            "arn:aws:iam::000000000001:user/team/alice", "arn:aws:iam::000000000000:user/team/alice/",
            "arn:aws:iam::000000000000:role/team/alice", "arn:aws:iam::000000000000:user",
            "arn:aws:iam:us-east-1:000000000000:user/team/alice",
        ])
        {
            Assert.Null(found.FindUser(wrong));
        }
    }

    private static void Make(IdentityChange change, Move move, int number)
    {
        var account = number % 2 == 0 ? Account.FirstId : Other;
        if (change.Identities.FindAccount(Other) is null)
        {
            change.Put(Account.Of(Other, "other", change.Now));
        }

        var all = change.Identities.FindAccount(account)!;
        var name = $"n{number}";
        switch (move)
        {
            case Move.PutAccount:
                change.Put(all.Account with
                {
                    Email = all.Account.Email is null ? $"{account}@example.com" : null,
                    Alias = all.Account.Alias is null ? $"alias-{account}" : null,
                });
                break;
            case Move.PutUser:
                var user = all.FindUserById($"AIDA{name}") ?? NewUser(name) with { AccountId = account };
                change.Put(user with
                {
                    Tags = [new("k", name)],
                    InlinePolicies = user.InlinePolicies.SetItem("p", Anything),
                    Groups = [.. all.Groups.Values.Select(group => group.Id)],
                });
                break;
            case Move.RenameUser when all.FindUserById($"AIDA{name}") is { } renamed:
                change.Put(renamed with { Name = renamed.Name == name ? name.ToUpperInvariant() + "x" : name });
                break;
            case Move.RemoveUser when all.FindUserById($"AIDA{name}") is { } removed:
                change.Remove(removed);
                break;
            case Move.PutGroup:
                change.Put(NewGroup(name) with { AccountId = account });
                break;
            case Move.PutRole:
                change.Put(NewRole(name) with
                {
                    AccountId = account,
                    Boundary = "arn:aws:iam::aws:policy/ReadOnlyAccess",
                });
                break;
            case Move.PutPolicy:
                change.Put(NewPolicy(name) with { AccountId = account });
                break;
            case Move.RemovePolicy when all.Policies.TryGetValue(name, out var policy):
                change.Remove(policy);
                break;
            case Move.PutProvider:
                change.Put(new OidcProvider
                {
                    AccountId = account,
                    Created = change.Now,
                    Url = $"{name}.example.com/x",
                    ClientIds = ["c"],
                });
                break;
            case Move.PutDevice:
                change.Put(NewDevice(name) with { AccountId = account, Seed = new([1, (byte)number]) });
                break;
            case Move.PutKey:
                change.Put(new AccessKey($"AKIA{number}", $"secret{number}")
                {
                    AccountId = account,
                    UserId = number > 1 ? $"AIDA{name}" : null,
                    Created = change.Now,
                });
                break;
            case Move.SwitchKey when change.Identities.FindKey($"AKIA{number}") is { } key:
                change.Put(key.Switched(!key.IsActive));
                break;
            case Move.RemoveKey when change.Identities.FindKey($"AKIA{number}") is { } gone:
                change.Remove(gone);
                break;
        }
    }

    private static User NewUser(string name) => new()
    {
        AccountId = Account.FirstId,
        Created = DateTimeOffset.UnixEpoch,
        Id = $"AIDA{name}",
        Name = name,
    };

    private static Group NewGroup(string name) => new()
    {
        AccountId = Account.FirstId,
        Created = DateTimeOffset.UnixEpoch,
        Id = $"AGPA{name}",
        Name = name,
    };

    private static Role NewRole(string name) => new()
    {
        AccountId = Account.FirstId,
        Created = DateTimeOffset.UnixEpoch,
        Id = $"AROA{name}",
        Name = name,
        TrustPolicy = Trust,
    };

    private static ManagedPolicy NewPolicy(string name) => new()
    {
        AccountId = Account.FirstId,
        Created = DateTimeOffset.UnixEpoch,
        Id = $"ANPA{name}",
        Name = name,
        Updated = DateTimeOffset.UnixEpoch,
        Versions = [new(1, Anything, DateTimeOffset.UnixEpoch)],
        DefaultVersion = 1,
        NextVersion = 2,
    };

    private static MfaDevice NewDevice(string name) => new()
    {
        AccountId = Account.FirstId,
        Created = DateTimeOffset.UnixEpoch,
        Name = name,
    };
}
