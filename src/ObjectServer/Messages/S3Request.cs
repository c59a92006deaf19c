using Microsoft.AspNetCore.Http;
using ObjectServer.Addressing;
using ObjectServer.Authorization;
using ObjectServer.Body;
using ObjectServer.Identity;
using ObjectServer.Storage.Model;

namespace ObjectServer.Messages;

/// <summary>A request that was addressed, routed, authenticated and authorized: what an operation gets.</summary>
internal sealed class S3Request
{
    /// <summary>16 hex digits in capitals, as in <c>x-amz-request-id</c>.</summary>
    public required string RequestId { get; init; }

    public required string Method { get; init; }

    public required S3Target Target { get; init; }

    public required IHeaderDictionary Headers { get; init; }

    /// <summary><c>http</c> or <c>https</c>.</summary>
    public required string Scheme { get; init; }

    /// <summary>The Host header as sent.</summary>
    public required string Host { get; init; }

    public required DateTimeOffset Now { get; init; }

    /// <summary>Whether it is for the bucket's website, where an object that names another place leads there.</summary>
    public bool IsAtWebsite { get; init; }

    public required Caller Caller { get; init; }

    /// <summary>Shows that the caller may do what the operation does.</summary>
    public required Grant Grant { get; init; }

    /// <summary>Where an operation asks whether the caller may do what only it finds out.</summary>
    public required S3Access Access { get; init; }

    public required RequestBody Body { get; init; }

    /// <summary>The bucket that the target names, as it was when the request was authorized.</summary>
    /// <exception cref="InvalidOperationException">The operation runs without an existing bucket.</exception>
    public BucketRecord Bucket =>
        ExistingBucket ?? throw new InvalidOperationException("This operation has no bucket.");

    /// <summary>Null where the operation needs no existing bucket.</summary>
    public required BucketRecord? ExistingBucket { get; init; }

    /// <summary>The key that the target names.</summary>
    /// <exception cref="InvalidOperationException">The target names no object.</exception>
    public ObjectKey Key => Target.Key ?? throw new InvalidOperationException("This target has no key.");

    public RawQuery Query => Target.Query;

    /// <summary>Whether the grant is good for the version that is about to be given out.</summary>
    public ValueTask<bool> MayGiveOutAsync(ObjectVersion version, CancellationToken cancellation) =>
        Access.CoversAsync(Grant, Bucket, version, cancellation);

    /// <summary>The first value of a header, or null.</summary>
    public string? Header(string name) =>
        Headers.TryGetValue(name, out var values) && values.Count > 0 ? values[0] : null;
}
