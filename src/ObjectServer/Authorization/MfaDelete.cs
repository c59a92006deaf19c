using ObjectServer.Errors;
using ObjectServer.Storage.Model;

namespace ObjectServer.Authorization;

/// <summary>
/// The setting of a bucket by which a version goes, and its versioning changes, only for the root of the owning account
/// with a second factor.
/// </summary>
/// <remarks>https://docs.aws.amazon.com/AmazonS3/latest/userguide/MultiFactorAuthenticationDelete.html</remarks>
internal static class MfaDelete
{
    /// <summary>The serial number of a device, a space, and its code.</summary>
    public const string Header = "x-amz-mfa";

    /// <summary>The refusal of who shows no second factor where one is needed.</summary>
    public static readonly S3Error Demanded =
        S3Errors.AccessDenied.Saying("Mfa Authentication must be used for this request");

    /// <summary>The refusal of a factor that does not count.</summary>
    public static readonly S3Error Failed = S3Errors.AccessDenied
        .Saying("Mfa Authentication failed for this request")
        .Because(
            $"{Header} is not the serial number of a device of the account's root and its code now, unused until now.");

    /// <summary>The refusal of everybody but the root of the owning account.</summary>
    public static readonly S3Error OwnersAlone = S3Errors.AccessDenied.Saying(
        "This operation may only be performed by the root of the account that owns the bucket");

    private static ReadOnlySpan<byte> On => "Enabled"u8;

    /// <summary>Whether it holds.</summary>
    public static bool Is(BucketRecord bucket) =>
        bucket.Settings.Find(BucketSetting.MfaDelete) is { Bytes.Span: var kept } && kept.SequenceEqual(On);

    /// <summary>Whether it ever held: only then the bucket speaks of it.</summary>
    public static bool WasEverSet(BucketRecord bucket) => bucket.Settings.Find(BucketSetting.MfaDelete) is not null;

    /// <summary>The bucket's settings with it, or without from now on.</summary>
    public static BucketSettings With(BucketSettings settings, bool isEnabled) =>
        settings.With(BucketSetting.MfaDelete, isEnabled ? On.ToArray() : "Disabled"u8.ToArray());

    /// <summary>The two parts of the header; null where it has not two.</summary>
    public static (string SerialNumber, string Code)? Parse(string header) =>
        header.Split(' ', StringSplitOptions.RemoveEmptyEntries) is [var serial, var code] ? (serial, code) : null;
}
