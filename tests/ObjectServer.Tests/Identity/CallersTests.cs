using ObjectServer.Identity;
using ObjectServer.Policies;

namespace ObjectServer.Tests.Identity;

public sealed class CallersTests
{
    private static readonly Account Example = Account.Of("123456789012", "example", DateTimeOffset.UnixEpoch);

    private static readonly Group Staff = new()
    {
        AccountId = Example.Id,
        Created = default,
        Id = "AGPA1",
        Name = "staff",
        InlinePolicies = PolicyHolder.NoPolicies.Add("of-group", Allowing("s3:GetObject")),
        AttachedPolicies = ["arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess"],
    };

    private static readonly User Alice = new()
    {
        AccountId = Example.Id,
        Created = default,
        Id = "AIDA1",
        Name = "alice",
        Path = "/team/",
        Groups = [Staff.Id, "AGPAgone"],
        InlinePolicies = PolicyHolder.NoPolicies.Add("own", Allowing("s3:PutObject")),
        AttachedPolicies = ["arn:aws:iam::aws:policy/IAMReadOnlyAccess"],
        Tags = [new("Team", "blue")],
    };

    private static readonly IdentitySnapshot Identities = IdentitySnapshot.Empty
        .With(Example)
        .With(Staff)
        .With(Alice)
        .With(new AccessKey("AKIA1", "secret") { AccountId = Example.Id, UserId = Alice.Id });

    [Fact]
    public void A_user_has_its_own_policies_and_those_of_its_groups()
    {
        var caller = Identities.FindSigner("AKIA1")!.Caller;

        Assert.Equal(CallerKind.User, caller.Kind);
        Assert.Equal("arn:aws:iam::123456789012:user/team/alice", caller.Arn);
        Assert.Equal(("AIDA1", "alice", "AKIA1"), (caller.UserId, caller.UserName, caller.AccessKeyId));
        Assert.Equal("blue", caller.PrincipalTags["team"]);
        Assert.Equal(
            [
                "UserInline own of alice", "UserManaged arn:aws:iam::aws:policy/IAMReadOnlyAccess of alice",
                "GroupInline of-group of staff", "GroupManaged arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess of staff",
            ],
            caller.Policies.Identity.Select(policy => policy.ToString()));
        Assert.Null(caller.Policies.Boundary);
        Assert.Equal(PrincipalKind.User, caller.Principal.Kind);
    }

    [Fact]
    public void A_bound_that_cannot_be_found_allows_nothing()
    {
        var bounded = Identities.With(Alice with { Boundary = "arn:aws:iam::123456789012:policy/gone" });

        var caller = bounded.FindSigner("AKIA1")!.Caller;

        Assert.Equal(PolicyEffect.Deny, Assert.Single(caller.Policies.Boundary!.Document.Statements).Effect);
    }

    [Fact]
    public void A_renamed_user_keeps_its_keys()
    {
        var renamed = Identities.With(Alice with { Name = "Alice2" });

        Assert.Equal("Alice2", renamed.FindSigner("AKIA1")!.Caller.UserName);
        Assert.Equal("Alice2", Assert.Single(renamed.FindAccount(Example.Id)!.Users).Key);
    }

    [Fact]
    public void A_key_whose_user_is_gone_signs_for_nobody() =>
        Assert.Null(Identities.Without(Alice).FindSigner("AKIA1"));

    [Fact]
    public void A_session_of_a_role_has_the_policies_of_the_role()
    {
        var role = new Role
        {
            AccountId = Example.Id,
            Created = default,
            Id = "AROA1",
            Name = "backup",
            Path = "/jobs/",
            TrustPolicy = new("{}", PolicyKind.Trust),
            InlinePolicies = PolicyHolder.NoPolicies.Add("p", Allowing("s3:GetObject")),
            Boundary = "arn:aws:iam::aws:policy/ReadOnlyAccess",
        };

        var caller = Callers.Of(Identities.With(role), role, "nightly", provider: null);

        Assert.Equal("arn:aws:sts::123456789012:assumed-role/backup/nightly", caller.Arn);
        Assert.Equal("arn:aws:iam::123456789012:role/jobs/backup", caller.PrincipalArn);
        Assert.Equal("AROA1:nightly", caller.UserId);
        Assert.Equal("RoleInline p of backup", Assert.Single(caller.Policies.Identity).ToString());
        Assert.Equal("arn:aws:iam::aws:policy/ReadOnlyAccess", caller.Policies.Boundary?.Name);
    }

    [Fact]
    public void Every_policy_of_AWS_that_is_offered_can_be_read() =>
        Assert.All(AwsManagedPolicies.All, policy => Assert.NotEmpty(policy.Text.Document.Statements));

    private static PolicyText Allowing(string action) => new(
        $$"""{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"{{action}}","Resource":"*"}]}""");
}
