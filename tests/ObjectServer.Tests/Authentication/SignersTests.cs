using ObjectServer.Authentication;
using ObjectServer.Errors;
using ObjectServer.Identity;

namespace ObjectServer.Tests.Authentication;

public sealed class SignersTests
{
    private static readonly AccessKey Lasting = new("AKIA1", "secret") { AccountId = ExampleAccount.Account.Id };

    private static readonly Signer Session = new(
        new("ASIA1", "other"), Caller.Root(ExampleAccount.Account, "ASIA1") with { TokenIssueTime = DateTimeOffset.UnixEpoch });

    private IdentitySnapshot _identities = IdentitySnapshot.Empty.With(ExampleAccount.Account).With(Lasting);

    private Signers Signers => new(() => _identities, new OneSession());

    [Fact]
    public void A_key_that_lasts_signs_without_a_token_alone()
    {
        Assert.Same(Lasting, Found("AKIA1", null));
        Assert.Same(Lasting, Found("AKIA1", ""));
        Assert.Equal("InvalidToken", Refusal("AKIA1", "good").Code);
    }

    [Fact]
    public void A_temporary_key_signs_with_its_token_alone()
    {
        Assert.Same(Session.Key, Found("ASIA1", "good"));
        Assert.Equal("InvalidAccessKeyId", Refusal("ASIA1", null).Code);
        Assert.Equal("InvalidAccessKeyId", Refusal("ASIA2", "good").Code);
        Assert.Equal("ExpiredToken", Refusal("ASIA1", "old").Code);
        Assert.Equal("InvalidToken", Refusal("ASIA1", "forged").Code);
    }

    [Fact]
    public void Who_is_refused_is_signed_for_all_the_same()
    {
        // With a secret that nobody knows: what a refusal costs tells nobody whether there is such a key.
        var unknown = Signers.Find("AKIA2", null);

        Assert.NotNull(unknown.Refusal);
        Assert.NotEmpty(unknown.Key.Secret);
        Assert.True(unknown.Caller.IsAnonymous);
    }

    [Fact]
    public void The_directory_of_the_moment_counts()
    {
        var signers = Signers;
        Assert.Null(signers.Find("AKIA1", null).Refusal);

        _identities = _identities.With(Lasting.Switched(isActive: false));
        Assert.Equal("InvalidAccessKeyId", signers.Find("AKIA1", null).Refusal?.Code);

        _identities = _identities.With(Lasting.Switched(isActive: true));
        Assert.Null(signers.Find("AKIA1", null).Refusal);

        _identities = _identities.Without(Lasting);
        Assert.Equal("InvalidAccessKeyId", signers.Find("AKIA1", null).Refusal?.Code);
    }

    private AccessKey Found(string id, string? token)
    {
        var found = Signers.Find(id, token);
        found.Demand();
        return found.Key;
    }

    private S3Error Refusal(string id, string? token) =>
        Assert.Throws<S3Exception>(() => Signers.Find(id, token).Demand()).Error;

    /// <summary>One session, with the token <c>good</c>; <c>old</c> was its token once.</summary>
    private sealed class OneSession : ISessionTokens
    {
        public (Signer? Signer, S3Error? Refusal) Find(string accessKeyId, string token) => (accessKeyId, token) switch
        {
            ("ASIA1", "good") => (Session, null),
            (_, "good") => (null, null),
            (_, "old") => (null, S3Errors.ExpiredToken),
            _ => (null, S3Errors.InvalidToken),
        };
    }
}
