using ObjectServer.Identity;

namespace ObjectServer.Conformance;

/// <summary>Virtual MFA devices of IAM.</summary>
public sealed class IamMfaDevices(ServerFixture server)
{
    private readonly IamClient _iam = new(server);

    [Fact]
    public async Task A_device_is_made_enabled_by_two_codes_and_taken_away()
    {
        var name = IamClient.NewName();
        await _iam.CallAsync("CreateUser", ("UserName", name));
        var made = await _iam.CallAsync("CreateVirtualMFADevice", ("VirtualMFADeviceName", name));
        var serial = $"arn:aws:iam::000000000000:mfa/{name}";
        Assert.Equal(serial, made.Element("SerialNumber"));
        Assert.StartsWith("iVBORw0KGgo", made.Element("QRCodePNG"), StringComparison.Ordinal);
        (await _iam.SendAsync("CreateVirtualMFADevice", ("VirtualMFADeviceName", name)))
            .AssertRefused(409, "EntityAlreadyExists");
        Assert.Contains(
            serial,
            (await _iam.CallAsync("ListVirtualMFADevices", ("AssignmentStatus", "Unassigned"))).Text,
            StringComparison.Ordinal);

        var seed = MfaCases.ReadSeed(made);
        var step = Totp.StepOf(TimeProvider.System.GetUtcNow());
        (await EnableAsync(Totp.Code(seed, step), Totp.Code(seed, step - 3)))
            .AssertRefused(403, "InvalidAuthenticationCode");
        (await EnableAsync("12345", "123456")).AssertRefused(400, "ValidationError");
        (await EnableAsync(Totp.Code(seed, step - 1), Totp.Code(seed, step))).AssertOk();
        (await EnableAsync(Totp.Code(seed, step - 1), Totp.Code(seed, step))).AssertRefused(409, "EntityAlreadyExists");

        var list = await _iam.CallAsync("ListMFADevices", ("UserName", name));
        Assert.Equal((name, serial), (list.Element("UserName"), list.Element("SerialNumber")));
        Assert.NotNull(list.Element("EnableDate"));
        (await _iam.SendAsync("DeleteVirtualMFADevice", ("SerialNumber", serial))).AssertRefused(409, "DeleteConflict");
        (await _iam.SendAsync("DeleteUser", ("UserName", name))).AssertRefused(409, "DeleteConflict");
        await _iam.CallAsync(
            "ResyncMFADevice", ("UserName", name), ("SerialNumber", serial),
            ("AuthenticationCode1", Totp.Code(seed, step)), ("AuthenticationCode2", Totp.Code(seed, step + 1)));

        await _iam.CallAsync("DeactivateMFADevice", ("UserName", name), ("SerialNumber", serial));
        (await _iam.SendAsync("DeactivateMFADevice", ("UserName", name), ("SerialNumber", serial)))
            .AssertRefused(404, "NoSuchEntity");
        await _iam.CallAsync("DeleteVirtualMFADevice", ("SerialNumber", serial));
        (await _iam.SendAsync("DeleteVirtualMFADevice", ("SerialNumber", serial))).AssertRefused(404, "NoSuchEntity");

        Task<RawAnswer> EnableAsync(string first, string second) => _iam.SendAsync(
            "EnableMFADevice", ("UserName", name), ("SerialNumber", serial),
            ("AuthenticationCode1", first), ("AuthenticationCode2", second));
    }

    [Fact]
    public async Task The_root_enables_a_device_under_the_name_root()
    {
        var name = IamClient.NewName();
        var made = await _iam.CallAsync("CreateVirtualMFADevice", ("VirtualMFADeviceName", name));
        var serial = made.Element("SerialNumber")!;
        var (seed, step) = (MfaCases.ReadSeed(made), Totp.StepOf(TimeProvider.System.GetUtcNow()));

        await _iam.CallAsync(
            "EnableMFADevice", ("UserName", "root"), ("SerialNumber", serial),
            ("AuthenticationCode1", Totp.Code(seed, step - 1)), ("AuthenticationCode2", Totp.Code(seed, step)));

        Assert.Contains(serial, (await _iam.CallAsync("ListMFADevices")).Text, StringComparison.Ordinal);
        Assert.Contains(
            "<User><UserId>000000000000</UserId>",
            (await _iam.CallAsync("ListVirtualMFADevices", ("AssignmentStatus", "Assigned"))).Text,
            StringComparison.Ordinal);
        await _iam.CallAsync("DeactivateMFADevice", ("SerialNumber", serial));
        await _iam.CallAsync("DeleteVirtualMFADevice", ("SerialNumber", serial));
    }
}
