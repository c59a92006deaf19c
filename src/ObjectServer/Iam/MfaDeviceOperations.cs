using System.Security.Cryptography;
using System.Text;
using ObjectServer.Errors;
using ObjectServer.Identity;
using ObjectServer.Policies;
using ObjectServer.Query;

namespace ObjectServer.Iam;

/// <summary>
/// CreateVirtualMFADevice, EnableMFADevice, ResyncMFADevice, DeactivateMFADevice, and the lists of devices.
/// </summary>
/// <remarks>
/// The root of an account enables a device for itself with the user name <c>root</c>, which no user may have for that.
/// </remarks>
internal static class MfaDeviceOperations
{
    /// <summary>64 characters in Base32, as AWS's.</summary>
    private const int SeedBytes = 40;

    private const string Root = "root";

    private static readonly TextRule Assignment = TextRule.OneOf("Assigned", "Unassigned", "Any");

    /// <remarks>https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateVirtualMFADevice.html</remarks>
    public static async ValueTask<ResultWriter?> CreateAsync(IamRequest request, CancellationToken cancellation)
    {
        var name = request.Text("VirtualMFADeviceName", TextRule.DeviceName);
        var path = request.OptionalText("Path", TextRule.Path) ?? "/";
        var tags = request.Tags();
        var made = await request.ChangeAsync(
            change =>
            {
                var device = new MfaDevice
                {
                    AccountId = request.Caller.AccountId,
                    Created = change.Now,
                    Name = name,
                    Path = path,
                    Seed = new(RandomNumberGenerator.GetBytes(SeedBytes)),
                    Tags = tags,
                };
                request.Demand(device.SerialNumber, IamLookup.Requested(tags));
                if (change.Account.MfaDevices.ContainsKey(name))
                {
                    throw IamErrors.Exists("MFADevice entity at the same path and name already exists.");
                }

                TagOperations.DemandQuota(tags);
                change.Put(device);
                return device;
            },
            cancellation);
        var seed = Base32.Encode(made.Seed.Bytes.Span);
        var uri = $"otpauth://totp/ObjectServer:{Uri.EscapeDataString($"{name}@{made.AccountId}")}"
            + $"?secret={seed}&issuer=ObjectServer";
        return xml => xml
            .Start("VirtualMFADevice")
            .Element("SerialNumber", made.SerialNumber)
            .Element("Base32StringSeed", Convert.ToBase64String(Encoding.ASCII.GetBytes(seed)))
            .Element("QRCodePNG", Convert.ToBase64String(QrCode.Png(uri)))
            .Tags(made.Tags)
            .End("VirtualMFADevice");
    }

    /// <remarks>https://docs.aws.amazon.com/IAM/latest/APIReference/API_EnableMFADevice.html</remarks>
    public static ValueTask<ResultWriter?> EnableAsync(IamRequest request, CancellationToken cancellation)
    {
        var name = request.Text("UserName", TextRule.ExistingName);
        var (first, second) = ReadCodes(request);
        var serial = request.Text("SerialNumber", TextRule.SerialNumber);
        return request.ChangeAsync(
            change =>
            {
                var user = Owner(request, change.Account, name);
                var device = FindDevice(change.Account, serial);
                if (device.Enabled is not null)
                {
                    throw IamErrors.Exists("MFA Device is already in use.");
                }

                if (change.Account.MfaDevicesOf(user?.Id).Count() >= IamQuotas.MfaDevicesPerUser)
                {
                    throw IamErrors.Quota("MFADevicesPerUser", IamQuotas.MfaDevicesPerUser);
                }

                change.Put(device with
                {
                    Enabled = change.Now,
                    UserId = user?.Id,
                    LastStep = DemandCodes(device, first, second, change.Now),
                });
            },
            cancellation);
    }

    /// <remarks>https://docs.aws.amazon.com/IAM/latest/APIReference/API_ResyncMFADevice.html</remarks>
    public static ValueTask<ResultWriter?> ResyncAsync(IamRequest request, CancellationToken cancellation)
    {
        var name = request.Text("UserName", TextRule.ExistingName);
        var (first, second) = ReadCodes(request);
        var serial = request.Text("SerialNumber", TextRule.SerialNumber);
        return request.ChangeAsync(
            change =>
            {
                var device = FindAssigned(change.Account, Owner(request, change.Account, name), serial);
                var step = DemandCodes(device, first, second, change.Now);
                change.Put(device with { LastStep = step });
            },
            cancellation);
    }

    /// <remarks>https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeactivateMFADevice.html</remarks>
    public static ValueTask<ResultWriter?> DeactivateAsync(IamRequest request, CancellationToken cancellation)
    {
        var serial = request.Text("SerialNumber", TextRule.SerialNumber);
        var name = request.OptionalText("UserName", TextRule.ExistingName) ?? request.Caller.UserName ?? Root;
        return request.ChangeAsync(
            change =>
            {
                var device = FindAssigned(change.Account, Owner(request, change.Account, name), serial);
                change.Put(device with { Enabled = null, UserId = null });
            },
            cancellation);
    }

    /// <remarks>https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeleteVirtualMFADevice.html</remarks>
    public static ValueTask<ResultWriter?> DeleteAsync(IamRequest request, CancellationToken cancellation) =>
        request.ChangeAsync(
            change =>
            {
                var device = Find(request, change.Account, new());
                if (device.Enabled is not null)
                {
                    throw IamErrors.Conflict("MFA VirtualDevice in use. Must deactivate first.");
                }

                change.Remove(device);
            },
            cancellation);

    /// <remarks>https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListMFADevices.html</remarks>
    public static ValueTask<ResultWriter?> ListAsync(IamRequest request, CancellationToken cancellation)
    {
        var user = UserOperations.OptionalName(request) is { } name ? Owner(request, request.Account, name) : null;
        if (user is null)
        {
            request.Demand(request.Account.Account.RootArn);
        }

        var page = request.Page(
            request.Account.MfaDevicesOf(user?.Id), device => device.Name, StringComparer.OrdinalIgnoreCase);
        return new(xml => xml.Page("MFADevices", page, (member, device) => member
            .Element("UserName", user?.Name ?? Root)
            .Element("SerialNumber", device.SerialNumber)
            .Time("EnableDate", device.Enabled)));
    }

    /// <remarks>https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListVirtualMFADevices.html</remarks>
    public static ValueTask<ResultWriter?> ListVirtualAsync(IamRequest request, CancellationToken cancellation)
    {
        var assignment = request.OptionalText("AssignmentStatus", Assignment) ?? "Any";
        request.Demand(request.ArnOf("mfa/"));
        var page = request.Page(
            request.Account.MfaDevices.Values.Where(device =>
                assignment == "Any" || (assignment == "Assigned") == device.Enabled is not null),
            device => device.Name,
            StringComparer.OrdinalIgnoreCase);
        return new(xml => xml.Page("VirtualMFADevices", page, (member, device) =>
        {
            member.Element("SerialNumber", device.SerialNumber).Time("EnableDate", device.Enabled);
            if (device.Enabled is not null)
            {
                WriteOwner(member, request.Account, device);
            }
        }));
    }

    /// <summary>The device that a request names by its serial number.</summary>
    /// <exception cref="S3Exception">AccessDenied, NoSuchEntity.</exception>
    public static MfaDevice Find(IamRequest request, AccountIdentities account, ConditionTable conditions)
    {
        var serial = request.Text("SerialNumber", TextRule.SerialNumber);
        var device = account.MfaDevices.Values.FirstOrDefault(device => device.SerialNumber == serial);
        request.Demand(serial, IamLookup.Resource(device?.Tags ?? [], conditions));
        return device ?? throw NoDevice(serial);
    }

    private static void WriteOwner(Xml.S3XmlWriter xml, AccountIdentities account, MfaDevice device)
    {
        xml.Start("User");
        if (device.UserId is null)
        {
            xml.Element("UserId", account.Account.Id)
                .Element("Arn", account.Account.RootArn)
                .Time("CreateDate", account.Account.Created);
        }
        else if (account.FindUserById(device.UserId) is { } user)
        {
            IamXml.User(xml, user);
        }

        xml.End("User");
    }

    private static (string First, string Second) ReadCodes(IamRequest request) => (
        request.Text("AuthenticationCode1", TextRule.AuthenticationCode),
        request.Text("AuthenticationCode2", TextRule.AuthenticationCode));

    /// <summary>Whose device is meant: a user's, or the root's, which is null.</summary>
    private static User? Owner(IamRequest request, AccountIdentities account, string name)
    {
        if (name == Root && request.Caller.Kind == CallerKind.Root && !account.Users.ContainsKey(name))
        {
            request.Demand(account.Account.RootArn);
            return null;
        }

        return IamLookup.User(request, account, name);
    }

    private static MfaDevice FindDevice(AccountIdentities account, string serial) =>
        account.MfaDevices.Values.FirstOrDefault(device => device.SerialNumber == serial) ?? throw NoDevice(serial);

    private static MfaDevice FindAssigned(AccountIdentities account, User? user, string serial) =>
        FindDevice(account, serial) is { Enabled: not null } device && device.UserId == user?.Id
            ? device
            : throw NoDevice(serial);

    private static S3Exception NoDevice(string serial) =>
        IamErrors.NotFound($"VirtualMFADevice with serial number {serial} doesn't exist.");

    private static long DemandCodes(MfaDevice device, string first, string second, DateTimeOffset now) =>
        Totp.FindPair(device.Seed.Bytes.Span, first, second, now)
        ?? throw new S3Exception(IamErrors.InvalidAuthenticationCode);
}
