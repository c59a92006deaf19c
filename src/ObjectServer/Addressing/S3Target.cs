using ObjectServer.Storage.Model;

namespace ObjectServer.Addressing;

/// <summary>What a request is about: the service, a bucket, an object, or an account.</summary>
/// <param name="Bucket">The bucket's name; null where the service itself is meant.</param>
/// <param name="Key">The object's key; null where the bucket itself is meant.</param>
/// <param name="IsVirtualHosted">Whether the Host header named the bucket, so that the whole path is the key.</param>
/// <param name="Path">The path as sent, percent-encoded, never normalised; begins with a slash.</param>
/// <param name="Query">The query, decoded once.</param>
internal sealed record S3Target(string? Bucket, ObjectKey? Key, bool IsVirtualHosted, string Path, RawQuery Query)
{
    /// <summary>
    /// What is asked of an account under S3 Control: the path after the API's version, as sent, e.g.
    /// <c>configuration/publicAccessBlock</c>. Null for everything else.
    /// </summary>
    public string? ControlPath { get; init; }
}
