using ObjectServer.Identity;

namespace ObjectServer.Tests.Identity;

public sealed class CallerTests
{
    private static readonly Account Example = Account.Of("123456789012", "root", DateTimeOffset.UnixEpoch);

    [Fact]
    public void An_account_always_has_the_same_canonical_id()
    {
        // Owners of stored objects hold this id; it must not change with the program.
        Assert.Equal(
            "ccc97343c1da3449d24a1099f0a13395c22fdf9c1eb843eee1c49f4237ad9d90",
            Caller.Root(Example, "AKID").CanonicalId);
        Assert.NotEqual(Account.CanonicalIdOf("123456789013"), Example.CanonicalId);
    }

    [Fact]
    public void The_root_of_an_account_is_named_as_policies_name_it()
    {
        var caller = Caller.Root(Example, "AKID");

        Assert.Equal("arn:aws:iam::123456789012:root", caller.Arn);
        Assert.Equal("arn:aws:iam::123456789012:root", caller.PrincipalArn);
        Assert.Equal("123456789012", caller.UserId);
        Assert.Equal("Account", caller.PrincipalType);
        Assert.Equal("AKID", caller.AccessKeyId);
        Assert.False(caller.IsAnonymous);
    }

    [Fact]
    public void A_session_of_a_role_is_the_role_to_conditions()
    {
        var caller = Caller.Root(Example, "ASIA") with
        {
            Kind = CallerKind.AssumedRole,
            Arn = "arn:aws:sts::123456789012:assumed-role/backup/nightly",
            RoleArn = "arn:aws:iam::123456789012:role/backup",
            TokenIssueTime = DateTimeOffset.UnixEpoch,
        };

        Assert.Equal("arn:aws:iam::123456789012:role/backup", caller.PrincipalArn);
        Assert.Equal("AssumedRole", caller.PrincipalType);
        Assert.True(caller.IsTemporary);
    }

    [Theory]
    [InlineData("")]
    [InlineData("12345678901")]
    [InlineData("1234567890123")]
    [InlineData("12345678901a")]
    [InlineData("１２３４５６７８９０１２")]
    public void An_account_id_is_twelve_digits(string accountId) =>
        Assert.Throws<ArgumentException>(() => Account.Of(accountId, "root", DateTimeOffset.UnixEpoch));

    [Fact]
    public void Nobody_has_no_key()
    {
        Assert.True(Caller.Anonymous.IsAnonymous);
        Assert.Null(Caller.Anonymous.AccessKeyId);
    }

    [Fact]
    public void A_key_never_shows_its_secret() =>
        Assert.DoesNotContain(
            "secret", new Signer(new("Key", "secret"), Caller.Anonymous).ToString(), StringComparison.Ordinal);
}
