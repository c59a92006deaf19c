using System.Collections.Immutable;
using System.Text.Json.Serialization;
using ObjectServer.Storage.Model;

namespace ObjectServer.Identity;

/// <summary>A virtual device that shows time-based codes.</summary>
/// <remarks>https://docs.aws.amazon.com/IAM/latest/APIReference/API_VirtualMFADevice.html</remarks>
internal sealed record MfaDevice : IdentityDocument
{
    /// <summary>Unique in the account, whatever the case of the letters.</summary>
    public required string Name { get; init; }

    /// <summary>Begins and ends with a slash; a single one where there is none.</summary>
    public string Path { get; init; } = "/";

    /// <summary>What its codes are computed from.</summary>
    [JsonIgnore]
    public MfaSeed Seed { get; init; } = MfaSeed.None;

    /// <summary>When it was assigned; null while it is nobody's.</summary>
    public DateTimeOffset? Enabled { get; init; }

    /// <summary>
    /// The unique id of the user to whom it is assigned; null for the root of the account, and for nobody.
    /// </summary>
    public string? UserId { get; init; }

    /// <summary>The time step of the last code that was taken: none counts twice.</summary>
    public long LastStep { get; init; }

    public ImmutableArray<Tag> Tags { get; init => field = value.OrEmpty(); } = [];

    /// <summary>The serial number: <c>arn:aws:iam::123456789012:mfa/phone</c>.</summary>
    public string SerialNumber => $"arn:aws:iam::{AccountId}:mfa{Path}{Name}";
}

/// <summary>The secret of a device.</summary>
/// <remarks>A class and not a record, so that no text form ever shows it.</remarks>
internal sealed class MfaSeed(byte[] bytes)
{
    public static MfaSeed None { get; } = new([]);

    public ReadOnlyMemory<byte> Bytes { get; } = bytes;
}
