using System.Text;
using ObjectServer.Encryption;
using ObjectServer.Identity;
using ObjectServer.Policies;
using ObjectServer.Storage.Model;

namespace ObjectServer.Tests.Identity;

/// <summary>
/// Identities are read for as long as there are stores. These texts were written once: a change here is a change of what
/// is on disks, and needs another field, not another expectation.
/// </summary>
public sealed class IdentityDocumentsTests
{
    private static readonly DateTimeOffset Time = DateTimeOffset.FromUnixTimeMilliseconds(1_790_000_000_123);

    private readonly IdentityDocuments _documents = new(new SecretSeal(new byte[32]));

    [Fact]
    public void An_account() => Same(
        new Account
        {
            AccountId = "111122223333",
            Created = Time,
            CanonicalId = "c",
            Name = "n",
            Email = "e",
            Alias = "a",
        },
        "identity/account/111122223333",
        """
        {"canonicalId":"c","name":"n","email":"e","alias":"a","accountId":"111122223333","created":"2026-09-21T14:13:20.123+00:00"}
        """);

    [Fact]
    public void A_user() => Same(
        new User
        {
            AccountId = "111122223333",
            Created = Time,
            Id = "AIDA1",
            Name = "n",
            Path = "/p/",
            InlinePolicies = PolicyHolder.NoPolicies.Add("i", new("{}")),
            AttachedPolicies = ["arn"],
            Tags = [new("k", "v")],
            Boundary = "b",
            Groups = ["AGPA1"],
        },
        "identity/user/AIDA1",
        """
        {"tags":[{"key":"k","value":"v"}],"boundary":"b","groups":["AGPA1"],"id":"AIDA1","name":"n","path":"/p/","inlinePolicies":{"i":"{}"},"attachedPolicies":["arn"],"accountId":"111122223333","created":"2026-09-21T14:13:20.123+00:00"}
        """);

    [Fact]
    public void A_group() => Same(
        new Group { AccountId = "111122223333", Created = Time, Id = "AGPA1", Name = "n" },
        "identity/group/AGPA1",
        """
        {"id":"AGPA1","name":"n","path":"/","inlinePolicies":{},"attachedPolicies":[],"accountId":"111122223333","created":"2026-09-21T14:13:20.123+00:00"}
        """);

    [Fact]
    public void A_role() => Same(
        new Role
        {
            AccountId = "111122223333",
            Created = Time,
            Id = "AROA1",
            Name = "n",
            Description = "d",
            MaxSessionSeconds = 7200,
            TrustPolicy = new("{}", PolicyKind.Trust),
            Boundary = "b",
        },
        "identity/role/AROA1",
        """
        {"description":"d","maxSessionSeconds":7200,"trustPolicy":"{}","tags":[],"boundary":"b","id":"AROA1","name":"n","path":"/","inlinePolicies":{},"attachedPolicies":[],"accountId":"111122223333","created":"2026-09-21T14:13:20.123+00:00"}
        """);

    [Fact]
    public void A_managed_policy() => Same(
        new ManagedPolicy
        {
            AccountId = "111122223333",
            Created = Time,
            Id = "ANPA1",
            Name = "n",
            Description = "d",
            Updated = Time,
            Versions = [new(2, new("{}"), Time)],
            DefaultVersion = 2,
            NextVersion = 3,
        },
        "identity/policy/ANPA1",
        """
        {"id":"ANPA1","name":"n","path":"/","description":"d","updated":"2026-09-21T14:13:20.123+00:00","versions":[{"number":2,"document":"{}","created":"2026-09-21T14:13:20.123+00:00"}],"defaultVersion":2,"nextVersion":3,"tags":[],"accountId":"111122223333","created":"2026-09-21T14:13:20.123+00:00"}
        """);

    [Fact]
    public void A_provider_of_web_identities() => Same(
        new OidcProvider
        {
            AccountId = "111122223333",
            Created = Time,
            Url = "u.example/t",
            ClientIds = ["c"],
            Thumbprints = ["t"],
        },
        "identity/oidc/111122223333/u.example/t",
        """
        {"url":"u.example/t","clientIds":["c"],"thumbprints":["t"],"tags":[],"accountId":"111122223333","created":"2026-09-21T14:13:20.123+00:00"}
        """);

    [Fact]
    public void A_device()
    {
        var device = new MfaDevice
        {
            AccountId = "111122223333",
            Created = Time,
            Name = "Phone",
            Seed = new([1, 2, 3]),
            Enabled = Time,
            UserId = "AIDA1",
            LastStep = 5,
        };
        var text = Text(_documents.Encode(device));
        Assert.StartsWith(
            """
            {"device":{"name":"Phone","path":"/","enabled":"2026-09-21T14:13:20.123+00:00","userId":"AIDA1","lastStep":5,"tags":[],"accountId":"111122223333","created":"2026-09-21T14:13:20.123+00:00"},"seed":"A
            """,
            text,
            StringComparison.Ordinal);
        Assert.Equal("identity/mfa/111122223333/phone", IdentityDocuments.NameOf(device));
        var read = Assert.IsType<MfaDevice>(_documents.Decode(IdentityDocuments.NameOf(device), Bytes(text)));
        Assert.Equal(new byte[] { 1, 2, 3 }, read.Seed.Bytes.ToArray());
        Assert.Equal(("AIDA1", 5L, Time), (read.UserId, read.LastStep, read.Enabled));
    }

    [Fact]
    public void A_key()
    {
        const string kept = """
            {"id":"AKIA","secret":"AQAAAAAAAAAAAAAAAH3Z1qzQWOkiO5iibtuGjp+HTcdDggw=","accountId":"111122223333","userId":"AIDA1","isActive":false,"created":"2026-09-21T14:13:20.123+00:00"}
            """;
        var seal = new SecretSeal([.. Enumerable.Range(0, 32).Select(number => (byte)number)]);
        var read = Assert.IsType<AccessKey>(new IdentityDocuments(seal).Decode("identity/key/AKIA", Bytes(kept)));
        Assert.Equal(("AKIA", "secret", "111122223333", "AIDA1", false, Time), (
            read.Id, read.Secret, read.AccountId, read.UserId, read.IsActive, read.Created));
        var again = Text(new IdentityDocuments(seal).Encode(read));
        Assert.StartsWith("""{"id":"AKIA","secret":"A""", again, StringComparison.Ordinal);
        Assert.EndsWith(kept[kept.IndexOf("\",\"accountId", StringComparison.Ordinal)..], again, StringComparison.Ordinal);
    }

    [Fact]
    public void Fields_of_a_later_version_are_skipped_and_missing_lists_are_empty()
    {
        var user = Assert.IsType<User>(_documents.Decode(
            "identity/user/AIDA1",
            Bytes("""
                {"id":"AIDA1","name":"n","path":"/","accountId":"1","created":"2026-09-21T14:13:20.123+00:00","later":[1]}
                """)));

        Assert.Empty(user.Tags);
        Assert.Empty(user.Groups);
        Assert.Empty(user.AttachedPolicies);
        Assert.Empty(user.InlinePolicies);
    }

    [Fact]
    public void Documents_of_a_kind_that_a_later_version_made_are_left_alone() =>
        Assert.Null(_documents.Decode("identity/later/1", Bytes("?")));

    [Theory]
    [InlineData("identity/user/1", "{")]
    [InlineData("identity/user/1", "{}")]
    [InlineData("identity/key/1", """{"id":"1","secret":"x","accountId":"1","isActive":true}""")]
    public void What_cannot_be_read_is_damage(string name, string text) =>
        Assert.Throws<CorruptDataException>(() => _documents.Decode(name, Bytes(text)));

    private void Same(IdentityDocument document, string name, string text)
    {
        Assert.Equal(name, IdentityDocuments.NameOf(document));
        Assert.Equal(text, Text(_documents.Encode(document)));
        var read = Assert.IsAssignableFrom<IdentityDocument>(_documents.Decode(name, Bytes(text)));
        Assert.Equal(text, Text(_documents.Encode(read)));
    }

    private static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);

    private static string Text(byte[] bytes) => Encoding.UTF8.GetString(bytes);
}
