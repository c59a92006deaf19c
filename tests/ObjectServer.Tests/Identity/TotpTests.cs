using System.Text;
using ObjectServer.Identity;

namespace ObjectServer.Tests.Identity;

public sealed class TotpTests
{
    private static readonly byte[] Seed = Encoding.ASCII.GetBytes("12345678901234567890");

    [Theory]
    [InlineData(59, "287082")]
    [InlineData(1_111_111_109, "081804")]
    [InlineData(1_111_111_111, "050471")]
    [InlineData(1_234_567_890, "005924")]
    [InlineData(2_000_000_000, "279037")]
    [InlineData(20_000_000_000, "353130")]
    public void Codes_are_those_of_RFC_6238(long seconds, string code) =>
        Assert.Equal(code, Totp.Code(Seed, Totp.StepOf(DateTimeOffset.FromUnixTimeSeconds(seconds))));

    [Fact]
    public void A_code_counts_once_and_no_earlier_one_after_it()
    {
        var now = DateTimeOffset.FromUnixTimeSeconds(1_234_567_890);
        var step = Totp.StepOf(now);

        Assert.Equal(step, Totp.Find(Seed, Totp.Code(Seed, step), now, lastStep: step - 1));
        Assert.Null(Totp.Find(Seed, Totp.Code(Seed, step), now, lastStep: step));
        Assert.Null(Totp.Find(Seed, Totp.Code(Seed, step - 1), now, lastStep: step));
        Assert.Equal(step + 1, Totp.Find(Seed, Totp.Code(Seed, step + 1), now, lastStep: step));
    }

    [Fact]
    public void A_clock_may_be_off_by_a_step_and_no_more()
    {
        var now = DateTimeOffset.FromUnixTimeSeconds(1_234_567_890);
        var step = Totp.StepOf(now);

        Assert.NotNull(Totp.Find(Seed, Totp.Code(Seed, step - 1), now, lastStep: 0));
        Assert.Null(Totp.Find(Seed, Totp.Code(Seed, step - 2), now, lastStep: 0));
        Assert.Null(Totp.Find(Seed, Totp.Code(Seed, step + 2), now, lastStep: 0));
        Assert.Null(Totp.Find(Seed, "", now, lastStep: 0));
        Assert.Null(Totp.Find(Seed, "12345678", now, lastStep: 0));
    }

    [Fact]
    public void Two_codes_are_taken_in_a_row_alone()
    {
        var now = DateTimeOffset.FromUnixTimeSeconds(1_234_567_890);
        var step = Totp.StepOf(now);

        Assert.Equal(step + 1, Totp.FindPair(Seed, Totp.Code(Seed, step), Totp.Code(Seed, step + 1), now));
        Assert.Equal(step - 9, Totp.FindPair(Seed, Totp.Code(Seed, step - 10), Totp.Code(Seed, step - 9), now));
        Assert.Null(Totp.FindPair(Seed, Totp.Code(Seed, step + 1), Totp.Code(Seed, step), now));
        Assert.Null(Totp.FindPair(Seed, Totp.Code(Seed, step), Totp.Code(Seed, step + 2), now));
        Assert.Null(Totp.FindPair(Seed, Totp.Code(Seed, step - 30), Totp.Code(Seed, step - 29), now));
    }

    [Fact]
    public async Task A_code_that_was_spent_is_spent_for_everybody()
    {
        await using var rig = await DirectoryRig.OpenAsync();
        var device = new MfaDevice
        {
            AccountId = Account.FirstId,
            Created = default,
            Name = "phone",
            Seed = new(Seed),
            Enabled = DateTimeOffset.UnixEpoch,
        };
        await rig.ChangeAsync(change => change.Put(device));
        var code = Totp.Code(Seed, Totp.StepOf(TimeProvider.System.GetUtcNow()));

        var spent = await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => SpendAsync(device.SerialNumber)));

        Assert.Single(spent, taken => taken);
        Assert.False(await SpendAsync("arn:aws:iam::000000000000:mfa/other"));

        Task<bool> SpendAsync(string serial) => MfaCodes.SpendAsync(
            rig.Directory, Account.FirstId, userId: null, serial, code, TestContext.Current.CancellationToken).AsTask();
    }
}
