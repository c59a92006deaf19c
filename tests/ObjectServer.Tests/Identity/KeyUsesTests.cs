using System.Globalization;
using ObjectServer.Identity;

namespace ObjectServer.Tests.Identity;

public sealed class KeyUsesTests
{
    private static readonly DateTimeOffset Time =
        DateTimeOffset.Parse("2026-09-21T14:13:20Z", CultureInfo.InvariantCulture);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_was_used_is_known_to_the_minute_and_after_a_restart()
    {
        await using var rig = await DirectoryRig.OpenAsync();
        await rig.ChangeAsync(change => change.Put(new AccessKey("AKIA1", "s")));
        var uses = await KeyUses.OpenAsync(rig.Store.Documents, "eu-west-1", Cancellation);
        var caller = rig.Directory.Current.FindSigner("AKIA1")!.Caller;
        Assert.Null(uses.Find("AKIA1"));

        uses.Note(caller, Time, "s3");
        uses.Note(caller, Time.AddSeconds(30), "s3");
        Assert.Equal(new KeyUse(Time, "s3", "eu-west-1"), uses.Find("AKIA1"));
        uses.Note(caller, Time.AddSeconds(31), "iam");
        Assert.Equal("iam", uses.Find("AKIA1")!.Service);

        await uses.WriteAsync(rig.Directory.Current);
        var later = await KeyUses.OpenAsync(rig.Store.Documents, "eu-west-1", Cancellation);
        Assert.Equal(uses.Find("AKIA1"), later.Find("AKIA1"));
        Assert.Equal(
            """{"time":"2026-09-21T14:13:51+00:00","service":"iam","region":"eu-west-1"}""",
            System.Text.Encoding.UTF8.GetString(
                (await rig.Store.Documents.ReadAsync("key-use/AKIA1", Cancellation)).Bytes.Span));
    }

    [Fact]
    public async Task What_is_gone_is_forgotten()
    {
        await using var rig = await DirectoryRig.OpenAsync();
        await rig.ChangeAsync(change => change.Put(new AccessKey("AKIA1", "s")));
        var uses = await KeyUses.OpenAsync(rig.Store.Documents, "eu-west-1", Cancellation);
        uses.Note(rig.Directory.Current.FindSigner("AKIA1")!.Caller, Time, "s3");
        await uses.WriteAsync(rig.Directory.Current);

        await rig.ChangeAsync(change => change.Remove(change.Identities.FindKey("AKIA1")!));
        await uses.WriteAsync(rig.Directory.Current);

        Assert.Null(uses.Find("AKIA1"));
        Assert.False((await rig.Store.Documents.ReadAsync("key-use/AKIA1", Cancellation)).Exists);
    }

    [Fact]
    public async Task A_session_of_a_role_uses_the_role_and_other_sessions_use_nothing()
    {
        await using var rig = await DirectoryRig.OpenAsync();
        var uses = await KeyUses.OpenAsync(rig.Store.Documents, "eu-west-1", Cancellation);
        var root = rig.Directory.Current.FindSigner("ROOT")!.Caller;

        uses.Note(root with { AccessKeyId = "ASIA1", TokenIssueTime = Time }, Time, "s3");
        uses.Note(root with { AccessKeyId = "ASIA2", TokenIssueTime = Time, RoleId = "AROA1" }, Time, "s3");
        uses.Note(Caller.Anonymous, Time, "s3");

        Assert.Null(uses.Find("ASIA1"));
        Assert.Null(uses.Find("ASIA2"));
        Assert.NotNull(uses.Find("AROA1"));
    }

    [Fact]
    public async Task What_is_new_is_written_when_the_server_ends()
    {
        await using var rig = await DirectoryRig.OpenAsync();
        var uses = await KeyUses.OpenAsync(rig.Store.Documents, "eu-west-1", Cancellation);
        uses.Note(rig.Directory.Current.FindSigner("ROOT")!.Caller, Time, "s3");
        using var closing = new CancellationTokenSource();
        var keeping = uses.KeepAsync(() => rig.Directory.Current, TimeProvider.System, closing.Token);

        await closing.CancelAsync();
        await keeping;

        Assert.True((await rig.Store.Documents.ReadAsync("key-use/ROOT", Cancellation)).Exists);
    }
}
