using System.Globalization;
using ObjectServer.Identity;
using ObjectServer.Sts;

namespace ObjectServer.Tests.Sts;

public sealed class SessionsTests
{
    private const string ByHome = """ "AWS":"000000000000" """;

    [Fact]
    public async Task A_session_ends_when_its_time_is_up()
    {
        await using var rig = await StsRig.OpenAsync();
        var answer = await rig.CallAsync("GetSessionToken", rig.CallerOf(await rig.PutUserAsync(StsRig.Home, "alice")), ("DurationSeconds", "900"));

        rig.Clock.Now += TimeSpan.FromSeconds(899);
        Assert.Equal("alice", rig.Signed(answer).UserName);
        rig.Clock.Now += TimeSpan.FromSeconds(1);
        Assert.Equal((null, "ExpiredToken"), (rig.Find(answer).Signer, rig.Find(answer).Refusal?.Code));
    }

    [Fact]
    public async Task A_token_is_good_with_its_own_key_and_on_its_own_server_alone()
    {
        await using var rig = await StsRig.OpenAsync();
        var caller = rig.CallerOf(await rig.PutUserAsync(StsRig.Home, "alice"));
        var (one, other) = (await rig.CallAsync("GetSessionToken", caller), await rig.CallAsync("GetSessionToken", caller));
        var (id, token) = (one.Descendants("AccessKeyId").Single().Value, other.Descendants("SessionToken").Single().Value);

        Assert.Equal("InvalidToken", rig.Sessions.Find(id, token).Refusal?.Code);
        Assert.Equal("InvalidToken", rig.Sessions.Find(id, "garbage").Refusal?.Code);
        var elsewhere = new Sessions(
            ObjectServer.Encryption.MasterKey.Of([.. Enumerable.Repeat((byte)7, 32)]), () => rig.Identities, rig.Clock);
        Assert.Equal(
            "InvalidToken", elsewhere.Find(other.Descendants("AccessKeyId").Single().Value, token).Refusal?.Code);
    }

    [Fact]
    public async Task A_session_ends_with_its_user_or_role_and_a_later_one_of_the_name_does_not_bring_it_back()
    {
        await using var rig = await StsRig.OpenAsync();
        var user = await rig.PutUserAsync(StsRig.Home, "alice", StsRig.Allow("sts:AssumeRole", "*"));
        var role = await rig.PutRoleAsync(StsRig.Trust(ByHome));
        var own = await rig.CallAsync("GetSessionToken", rig.CallerOf(user));
        var assumed = await rig.AssumeAsync(rig.CallerOf(user), role);
        _ = (rig.Signed(own), rig.Signed(assumed));

        await rig.ChangeAsync(change =>
        {
            change.Remove(user);
            change.Remove(role);
        });
        await rig.PutUserAsync(StsRig.Home, "alice");
        await rig.PutRoleAsync(StsRig.Trust(ByHome));

        Assert.Equal((null, null), rig.Find(own));
        Assert.Equal((null, null), rig.Find(assumed));
    }

    [Fact]
    public async Task Policies_of_the_role_count_as_they_are_now()
    {
        await using var rig = await StsRig.OpenAsync();
        var user = await rig.PutUserAsync(StsRig.Home, "alice", StsRig.Allow("sts:AssumeRole", "*"));
        var role = await rig.PutRoleAsync(StsRig.Trust(ByHome));
        var answer = await rig.AssumeAsync(rig.CallerOf(user), role);
        Assert.True(rig.MayRead(rig.Signed(answer), "a"));

        // What AWS's console writes to revoke sessions.
        var since = rig.Clock.Now.AddSeconds(1).UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
        await rig.ChangeAsync(change => change.Put(role with
        {
            InlinePolicies = role.InlinePolicies.Add("AWSRevokeOlderSessions", new PolicyText(StsRig.Policy(
                $$"""{"Effect":"Deny","Action":"*","Resource":"*","Condition":{"DateLessThan":{"aws:TokenIssueTime":"{{since}}"} } }"""))),
        }));
        Assert.False(rig.MayRead(rig.Signed(answer), "a"));

        rig.Clock.Now += TimeSpan.FromSeconds(2);
        Assert.True(rig.MayRead(rig.Signed(await rig.AssumeAsync(rig.CallerOf(user), role)), "a"));
    }

    [Fact]
    public async Task Who_signs_is_made_once_for_each_state_of_the_directory()
    {
        await using var rig = await StsRig.OpenAsync();
        var answer = await rig.CallAsync("GetSessionToken", rig.CallerOf(await rig.PutUserAsync(StsRig.Home, "alice")));
        var first = rig.Find(answer).Signer;

        Assert.Same(first, rig.Find(answer).Signer);
        await rig.PutUserAsync(StsRig.Home, "bob");
        var later = rig.Find(answer).Signer;
        Assert.NotSame(first, later);
        Assert.Same(first!.Key, later!.Key);
    }

    [Fact]
    public async Task More_sessions_than_are_remembered_are_good_all_the_same()
    {
        await using var rig = await StsRig.OpenAsync();
        var caller = rig.CallerOf(await rig.PutUserAsync(StsRig.Home, "alice"));
        var first = await rig.CallAsync("GetSessionToken", caller);
        for (var count = 0; count < 4200; count++)
        {
            _ = rig.Signed(await rig.CallAsync("GetSessionToken", caller));
        }

        Assert.Equal("alice", rig.Signed(first).UserName);
    }
}
