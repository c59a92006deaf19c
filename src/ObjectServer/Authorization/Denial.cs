using System.Collections.Immutable;

namespace ObjectServer.Authorization;

/// <summary>One refusal and all that led to it. Holds no secret: no signature, no token, no key but its id.</summary>
internal sealed record Denial
{
    public required string RequestId { get; init; }

    public required DateTimeOffset Time { get; init; }

    /// <summary>The ARN of the caller; <c>*</c> for nobody in particular.</summary>
    public required string Caller { get; init; }

    public required string CallerKind { get; init; }

    /// <summary>The access key that signed; null where nobody did.</summary>
    public string? AccessKeyId { get; init; }

    /// <summary>E.g. <c>s3:GetObject</c>.</summary>
    public required string Action { get; init; }

    /// <summary>The ARN of what the action was about.</summary>
    public required string Resource { get; init; }

    /// <summary><c>ExplicitDeny</c> or <c>ImplicitDeny</c>.</summary>
    public required string Outcome { get; init; }

    /// <summary>Which rule decided.</summary>
    public required string Reason { get; init; }

    /// <summary>The policy and the statement that decided; null where it was that none did.</summary>
    public string? DecidedBy { get; init; }

    /// <summary>What else has a say in the bucket: its ownership, ACL and block of public access.</summary>
    public ImmutableArray<string> Circumstances { get; init; } = [];

    /// <summary>Every statement that was considered, in order.</summary>
    public ImmutableArray<ConsideredStatement> Statements { get; init; } = [];

    /// <summary>The condition keys that those statements ask for, and what the request has under them.</summary>
    public ImmutableArray<KeyValuePair<string, ImmutableArray<string>>> Conditions { get; init; } = [];
}

/// <summary>A statement that was considered.</summary>
/// <param name="Policy">Where it stands.</param>
/// <param name="Statement">Its place from 0, and its Sid where it has one.</param>
/// <param name="Effect"><c>Allow</c> or <c>Deny</c>.</param>
/// <param name="Applies">Whether it applied.</param>
/// <param name="Failed">The element that did not match; null where all did.</param>
internal sealed record ConsideredStatement(string Policy, string Statement, string Effect, bool Applies, string? Failed);
