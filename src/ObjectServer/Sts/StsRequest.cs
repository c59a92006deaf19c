using System.Collections.Immutable;
using System.Globalization;
using ObjectServer.Errors;
using ObjectServer.Identity;
using ObjectServer.Policies;
using ObjectServer.Query;
using ObjectServer.Storage.Model;

namespace ObjectServer.Sts;

/// <summary>A request to STS: its parameters, checked as they are read, and the session that it begins.</summary>
/// <param name="query">The request.</param>
/// <param name="directory">Where identities are.</param>
/// <param name="sessions">Gives out tokens.</param>
internal sealed class StsRequest(QueryRequest query, IdentityDirectory directory, Sessions sessions)
{
    /// <summary>The shortest session there is.</summary>
    public const int MinSeconds = 900;

    private const int MaxTags = 50;

    private static readonly TextRule PolicyRule = new(
        1, 2048, @"[\u0009\u000A\u000D\u0020-\u00FF]+",
        text => text.All(c => c is '\t' or '\n' or '\r' or (>= ' ' and <= '\u00FF')));

    public Caller Caller => query.Caller;

    public QueryRequest Query => query;

    public IdentityDirectory Directory => directory;

    /// <summary>When it began, in whole seconds: sessions begin and end at one.</summary>
    public DateTimeOffset Now { get; } = DateTimeOffset.FromUnixTimeSeconds(query.Now.ToUnixTimeSeconds());

    /// <summary>The directory as it was when the request began to be answered.</summary>
    public IdentitySnapshot Identities { get; } = directory.Current;

    /// <inheritdoc cref="QueryParameters.Text"/>
    public string Text(string name, TextRule rule) => query.Parameters.Text(name, rule);

    /// <inheritdoc cref="QueryParameters.OptionalText"/>
    public string? OptionalText(string name, TextRule rule) => query.Parameters.OptionalText(name, rule);

    /// <summary>The parameter <c>DurationSeconds</c>; null where it is not there.</summary>
    /// <exception cref="S3Exception">ValidationError.</exception>
    public int? Seconds(int max) => query.Parameters.Number("DurationSeconds", MinSeconds, max);

    /// <summary>The parameters <c>Policy</c> and <c>PolicyArns</c>.</summary>
    /// <param name="accountId">Whose managed policies can be named, beside AWS's own.</param>
    /// <exception cref="S3Exception">ValidationError, MalformedPolicyDocument, PackedPolicyTooLarge.</exception>
    public SessionLimits Policies(string accountId)
    {
        var policy = OptionalText("Policy", PolicyRule) is { } text ? new PolicyText(text, PolicyKind.Session) : null;
        try
        {
            _ = policy?.Document;
        }
        catch (PolicyException malformed)
        {
            throw new S3Exception(StsErrors.MalformedPolicyDocument.Saying(malformed.Error.ToString()));
        }

        var arns = ImmutableArray.CreateBuilder<string>();
        foreach (var prefix in query.Parameters.FindStructures("PolicyArns", "arn"))
        {
            var arn = Text(prefix + "arn", TextRule.Arn);
            if (Identities.FindPolicy(arn) is not { } managed
                || (managed.AccountId != accountId && managed.AccountId != ManagedPolicy.AwsAccount))
            {
                throw Refused($"The policy {arn} does not exist or cannot be attached to the session.");
            }

            arns.Add(arn);
        }

        if (arns.Count > 10)
        {
            throw TextRule.Invalid(
                $"'{string.Join(", ", arns)}'", "PolicyArns", "Member must have length less than or equal to 10");
        }

        return (policy?.Text.Length ?? 0) + arns.Sum(arn => arn.Length) > PolicyRule.Max
            ? throw new S3Exception(StsErrors.PackedPolicyTooLarge.Saying(
                $"The session policies have more than {PolicyRule.Max} characters together."))
            : new() { Policy = policy, PolicyArns = arns.ToImmutable() };
    }

    /// <summary>The parameters <c>Tags</c> and <c>TransitiveTagKeys</c>.</summary>
    /// <exception cref="S3Exception">ValidationError, InvalidParameterValue.</exception>
    public SessionLimits Tags(SessionLimits limits) =>
        WithTags(limits, query.Parameters.Tags(), [.. query.Parameters.FindList("TransitiveTagKeys")]);

    /// <summary>Session tags from wherever they come, checked.</summary>
    /// <exception cref="S3Exception">ValidationError, InvalidParameterValue.</exception>
    public static SessionLimits WithTags(
        SessionLimits limits, ImmutableArray<Tag> tags, ImmutableArray<string> transitiveKeys)
    {
        if (tags.Length > MaxTags)
        {
            throw TextRule.Invalid(
                $"'{tags.Length} tags'", "Tags", $"Member must have length less than or equal to {MaxTags}");
        }

        var keys = tags.Select(tag => tag.Key).ToHashSet(StringComparer.OrdinalIgnoreCase);
        if (keys.Count < tags.Length)
        {
            throw new S3Exception(StsErrors.InvalidParameterValue.Saying(
                "Duplicate tag keys found. Please note that Tag keys are case insensitive."));
        }

        foreach (var tag in tags)
        {
            TextRule.TagKey.Checked(tag.Key, "tags.key");
            TextRule.TagValue.Checked(tag.Value, "tags.value");
        }

        if (keys.FirstOrDefault(key => key.StartsWith("aws:", StringComparison.OrdinalIgnoreCase)) is { } reserved)
        {
            throw new S3Exception(StsErrors.InvalidParameterValue.Saying($"The tag key {reserved} is reserved."));
        }

        return transitiveKeys.FirstOrDefault(key => !keys.Contains(key)) is { } foreign
            ? throw new S3Exception(StsErrors.InvalidParameterValue.Saying(
                $"The transitive tag key {foreign} must be included in the requested tags."))
            : limits with { Tags = tags, TransitiveTagKeys = transitiveKeys };
    }

    /// <summary>Packs policies and tags, and says what part of the space for them that takes.</summary>
    /// <exception cref="S3Exception">PackedPolicyTooLarge.</exception>
    public static (byte[] Packed, int Percent) Pack(SessionLimits limits)
    {
        var packed = SessionSeal.Pack(limits);
        var percent = ((100 * packed.Length) + SessionSeal.MaxPackedBytes - 1) / SessionSeal.MaxPackedBytes;
        return percent > 100
            ? throw new S3Exception(StsErrors.PackedPolicyTooLarge.Saying(string.Create(
                CultureInfo.InvariantCulture,
                $"Packed size of session policies and tags consumes {percent}% of allotted space.")))
            : (packed, percent);
    }

    /// <summary>The token of a session that begins.</summary>
    public string Give(Session session, ReadOnlySpan<byte> packed) => sessions.Give(session, packed);

    /// <summary>Takes the second factor that the request shows with <c>SerialNumber</c> and <c>TokenCode</c>.</summary>
    /// <returns>Whether it shows one.</returns>
    /// <exception cref="S3Exception">ValidationError; AccessDenied: it is not the device's code now.</exception>
    public async ValueTask<bool> TakeFactorAsync(CancellationToken cancellation)
    {
        var device = OptionalText("SerialNumber", TextRule.SerialNumber);
        var code = OptionalText("TokenCode", TextRule.AuthenticationCode);
        if (device is null && code is null)
        {
            return false;
        }

        if (device is null || code is null)
        {
            throw Denied(
                "MultiFactorAuthentication failed, must provide both MFA serial number and one time pass code.");
        }

        var userId = Caller.Kind == CallerKind.User ? Caller.UserId : null;
        return await MfaCodes.SpendAsync(directory, Caller.AccountId, userId, device, code, cancellation)
            ? true
            : throw Denied("MultiFactorAuthentication failed with invalid MFA one time pass code.");
    }

    /// <summary>ValidationError, in words of its own.</summary>
    public static S3Exception Refused(string message) => new(QueryErrors.ValidationError.Saying(message));

    public static S3Exception Denied(string message) => new(QueryErrors.AccessDenied.Saying(message));
}
