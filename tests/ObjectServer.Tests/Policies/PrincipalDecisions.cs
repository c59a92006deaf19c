namespace ObjectServer.Tests.Policies;

/// <summary>Who is meant. https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html</summary>
public sealed class PrincipalDecisions
{
    /// <summary>A bucket's policy alone, in the caller's own account: who is named closely enough needs no other.</summary>
    [Theory]
    [InlineData("*", "alice", "ResourcePolicy 0")]
    [InlineData("*", "anonymous", "ResourcePolicy 0")]
    [InlineData("*", "worker", "ResourcePolicy 0")]
    [InlineData("*", "logging", "ResourcePolicy 0")]
    [InlineData("AWS=*", "alice", "ResourcePolicy 0")]
    [InlineData("AWS=*", "anonymous", "ResourcePolicy 0")]
    [InlineData("AWS=arn:aws:iam::111122223333:user/staff/alice", "alice", "ResourcePolicy 0")]
    [InlineData("AWS=arn:aws:iam::111122223333:user/staff/Alice", "alice", "NoIdentityAllow")]
    [InlineData("AWS=arn:aws:iam::111122223333:user/alice", "alice", "NoIdentityAllow")]
    [InlineData("AWS=arn:aws:iam::111122223333:user/staff/alice", "worker", "NoIdentityAllow")]
    [InlineData("AWS=arn:aws:iam::111122223333:user/staff/alice", "anonymous", "NoResourceAllow")]
    [InlineData("AWS=arn:aws:iam::111122223333:user/staff/alice", "root", "Root")]
    [InlineData("AWS=111122223333", "alice", "NoIdentityAllow")]
    [InlineData("AWS=arn:aws:iam::111122223333:root", "alice", "NoIdentityAllow")]
    [InlineData("AWS=111122223333", "root", "ResourcePolicy 0")]
    [InlineData("AWS=arn:aws:iam::111122223333:root", "root", "ResourcePolicy 0")]
    [InlineData("AWS=111122223333", "anonymous", "NoResourceAllow")]
    [InlineData("AWS=111122223333", "logging", "NoResourceAllow")]
    [InlineData("CanonicalUser=1111111111111111111111111111111111111111111111111111111111111111", "root", "ResourcePolicy 0")]
    [InlineData("CanonicalUser=1111111111111111111111111111111111111111111111111111111111111111", "alice", "NoIdentityAllow")]
    [InlineData("CanonicalUser=4444444444444444444444444444444444444444444444444444444444444444", "root", "Root")]
    [InlineData("AWS=arn:aws:iam::111122223333:role/jobs/worker", "worker", "ResourcePolicy 0")]
    [InlineData("AWS=arn:aws:iam::111122223333:role/worker", "worker", "NoIdentityAllow")]
    [InlineData("AWS=arn:aws:sts::111122223333:assumed-role/worker/night", "worker", "ResourcePolicy 0")]
    [InlineData("AWS=arn:aws:sts::111122223333:assumed-role/worker/day", "worker", "NoIdentityAllow")]
    [InlineData("AWS=arn:aws:sts::111122223333:federated-user/guest", "guest", "ResourcePolicy 0")]
    [InlineData("AWS=arn:aws:iam::111122223333:user/staff/alice", "guest", "NoSessionAllow")]
    [InlineData("Federated=cognito-identity.amazonaws.com", "worker", "ResourcePolicy 0")]
    [InlineData("Federated=cognito-identity.amazonaws.com", "cognito", "ResourcePolicy 0")]
    [InlineData("Federated=graph.facebook.com", "worker", "NoIdentityAllow")]
    [InlineData("Federated=cognito-identity.amazonaws.com", "alice", "NoIdentityAllow")]
    [InlineData("Service=logging.s3.amazonaws.com", "logging", "ResourcePolicy 0")]
    [InlineData("Service=cloudtrail.amazonaws.com", "logging", "NoResourceAllow")]
    [InlineData("Service=logging.s3.amazonaws.com", "alice", "NoIdentityAllow")]
    [InlineData("AWS=444455556666|AWS=arn:aws:iam::111122223333:user/staff/alice", "alice", "ResourcePolicy 0")]
    [InlineData("Service=logging.s3.amazonaws.com|AWS=*", "alice", "ResourcePolicy 0")]
    [InlineData("not:AWS=arn:aws:iam::111122223333:user/staff/alice", "alice", "NoIdentityAllow")]
    [InlineData("not:AWS=arn:aws:iam::111122223333:user/staff/alice", "worker", "ResourcePolicy 0")]
    [InlineData("not:AWS=arn:aws:iam::111122223333:user/staff/alice", "anonymous", "ResourcePolicy 0")]
    [InlineData("not:AWS=111122223333", "alice", "NoIdentityAllow")]
    [InlineData("not:AWS=111122223333", "anonymous", "ResourcePolicy 0")]
    [InlineData("not:AWS=arn:aws:iam::111122223333:role/jobs/worker", "worker", "NoIdentityAllow")]
    [InlineData("not:AWS=*", "anonymous", "NoResourceAllow")]
    public void An_allow_on_the_bucket(string principals, string caller, string expected) => Assert.Equal(
        expected, new Scene { Caller = caller, Bucket = $"Allow for {principals} s3:GetObject on bucket/*" }.Decide());

    /// <summary>A denial on the bucket, where all else allows.</summary>
    [Theory]
    [InlineData("*", "alice", true)]
    [InlineData("*", "root", true)]
    [InlineData("*", "anonymous", true)]
    [InlineData("*", "logging", true)]
    [InlineData("AWS=111122223333", "alice", true)]
    [InlineData("AWS=111122223333", "root", true)]
    [InlineData("AWS=111122223333", "worker", true)]
    [InlineData("AWS=111122223333", "bob", false)]
    [InlineData("AWS=arn:aws:iam::111122223333:user/staff/alice", "alice", true)]
    [InlineData("AWS=arn:aws:iam::111122223333:user/staff/alice", "guest", true)]
    [InlineData("AWS=arn:aws:iam::111122223333:user/staff/alice", "worker", false)]
    [InlineData("AWS=arn:aws:iam::111122223333:role/jobs/worker", "worker", true)]
    [InlineData("AWS=arn:aws:sts::111122223333:assumed-role/worker/night", "worker", true)]
    [InlineData("AWS=arn:aws:sts::111122223333:assumed-role/worker/day", "worker", false)]
    [InlineData("CanonicalUser=4444444444444444444444444444444444444444444444444444444444444444", "bob", true)]
    [InlineData("CanonicalUser=4444444444444444444444444444444444444444444444444444444444444444", "alice", false)]
    // Whom a denial leaves out must be left out with the account, and with the role of a session.
    [InlineData("not:AWS=arn:aws:iam::444455556666:user/bob|AWS=arn:aws:iam::444455556666:root", "bob", false)]
    [InlineData("not:AWS=arn:aws:iam::444455556666:user/bob", "bob", true)]
    [InlineData("not:AWS=444455556666", "bob", true)]
    [InlineData("not:AWS=444455556666", "bobroot", false)]
    [InlineData("not:AWS=arn:aws:iam::444455556666:user/bob|AWS=444455556666", "alice", true)]
    [InlineData("not:AWS=arn:aws:iam::444455556666:user/bob|AWS=444455556666", "anonymous", true)]
    [InlineData("not:AWS=arn:aws:sts::444455556666:assumed-role/robot/one|AWS=arn:aws:iam::444455556666:role/robot|AWS=444455556666", "robot", false)]
    [InlineData("not:AWS=arn:aws:iam::444455556666:role/robot|AWS=444455556666", "robot", true)]
    [InlineData("not:AWS=arn:aws:sts::444455556666:assumed-role/robot/one|AWS=444455556666", "robot", true)]
    [InlineData("not:AWS=arn:aws:sts::444455556666:assumed-role/robot/two|AWS=arn:aws:iam::444455556666:role/robot|AWS=444455556666", "robot", true)]
    [InlineData("not:Service=logging.s3.amazonaws.com", "logging", false)]
    [InlineData("not:Service=logging.s3.amazonaws.com", "alice", true)]
    [InlineData("not:AWS=*", "alice", false)]
    public void A_denial_on_the_bucket(string principals, string caller, bool denied)
    {
        var decision = new Scene
        {
            Caller = caller,
            Identity = "Allow s3:* on *",
            Session = "Allow s3:* on *",
            Bucket = $"Allow for * s3:GetObject on bucket/* + Deny for {principals} s3:GetObject on bucket/*",
        }.Decide();
        Assert.Equal(denied ? "DenyStatement 1" : caller.StartsWith("bob", StringComparison.Ordinal) || caller == "robot" ? "BothAccounts 0" : "ResourcePolicy 0", decision);
    }

    [Theory]
    [InlineData(null, "BothAccounts 0")]
    [InlineData("Allow s3:* on *", "DenyStatement 1")]
    public void A_denial_leaves_out_nobody_who_has_a_permissions_boundary(string? boundary, string expected) =>
        Assert.Equal(expected, new Scene
        {
            Caller = "bob",
            Identity = "Allow s3:* on *",
            Boundary = boundary,
            Bucket = "Allow for * s3:GetObject on bucket/* + "
                + "Deny for not:AWS=arn:aws:iam::444455556666:user/bob|AWS=444455556666 s3:GetObject on bucket/*",
        }.Decide());

    /// <summary>A role is assumed by who is trusted; an identity policy alone does not do.</summary>
    [Theory]
    [InlineData("AWS=arn:aws:iam::111122223333:user/staff/alice", "alice", null, "ResourcePolicy 0")]
    [InlineData("AWS=111122223333", "alice", null, "NoIdentityAllow")]
    [InlineData("AWS=111122223333", "alice", "Allow sts:AssumeRole on *", "IdentityPolicy 0")]
    [InlineData("AWS=444455556666", "alice", "Allow sts:AssumeRole on *", "NoResourceAllow")]
    [InlineData("AWS=444455556666", "bob", "Allow sts:AssumeRole on *", "BothAccounts 0")]
    [InlineData("AWS=444455556666", "bob", null, "NoIdentityAllow")]
    [InlineData("AWS=arn:aws:iam::444455556666:user/bob", "bob", null, "NoIdentityAllow")]
    [InlineData("AWS=arn:aws:iam::444455556666:user/bob", "bob", "Allow sts:AssumeRole on *", "BothAccounts 0")]
    [InlineData("AWS=arn:aws:iam::111122223333:role/jobs/worker", "worker", null, "ResourcePolicy 0")]
    [InlineData("Service=logging.s3.amazonaws.com", "logging", null, "ResourcePolicy 0")]
    [InlineData("Service=logging.s3.amazonaws.com", "alice", "Allow sts:* on *", "NoResourceAllow")]
    public void Trust(string principals, string caller, string? identity, string expected) => Assert.Equal(expected, new Scene
    {
        Caller = caller,
        Action = "sts:AssumeRole",
        Resource = "arn:aws:iam::111122223333:role/target",
        Identity = identity,
        Trust = $"Allow for {principals} sts:AssumeRole",
    }.Decide());

    [Theory]
    [InlineData("cognito-identity.amazonaws.com", "eu:1", "ResourcePolicy 0")]
    [InlineData("cognito-identity.amazonaws.com", "eu:2", "NoResourceAllow")]
    [InlineData("accounts.google.com", "eu:1", "NoResourceAllow")]
    public void Trust_in_a_provider(string provider, string audience, string expected) => Assert.Equal(expected, new Scene
    {
        Caller = "cognito",
        Action = "sts:AssumeRoleWithWebIdentity",
        Resource = "arn:aws:iam::111122223333:role/target",
        Keys = $"cognito-identity.amazonaws.com:aud={audience}",
        Trust = $"Allow for Federated={provider} sts:AssumeRoleWithWebIdentity "
            + "if {'StringEquals':{'cognito-identity.amazonaws.com:aud':'eu:1'}}",
    }.Decide());
}
