using ObjectServer.Policies;

namespace ObjectServer.Tests.Policies;

/// <summary>
/// Which side must allow: within an account, across accounts, for the root, for nobody in particular.
/// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic-cross-account.html
/// </summary>
public sealed class AccountDecisions
{
    private const string Yes = "Allow s3:* on *";
    private const string No = "Allow iam:* on *";
    private const string Never = "Deny s3:* on *";
    private const string ToAll = "Allow for * s3:* on bucket/*";
    private const string ToHome = "Allow for AWS=111122223333 s3:* on bucket/*";
    private const string ToAbroad = "Allow for AWS=444455556666 s3:* on bucket/*";
    private const string ToAlice = "Allow for AWS=arn:aws:iam::111122223333:user/staff/alice s3:* on bucket/*";
    private const string ToBob = "Allow for AWS=arn:aws:iam::444455556666:user/bob s3:* on bucket/*";
    private const string ToRobot = "Allow for AWS=arn:aws:iam::444455556666:role/robot s3:* on bucket/*";
    private const string ToRobotSession =
        "Allow for AWS=arn:aws:sts::444455556666:assumed-role/robot/one s3:* on bucket/*";

    private const string ToNobody = "Deny for * s3:* on bucket/*";

    [Theory]
    // A user at home: either side.
    [InlineData("alice", null, null, "NoIdentityAllow")]
    [InlineData("alice", Yes, null, "IdentityPolicy 0")]
    [InlineData("alice", No, null, "NoIdentityAllow")]
    [InlineData("alice", Never, null, "DenyStatement 0")]
    [InlineData("alice", null, ToAlice, "ResourcePolicy 0")]
    [InlineData("alice", No, ToAlice, "ResourcePolicy 0")]
    [InlineData("alice", Yes, ToAlice, "ResourcePolicy 0")]
    [InlineData("alice", Never, ToAlice, "DenyStatement 0")]
    [InlineData("alice", null, ToHome, "NoIdentityAllow")]
    [InlineData("alice", Yes, ToHome, "IdentityPolicy 0")]
    [InlineData("alice", null, ToAll, "ResourcePolicy 0")]
    [InlineData("alice", null, ToBob, "NoIdentityAllow")]
    [InlineData("alice", Yes, ToBob, "IdentityPolicy 0")]
    [InlineData("alice", Yes, ToNobody, "DenyStatement 0")]
    [InlineData("alice", Yes + " + " + Never, ToAlice, "DenyStatement 1")]
    [InlineData("alice", Never + " + " + Yes, ToAlice, "DenyStatement 0")]
    [InlineData("alice", Yes, ToAlice + " + " + ToNobody, "DenyStatement 1")]
    [InlineData("alice", No + " + " + Yes, null, "IdentityPolicy 1")]
    [InlineData("alice", null, ToHome + " + " + ToAlice, "ResourcePolicy 1")]
    // The root at home.
    [InlineData("root", null, null, "Root")]
    [InlineData("root", null, ToAlice, "Root")]
    [InlineData("root", null, ToNobody, "DenyStatement 0")]
    [InlineData("root", null, ToHome, "ResourcePolicy 0")]
    // A user of another account: both sides.
    [InlineData("bob", null, null, "NoResourceAllow")]
    [InlineData("bob", Yes, null, "NoResourceAllow")]
    [InlineData("bob", null, ToBob, "NoIdentityAllow")]
    [InlineData("bob", No, ToBob, "NoIdentityAllow")]
    [InlineData("bob", Yes, ToBob, "BothAccounts 0")]
    [InlineData("bob", Yes, ToAbroad, "BothAccounts 0")]
    [InlineData("bob", null, ToAbroad, "NoIdentityAllow")]
    [InlineData("bob", Yes, ToAll, "BothAccounts 0")]
    [InlineData("bob", null, ToAll, "NoIdentityAllow")]
    [InlineData("bob", Yes, ToAlice, "NoResourceAllow")]
    [InlineData("bob", Yes, ToHome, "NoResourceAllow")]
    [InlineData("bob", Never, ToBob, "DenyStatement 0")]
    [InlineData("bob", Yes, ToBob + " + " + ToNobody, "DenyStatement 1")]
    // Its root needs the resource's side alone, its sessions both.
    [InlineData("bobroot", null, null, "NoResourceAllow")]
    [InlineData("bobroot", null, ToAbroad, "BothAccounts 0")]
    [InlineData("bobroot", null, ToBob, "NoResourceAllow")]
    [InlineData("bobroot", null, ToAll, "BothAccounts 0")]
    [InlineData("robot", Yes, ToRobot, "BothAccounts 0")]
    [InlineData("robot", null, ToRobot, "NoIdentityAllow")]
    [InlineData("robot", Yes, ToRobotSession, "BothAccounts 0")]
    [InlineData("robot", null, ToRobotSession, "NoIdentityAllow")]
    [InlineData("robot", Yes, ToAbroad, "BothAccounts 0")]
    // Nobody in particular, and a service.
    [InlineData("anonymous", null, null, "NoResourceAllow")]
    [InlineData("anonymous", null, ToAll, "ResourcePolicy 0")]
    [InlineData("anonymous", null, ToHome, "NoResourceAllow")]
    [InlineData("anonymous", null, ToAll + " + " + ToNobody, "DenyStatement 1")]
    [InlineData("logging", null, null, "NoResourceAllow")]
    [InlineData("logging", null, ToAll, "ResourcePolicy 0")]
    public void Both_sides(string caller, string? identity, string? bucket, string expected) =>
        Assert.Equal(expected, new Scene { Caller = caller, Identity = identity, Bucket = bucket }.Decide());

    [Theory]
    [InlineData("alice", null, "NoIdentityAllow")]
    [InlineData("alice", Yes, "IdentityPolicy 0")]
    [InlineData("bob", Yes, "IdentityPolicy 0")]
    [InlineData("bobroot", null, "Root")]
    [InlineData("anonymous", null, "NoResourceAllow")]
    public void What_is_nobodys_yet(string caller, string? identity, string expected) => Assert.Equal(
        expected,
        new Scene { Caller = caller, Action = "s3:CreateBucket", Resource = "new", Owner = null, Identity = identity }.Decide());

    /// <summary>An access control list is an allow on the resource's side.</summary>
    [Theory]
    [InlineData("anonymous", ResourceGrant.None, null, null, "NoResourceAllow")]
    [InlineData("anonymous", ResourceGrant.Everybody, null, null, "AccessControlList")]
    [InlineData("anonymous", ResourceGrant.Everybody, null, ToNobody, "DenyStatement 0")]
    [InlineData("anonymous", ResourceGrant.Everybody, null, ToBob, "AccessControlList")]
    [InlineData("anonymous", ResourceGrant.Everybody, null, ToAll, "ResourcePolicy 0")]
    [InlineData("alice", ResourceGrant.Everybody, null, null, "AccessControlList")]
    [InlineData("alice", ResourceGrant.Account, null, null, "NoIdentityAllow")]
    [InlineData("alice", ResourceGrant.Account, Yes, null, "IdentityPolicy 0")]
    [InlineData("alice", ResourceGrant.Everybody, Never, null, "DenyStatement 0")]
    [InlineData("alice", ResourceGrant.Everybody, null, ToHome, "AccessControlList")]
    [InlineData("bob", ResourceGrant.Account, Yes, null, "BothAccounts")]
    [InlineData("bob", ResourceGrant.Account, null, null, "NoIdentityAllow")]
    [InlineData("bob", ResourceGrant.Everybody, Yes, null, "BothAccounts")]
    [InlineData("bob", ResourceGrant.Everybody, null, null, "NoIdentityAllow")]
    [InlineData("bob", ResourceGrant.None, Yes, null, "NoResourceAllow")]
    [InlineData("bobroot", ResourceGrant.Account, null, null, "BothAccounts")]
    [InlineData("bobroot", ResourceGrant.Account, null, ToNobody, "DenyStatement 0")]
    public void Access_control_lists(string caller, object grant, string? identity, string? bucket, string expected) =>
        Assert.Equal(
            expected,
            new Scene { Caller = caller, Identity = identity, Bucket = bucket, Grant = (ResourceGrant)grant }.Decide());

    [Fact]
    public void The_policy_that_decides_is_named()
    {
        PolicyDocument Of(string statements) => Scene.Document(PolicyKind.Identity, statements);
        var decision = PolicyDecision.Decide(
            new()
            {
                Identity =
                [
                    new(PolicySource.GroupManaged, "arn:aws:iam::aws:policy/A", "staff", Of("Allow iam:* on *")),
                    new(PolicySource.UserInline, "own", "alice", Of("Allow iam:* on * + Allow s3:* on *")),
                    new(PolicySource.UserManaged, "arn:aws:iam::aws:policy/B", "alice", Of("Deny s3:Put* on *")),
                ],
            },
            new()
            {
                Principal = PolicyPrincipal.User(Scene.Home, Scene.HomeCanonicalId, "arn:aws:iam::111122223333:user/alice"),
                Action = "s3:GetObject",
                Resource = "arn:aws:s3:::bucket/key",
                ResourceAccountId = Scene.Home,
                Conditions = ConditionTable.Empty,
            });
        Assert.True(decision.IsAllowed);
        Assert.Equal("UserInline own of alice", decision.Policy!.ToString());
        Assert.Equal(1, decision.Statement!.Index);
    }
}
