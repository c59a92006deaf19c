using System.Collections.Immutable;
using ObjectServer.Storage.Model;

namespace ObjectServer.Authorization;

/// <summary>What only the operation finds out, for those that ask once they have read the body or an upload.</summary>
internal sealed record AccessDetails
{
    public static readonly AccessDetails None = new();

    /// <summary>The tags that the request gives: a document's, or a header's. Null: it gives none.</summary>
    public ImmutableArray<Tag>? Tags { get; init; }

    /// <summary>
    /// Whether the caller's account, another than the bucket's, began the upload that is meant: then it may list its parts
    /// and abort it.
    /// </summary>
    public bool IsInitiator { get; init; }

    /// <summary>
    /// The prefix of a listing that nobody sent: the key whose absence the caller may know if it may list it. Null: as
    /// sent.
    /// </summary>
    public string? Prefix { get; init; }

    /// <summary>The region that a new bucket is asked for.</summary>
    public string? LocationConstraint { get; init; }

    /// <summary><c>GOVERNANCE</c> or <c>COMPLIANCE</c>.</summary>
    public string? LockMode { get; init; }

    /// <summary>Until when a version is to be kept.</summary>
    public DateTimeOffset? RetainUntil { get; init; }

    /// <summary><c>ON</c> or <c>OFF</c>.</summary>
    public string? LegalHold { get; init; }
}
