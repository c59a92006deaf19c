using System.Text;
using ObjectServer.Identity;

namespace ObjectServer.Conformance;

/// <summary>A virtual MFA device that a test made over IAM's API.</summary>
/// <param name="SerialNumber">Its ARN.</param>
/// <param name="Seed">What its codes are computed from.</param>
internal sealed record MfaCases(string SerialNumber, byte[] Seed)
{
    /// <summary>A device that is nobody's yet.</summary>
    public static async Task<MfaCases> CreateAsync(ServerFixture server)
    {
        var made = await server.IamAsync("CreateVirtualMFADevice", ("VirtualMFADeviceName", StsCases.NewName()));
        return new(made.Element("SerialNumber")!, ReadSeed(made));
    }

    /// <summary>A device of a user of the first account, or of its root, whose name is <c>root</c>.</summary>
    public static async Task<MfaCases> EnableAsync(ServerFixture server, string userName)
    {
        var device = await CreateAsync(server);
        await device.SendPairAsync(server, "EnableMFADevice", userName);
        return device;
    }

    /// <summary>The code of this moment, though codes of it were taken before: the device is brought into step for it.</summary>
    public async Task<string> NextCodeAsync(ServerFixture server, string userName = "root")
    {
        await SendPairAsync(server, "ResyncMFADevice", userName);
        return Totp.Code(Seed, Totp.StepOf(TimeProvider.System.GetUtcNow()));
    }

    /// <summary>The same as the header <c>x-amz-mfa</c>.</summary>
    public async Task<string> NextHeaderAsync(ServerFixture server) => $"{SerialNumber} {await NextCodeAsync(server)}";

    /// <summary>Takes it away from the root, and ends it.</summary>
    public async Task DeleteAsync(ServerFixture server)
    {
        await server.IamAsync("DeactivateMFADevice", ("SerialNumber", SerialNumber));
        await server.IamAsync("DeleteVirtualMFADevice", ("SerialNumber", SerialNumber));
    }

    /// <summary>What an application reads from the Base32 of the answer.</summary>
    public static byte[] ReadSeed(RawAnswer made)
    {
        const string alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
        var text = Encoding.ASCII.GetString(Convert.FromBase64String(made.Element("Base32StringSeed")!));
        Assert.Equal(64, text.Length);
        var bits = string.Concat(text.Select(
            c => Convert.ToString(alphabet.IndexOf(c, StringComparison.Ordinal), 2).PadLeft(5, '0')));
        return [.. bits.Chunk(8).Select(chunk => Convert.ToByte(new string(chunk), 2))];
    }

    /// <summary>Two codes of some minutes ago.</summary>
    private Task<RawAnswer> SendPairAsync(ServerFixture server, string action, string userName)
    {
        var step = Totp.StepOf(TimeProvider.System.GetUtcNow()) - 10;
        return server.IamAsync(
            action, ("UserName", userName), ("SerialNumber", SerialNumber),
            ("AuthenticationCode1", Totp.Code(Seed, step - 1)), ("AuthenticationCode2", Totp.Code(Seed, step)));
    }
}
