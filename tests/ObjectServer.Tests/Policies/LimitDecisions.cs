namespace ObjectServer.Tests.Policies;

/// <summary>
/// Permissions boundaries and session policies, and what on the resource they do not limit.
/// https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html
/// </summary>
public sealed class LimitDecisions
{
    private const string Yes = "Allow s3:* on *";
    private const string No = "Allow iam:* on *";
    private const string Never = "Deny s3:* on *";
    private const string Alice = "AWS=arn:aws:iam::111122223333:user/staff/alice";
    private const string Role = "AWS=arn:aws:iam::111122223333:role/jobs/worker";
    private const string Session = "AWS=arn:aws:sts::111122223333:assumed-role/worker/night";
    private const string Guest = "AWS=arn:aws:sts::111122223333:federated-user/guest";
    private const string Account = "AWS=111122223333";

    /// <summary>Identity policy, boundary, session policy, principals that the bucket's policy allows.</summary>
    [Theory]
    // A user and the boundary: what both allow.
    [InlineData("alice", Yes, Yes, null, null, "IdentityPolicy 0")]
    [InlineData("alice", Yes, No, null, null, "NoBoundaryAllow")]
    [InlineData("alice", No, Yes, null, null, "NoIdentityAllow")]
    [InlineData("alice", null, Yes, null, null, "NoIdentityAllow")]
    [InlineData("alice", Yes, Never, null, null, "DenyStatement 0")]
    [InlineData("alice", Yes, Yes + " + " + Never, null, null, "DenyStatement 1")]
    // What the bucket grants to the user itself, a boundary that does not allow takes not away; one that denies does.
    [InlineData("alice", null, No, null, Alice, "ResourcePolicy 0")]
    [InlineData("alice", Yes, No, null, Alice, "ResourcePolicy 0")]
    [InlineData("alice", Yes, Never, null, Alice, "DenyStatement 0")]
    [InlineData("alice", Yes, No, null, "*", "ResourcePolicy 0")]
    [InlineData("alice", Yes, No, null, Account, "NoBoundaryAllow")]
    [InlineData("alice", Yes, Yes, null, Account, "IdentityPolicy 0")]
    // A role session without a policy of its own has what the role has.
    [InlineData("worker", Yes, null, null, null, "IdentityPolicy 0")]
    [InlineData("worker", No, null, null, null, "NoIdentityAllow")]
    [InlineData("worker", Yes, No, null, null, "NoBoundaryAllow")]
    [InlineData("worker", Yes, Yes, null, null, "IdentityPolicy 0")]
    // With one: what both allow.
    [InlineData("worker", Yes, null, Yes, null, "IdentityPolicy 0")]
    [InlineData("worker", Yes, null, No, null, "NoSessionAllow")]
    [InlineData("worker", No, null, Yes, null, "NoIdentityAllow")]
    [InlineData("worker", Yes, null, Never, null, "DenyStatement 0")]
    [InlineData("worker", Yes, Yes, Yes, null, "IdentityPolicy 0")]
    [InlineData("worker", Yes, Yes, No, null, "NoSessionAllow")]
    [InlineData("worker", Yes, No, Yes, null, "NoBoundaryAllow")]
    // What the bucket grants to the role: within the session's limits.
    [InlineData("worker", null, null, null, Role, "ResourcePolicy 0")]
    [InlineData("worker", No, null, null, Role, "ResourcePolicy 0")]
    [InlineData("worker", null, null, Yes, Role, "ResourcePolicy 0")]
    [InlineData("worker", null, null, No, Role, "NoSessionAllow")]
    [InlineData("worker", null, No, null, Role, "NoBoundaryAllow")]
    [InlineData("worker", null, Yes, Yes, Role, "ResourcePolicy 0")]
    [InlineData("worker", Never, null, null, Role, "DenyStatement 0")]
    // To the session: whatever the limits do not deny.
    [InlineData("worker", null, null, null, Session, "ResourcePolicy 0")]
    [InlineData("worker", null, null, No, Session, "ResourcePolicy 0")]
    [InlineData("worker", null, No, No, Session, "ResourcePolicy 0")]
    [InlineData("worker", null, null, Never, Session, "DenyStatement 0")]
    [InlineData("worker", null, Never, null, Session, "DenyStatement 0")]
    [InlineData("worker", null, No, No, "*", "ResourcePolicy 0")]
    [InlineData("worker", null, null, No, Role + "|" + Session, "ResourcePolicy 0")]
    // To the account: what the role and its limits allow.
    [InlineData("worker", null, null, null, Account, "NoIdentityAllow")]
    [InlineData("worker", Yes, null, No, Account, "NoSessionAllow")]
    [InlineData("worker", Yes, null, Yes, Account, "IdentityPolicy 0")]
    // A federated user without a policy for the session can do nothing, but what the bucket grants to the session.
    [InlineData("guest", Yes, null, null, null, "NoSessionAllow")]
    [InlineData("guest", Yes, null, Yes, null, "IdentityPolicy 0")]
    [InlineData("guest", Yes, null, No, null, "NoSessionAllow")]
    [InlineData("guest", No, null, Yes, null, "NoIdentityAllow")]
    [InlineData("guest", Yes, No, Yes, null, "NoBoundaryAllow")]
    [InlineData("guest", null, null, null, Guest, "ResourcePolicy 0")]
    [InlineData("guest", null, No, No, Guest, "ResourcePolicy 0")]
    [InlineData("guest", null, null, null, Alice, "NoSessionAllow")]
    [InlineData("guest", null, null, Yes, Alice, "ResourcePolicy 0")]
    [InlineData("guest", null, No, Yes, Alice, "NoBoundaryAllow")]
    [InlineData("guest", null, null, Never, Guest, "DenyStatement 0")]
    // The root federates all that it has, within the session's policy.
    [InlineData("rootguest", null, null, Yes, null, "Root")]
    [InlineData("rootguest", null, null, null, null, "NoSessionAllow")]
    [InlineData("rootguest", null, null, No, null, "NoSessionAllow")]
    // A boundary is nothing to the root.
    [InlineData("root", null, No, null, null, "Root")]
    public void Limits(
        string caller, string? identity, string? boundary, string? session, string? principals, string expected) =>
        Assert.Equal(expected, new Scene
        {
            Caller = caller,
            Identity = identity,
            Boundary = boundary,
            Session = session,
            Bucket = principals is null ? null : $"Allow for {principals} s3:* on bucket/*",
        }.Decide());

    /// <summary>Across accounts, the caller's side is the caller's policies with all their limits.</summary>
    [Theory]
    [InlineData("bob", Yes, No, null, "AWS=arn:aws:iam::444455556666:user/bob", "NoBoundaryAllow")]
    [InlineData("bob", Yes, Yes, null, "AWS=arn:aws:iam::444455556666:user/bob", "BothAccounts 0")]
    [InlineData("robot", Yes, null, No, "AWS=arn:aws:sts::444455556666:assumed-role/robot/one", "NoSessionAllow")]
    [InlineData("robot", Yes, null, Yes, "AWS=arn:aws:sts::444455556666:assumed-role/robot/one", "BothAccounts 0")]
    [InlineData("robot", Yes, No, Yes, "AWS=arn:aws:iam::444455556666:role/robot", "NoBoundaryAllow")]
    [InlineData("robot", Yes, No, Yes, "*", "NoBoundaryAllow")]
    [InlineData("robot", No, Yes, Yes, "*", "NoIdentityAllow")]
    public void Limits_across_accounts(
        string caller, string? identity, string? boundary, string? session, string principals, string expected) =>
        Limits(caller, identity, boundary, session, principals, expected);
}
