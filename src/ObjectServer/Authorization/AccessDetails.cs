using System.Collections.Immutable;
using ObjectServer.Storage.Model;

namespace ObjectServer.Authorization;

/// <summary>What only the body of a request says, for operations that ask once they have read it.</summary>
internal sealed record AccessDetails
{
    public static readonly AccessDetails None = new();

    /// <summary>The tags that the request gives: a document's, or a header's. Null: it gives none.</summary>
    public ImmutableArray<Tag>? Tags { get; init; }

    /// <summary>The region that a new bucket is asked for.</summary>
    public string? LocationConstraint { get; init; }

    /// <summary><c>GOVERNANCE</c> or <c>COMPLIANCE</c>.</summary>
    public string? LockMode { get; init; }

    /// <summary>Until when a version is to be kept.</summary>
    public DateTimeOffset? RetainUntil { get; init; }

    /// <summary><c>ON</c> or <c>OFF</c>.</summary>
    public string? LegalHold { get; init; }
}
