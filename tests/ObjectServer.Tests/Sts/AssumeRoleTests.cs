using ObjectServer.Identity;

namespace ObjectServer.Tests.Sts;

public sealed class AssumeRoleTests
{
    private const string ByHome = """ "AWS":"000000000000" """;
    private const string ByAway = """ "AWS":"111122223333" """;
    private const string WithTags = """ "sts:AssumeRole","sts:TagSession" """;

    private static readonly string MayAssume = StsRig.Allow("sts:*", "*");

    [Fact]
    public async Task The_session_is_the_role_under_its_own_name()
    {
        await using var rig = await StsRig.OpenAsync();
        var role = await rig.PutRoleAsync(StsRig.Trust(ByHome), role => role with { Tags = [new("team", "red")] });
        var answer = await rig.AssumeAsync(rig.CallerOf(await rig.PutUserAsync(StsRig.Home, "alice", MayAssume)), role);
        var caller = rig.Signed(answer);

        Assert.Equal("arn:aws:sts::000000000000:assumed-role/reader/session", answer.Descendants("Arn").Single().Value);
        Assert.Equal($"{role.Id}:session", answer.Descendants("AssumedRoleId").Single().Value);
        Assert.Empty(answer.Descendants("PackedPolicySize"));
        Assert.StartsWith("ASIA", caller.AccessKeyId, StringComparison.Ordinal);
        Assert.Equal((CallerKind.AssumedRole, role.Arn, "session"), (caller.Kind, caller.RoleArn, caller.SessionName));
        Assert.Equal((rig.Clock.Now, rig.Clock.Now.AddHours(1)), (caller.TokenIssueTime, caller.TokenExpiration));
        Assert.Equal("red", caller.PrincipalTags["TEAM"]);
        Assert.True(rig.MayRead(caller, "a"));
    }

    [Theory]
    [InlineData(ByHome, true, true)]
    [InlineData(ByHome, false, false)]
    [InlineData(""" "AWS":"arn:aws:iam::000000000000:user/alice" """, false, true)]
    [InlineData(""" "AWS":"arn:aws:iam::000000000000:user/bob" """, true, false)]
    [InlineData(ByAway, true, false)]
    public async Task Within_an_account_the_role_trusts_the_user_or_the_account_and_that_the_user(
        string principal, bool hasPolicy, bool isAllowed)
    {
        await using var rig = await StsRig.OpenAsync();
        var role = await rig.PutRoleAsync(StsRig.Trust(principal));
        var user = await rig.PutUserAsync(StsRig.Home, "alice", hasPolicy ? MayAssume : null);

        await AssertAsync(isAllowed, () => rig.AssumeAsync(rig.CallerOf(user), role));
    }

    [Theory]
    [InlineData(ByAway, true, true)]
    [InlineData(ByAway, false, false)]
    [InlineData(""" "AWS":"arn:aws:iam::111122223333:user/alice" """, true, true)]
    [InlineData(""" "AWS":"arn:aws:iam::111122223333:user/alice" """, false, false)]
    [InlineData(ByHome, true, false)]
    public async Task Across_accounts_both_sides_allow(string principal, bool hasPolicy, bool isAllowed)
    {
        await using var rig = await StsRig.OpenAsync();
        var role = await rig.PutRoleAsync(StsRig.Trust(principal));
        var user = await rig.PutUserAsync(StsRig.Away, "alice", hasPolicy ? MayAssume : null);

        await AssertAsync(isAllowed, () => rig.AssumeAsync(rig.CallerOf(user), role));
    }

    [Fact]
    public async Task A_role_that_is_not_there_is_refused_like_one_that_does_not_trust()
    {
        await using var rig = await StsRig.OpenAsync();
        var role = await rig.PutRoleAsync(StsRig.Trust(ByAway));
        var caller = rig.CallerOf(await rig.PutUserAsync(StsRig.Home, "alice", MayAssume));
        var absent = role with { Name = "absent" };
        var elsewhere = role with { AccountId = "999999999999" };

        foreach (var one in (Role[])[role, absent, elsewhere])
        {
            var refusal = await Assert.ThrowsAsync<ObjectServer.Errors.S3Exception>(() => rig.AssumeAsync(caller, one));
            Assert.Equal(
                $"User: {caller.Arn} is not authorized to perform: sts:AssumeRole on resource: {one.Arn}", refusal.Message);
        }
    }

    [Theory]
    [InlineData("right", true)]
    [InlineData("wrong", false)]
    [InlineData(null, false)]
    public async Task An_external_id_is_what_the_role_demands(string? externalId, bool isAllowed)
    {
        await using var rig = await StsRig.OpenAsync();
        var role = await rig.PutRoleAsync(StsRig.Trust(
            ByAway, condition: """{"StringEquals":{"sts:ExternalId":"right"}}"""));
        var caller = rig.CallerOf(await rig.PutUserAsync(StsRig.Away, "alice", MayAssume));

        await AssertAsync(
            isAllowed, () => rig.AssumeAsync(caller, role, externalId is null ? [] : [("ExternalId", externalId)]));
    }

    [Fact]
    public async Task The_root_assumes_no_role()
    {
        await using var rig = await StsRig.OpenAsync();
        var role = await rig.PutRoleAsync(StsRig.Trust(""" "AWS":"*" """));
        var root = Caller.Root(rig.Identities.FindAccount(StsRig.Home)!.Account, "ROOT");

        await AssertAsync(isAllowed: false, () => rig.AssumeAsync(root, role));
    }

    [Fact]
    public async Task Session_policies_limit_and_never_add()
    {
        await using var rig = await StsRig.OpenAsync();
        var role = await rig.PutRoleAsync(StsRig.Trust(ByHome));
        var caller = rig.CallerOf(await rig.PutUserAsync(StsRig.Home, "alice", MayAssume));
        var written = await rig.AssumeAsync(
            caller, role, ("Policy", StsRig.Allow("s3:GetObject", "arn:aws:s3:::photos/public/*")));
        var managed = await rig.AssumeAsync(
            caller, role, ("PolicyArns.member.1.arn", "arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess"));
        var other = await rig.AssumeAsync(caller, role, ("Policy", StsRig.Allow("iam:*", "*")));

        Assert.True(int.Parse(written.Element("PackedPolicySize")!.Value) is > 0 and <= 100);
        Assert.True(rig.MayRead(rig.Signed(written), "public/a"));
        Assert.False(rig.MayRead(rig.Signed(written), "private/a"));
        Assert.True(rig.MayRead(rig.Signed(managed), "private/a"));
        Assert.False(rig.MayRead(rig.Signed(other), "public/a"));
    }

    [Fact]
    public async Task A_managed_policy_that_is_gone_allows_nothing()
    {
        await using var rig = await StsRig.OpenAsync();
        var role = await rig.PutRoleAsync(StsRig.Trust(ByHome));
        var policy = new ManagedPolicy
        {
            AccountId = StsRig.Home,
            Created = rig.Clock.Now,
            Updated = rig.Clock.Now,
            Id = UniqueIds.Policy(),
            Name = "limit",
            Versions = [new(1, new(StsRig.Allow("s3:*", "*")), rig.Clock.Now)],
            DefaultVersion = 1,
            NextVersion = 2,
        };
        await rig.ChangeAsync(change => change.Put(policy));
        var answer = await rig.AssumeAsync(
            rig.CallerOf(await rig.PutUserAsync(StsRig.Home, "alice", MayAssume)), role, ("PolicyArns.member.1.arn", policy.Arn));

        Assert.True(rig.MayRead(rig.Signed(answer), "a"));
        await rig.ChangeAsync(change => change.Remove(policy));
        Assert.False(rig.MayRead(rig.Signed(answer), "a"));
    }

    [Theory]
    [InlineData("Policy", "{", "MalformedPolicyDocument")]
    [InlineData("Policy", "", "ValidationError")]
    [InlineData("PolicyArns.member.1.arn", "arn:aws:iam::aws:policy/NoSuchThing", "ValidationError")]
    [InlineData("PolicyArns.member.1.arn", "arn:aws:iam::111122223333:policy/theirs", "ValidationError")]
    [InlineData("DurationSeconds", "899", "ValidationError")]
    [InlineData("DurationSeconds", "43201", "ValidationError")]
    [InlineData("DurationSeconds", "3601", "ValidationError")]
    [InlineData("DurationSeconds", "an hour", "ValidationError")]
    [InlineData("RoleSessionName", "a", "ValidationError")]
    [InlineData("RoleSessionName", "a/b", "ValidationError")]
    [InlineData("RoleArn", "arn:aws:iam::000000000000:user/alice", "ValidationError")]
    [InlineData("RoleArn", "the-role-called-reader", "ValidationError")]
    [InlineData("ExternalId", "a b", "ValidationError")]
    [InlineData("SourceIdentity", "a b", "ValidationError")]
    [InlineData("SerialNumber", "arn:aws:iam::000000000000:mfa/phone", "AccessDenied")]
    [InlineData("TransitiveTagKeys.member.1", "team", "InvalidParameterValue")]
    [InlineData("ProvidedContexts.member.1.ProviderArn", "arn:aws:iam::aws:contextProvider/x", "ValidationError")]
    public async Task What_is_wrong_is_refused(string name, string value, string code)
    {
        await using var rig = await StsRig.OpenAsync();
        var role = await rig.PutRoleAsync(StsRig.Trust(ByHome));
        var caller = rig.CallerOf(await rig.PutUserAsync(StsRig.Home, "alice", MayAssume));

        // The first of a name counts.
        Assert.Equal(code, await StsRig.RefusalAsync(() => rig.CallAsync(
            "AssumeRole", caller, (name, value), ("RoleArn", role.Arn), ("RoleSessionName", "session"))));
    }

    [Fact]
    public async Task Policies_and_tags_have_so_much_room_and_no_more()
    {
        await using var rig = await StsRig.OpenAsync();
        var role = await rig.PutRoleAsync(StsRig.Trust(ByHome, WithTags));
        var caller = rig.CallerOf(await rig.PutUserAsync(StsRig.Home, "alice", MayAssume));
        (string, string)[] Tags(int count) =>
        [
            .. Enumerable.Range(1, count).SelectMany(number => ((string, string)[])
            [
                ($"Tags.member.{number}.Key", UniqueIds.Secret()), ($"Tags.member.{number}.Value", UniqueIds.Secret()),
            ]),
        ];

        _ = rig.Signed(await rig.AssumeAsync(caller, role, Tags(20)));
        Assert.Equal("PackedPolicyTooLarge", await StsRig.RefusalAsync(() => rig.AssumeAsync(caller, role, Tags(50))));
        Assert.Equal("ValidationError", await StsRig.RefusalAsync(() => rig.AssumeAsync(caller, role, Tags(51))));
        var longest = StsRig.Allow("s3:GetObject", "*").PadRight(2048);
        _ = rig.Signed(await rig.AssumeAsync(caller, role, ("Policy", longest)));
        Assert.Equal(
            "ValidationError", await StsRig.RefusalAsync(() => rig.AssumeAsync(caller, role, ("Policy", longest + " "))));
        Assert.Equal("PackedPolicyTooLarge", await StsRig.RefusalAsync(() => rig.AssumeAsync(
            caller, role, ("Policy", longest), ("PolicyArns.member.1.arn", "arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess"))));
    }

    [Fact]
    public async Task Tags_need_an_action_of_their_own_and_outweigh_those_of_the_role()
    {
        await using var rig = await StsRig.OpenAsync();
        var caller = rig.CallerOf(await rig.PutUserAsync(StsRig.Home, "alice", MayAssume));
        (string, string)[] tags = [("Tags.member.1.Key", "Team"), ("Tags.member.1.Value", "blue")];
        var closed = await rig.PutRoleAsync(StsRig.Trust(ByHome));
        await AssertAsync(isAllowed: false, () => rig.AssumeAsync(caller, closed, tags));

        var open = await rig.PutRoleAsync(
            StsRig.Trust(ByHome, WithTags, """{"StringEqualsIfExists":{"aws:RequestTag/team":"blue"}}"""),
            role => role with { Name = "tagged", Tags = [new("team", "red"), new("stage", "test")] });
        var session = rig.Signed(await rig.AssumeAsync(caller, open, tags));
        Assert.Equal(("blue", "test"), (session.PrincipalTags["team"], session.PrincipalTags["stage"]));
        await AssertAsync(isAllowed: false, () => rig.AssumeAsync(
            caller, open, ("Tags.member.1.Key", "team"), ("Tags.member.1.Value", "green")));
        Assert.Equal("InvalidParameterValue", await StsRig.RefusalAsync(() => rig.AssumeAsync(
            caller, open, [.. tags, ("Tags.member.2.Key", "team"), ("Tags.member.2.Value", "red")])));
    }

    [Fact]
    public async Task A_role_assumed_from_a_role_lasts_an_hour_and_keeps_transitive_tags_and_the_source_identity()
    {
        await using var rig = await StsRig.OpenAsync();
        const string all = """ "sts:AssumeRole","sts:TagSession","sts:SetSourceIdentity" """;
        var caller = rig.CallerOf(await rig.PutUserAsync(StsRig.Home, "alice", MayAssume));
        var first = await rig.PutRoleAsync(StsRig.Trust(ByHome, all), role => role with
        {
            InlinePolicies = PolicyHolder.NoPolicies.Add("policy", new PolicyText(MayAssume)),
        });
        var second = await rig.PutRoleAsync(
            StsRig.Trust($""" "AWS":"{first.Arn}" """, all), role => role with { Name = "second", MaxSessionSeconds = 43_200 });
        var session = rig.Signed(await rig.AssumeAsync(
            caller, first,
            ("Tags.member.1.Key", "team"), ("Tags.member.1.Value", "blue"),
            ("Tags.member.2.Key", "stage"), ("Tags.member.2.Value", "test"),
            ("TransitiveTagKeys.member.1", "Team"), ("SourceIdentity", "alice")));

        var chained = rig.Signed(await rig.AssumeAsync(session, second));
        Assert.Equal(("blue", false), (chained.PrincipalTags["team"], chained.PrincipalTags.ContainsKey("stage")));
        Assert.Equal("alice", chained.SourceIdentity);
        Assert.Equal(
            "ValidationError", await StsRig.RefusalAsync(() => rig.AssumeAsync(session, second, ("DurationSeconds", "3601"))));
        Assert.Equal("InvalidParameterValue", await StsRig.RefusalAsync(() => rig.AssumeAsync(
            session, second, ("Tags.member.1.Key", "TEAM"), ("Tags.member.1.Value", "red"))));
        await AssertAsync(isAllowed: false, () => rig.AssumeAsync(session, second, ("SourceIdentity", "bob")));
    }

    [Fact]
    public async Task A_second_factor_is_what_the_role_demands_and_its_code_counts_once()
    {
        await using var rig = await StsRig.OpenAsync();
        var user = await rig.PutUserAsync(StsRig.Home, "alice", MayAssume);
        var role = await rig.PutRoleAsync(StsRig.Trust(
            ByHome, condition: """{"Bool":{"aws:MultiFactorAuthPresent":"true"}}"""));
        var device = new MfaDevice
        {
            AccountId = StsRig.Home,
            Created = rig.Clock.Now,
            Name = "phone",
            Seed = new([.. Enumerable.Repeat((byte)1, 20)]),
            Enabled = rig.Clock.Now,
            UserId = user.Id,
        };
        await rig.ChangeAsync(change => change.Put(device));
        var code = Totp.Code(device.Seed.Bytes.Span, Totp.StepOf(TimeProvider.System.GetUtcNow()));
        (string, string)[] factor = [("SerialNumber", device.SerialNumber), ("TokenCode", code)];

        await AssertAsync(isAllowed: false, () => rig.AssumeAsync(rig.CallerOf(user), role));
        var session = rig.Signed(await rig.AssumeAsync(rig.CallerOf(user), role, factor));
        Assert.Null(session.MultiFactorTime);
        await AssertAsync(isAllowed: false, () => rig.AssumeAsync(rig.CallerOf(user), role, factor));
    }

    private static async Task AssertAsync(bool isAllowed, Func<Task> call)
    {
        if (isAllowed)
        {
            await call();
        }
        else
        {
            Assert.Equal("AccessDenied", await StsRig.RefusalAsync(call));
        }
    }
}
