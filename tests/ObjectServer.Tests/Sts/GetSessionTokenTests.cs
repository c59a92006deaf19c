using ObjectServer.Identity;

namespace ObjectServer.Tests.Sts;

public sealed class GetSessionTokenTests
{
    [Fact]
    public async Task A_session_of_a_user_is_the_user()
    {
        await using var rig = await StsRig.OpenAsync();
        var user = await rig.PutUserAsync(StsRig.Home, "alice", StsRig.Allow("s3:GetObject", "*"));
        var caller = rig.Signed(await rig.CallAsync("GetSessionToken", rig.CallerOf(user)));

        Assert.Equal((CallerKind.User, user.Arn, user.Id, "alice"), (caller.Kind, caller.Arn, caller.UserId, caller.UserName));
        Assert.Equal(rig.Clock.Now.AddHours(12), caller.TokenExpiration);
        Assert.True(caller.IsTemporary);
        Assert.True(rig.MayRead(caller, "a"));
    }

    [Fact]
    public async Task A_session_of_the_root_is_the_root_for_an_hour()
    {
        await using var rig = await StsRig.OpenAsync();
        var root = Caller.Root(rig.Identities.FindAccount(StsRig.Home)!.Account, "ROOT");
        var caller = rig.Signed(await rig.CallAsync("GetSessionToken", root, ("DurationSeconds", "129600")));

        Assert.Equal((CallerKind.Root, root.Arn), (caller.Kind, caller.Arn));
        Assert.Equal(rig.Clock.Now.AddHours(1), caller.TokenExpiration);
    }

    [Fact]
    public async Task No_session_begins_one_of_its_own()
    {
        await using var rig = await StsRig.OpenAsync();
        var caller = rig.Signed(await rig.CallAsync(
            "GetSessionToken", rig.CallerOf(await rig.PutUserAsync(StsRig.Home, "alice"))));

        Assert.Equal("AccessDenied", await StsRig.RefusalAsync(() => rig.CallAsync("GetSessionToken", caller)));
    }
}
