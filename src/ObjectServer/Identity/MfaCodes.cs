namespace ObjectServer.Identity;

/// <summary>Shows of a second factor: a device's serial number and one of its codes.</summary>
internal static class MfaCodes
{
    /// <summary>Takes a code. It counts once: whoever overheard it comes too late.</summary>
    /// <param name="directory">Where devices are.</param>
    /// <param name="accountId">The account whose the device is.</param>
    /// <param name="userId">The unique id of the user to whom it is assigned; null for the root of the account.</param>
    /// <param name="serialNumber">Which device.</param>
    /// <param name="code">Six digits.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <returns>Whether it is the device's code now.</returns>
    public static ValueTask<bool> SpendAsync(
        IdentityDirectory directory,
        string accountId,
        string? userId,
        string serialNumber,
        string code,
        CancellationToken cancellation) =>
        directory.ChangeAsync(
            change =>
            {
                var device = change.Identities.FindAccount(accountId)?.MfaDevicesOf(userId)
                    .FirstOrDefault(device => device.SerialNumber == serialNumber);
                if (device is null
                    || Totp.Find(device.Seed.Bytes.Span, code, change.Now, device.LastStep) is not { } step)
                {
                    return false;
                }

                change.Put(device with { LastStep = step });
                return true;
            },
            cancellation);
}
