using ObjectServer.Storage.Model;

namespace ObjectServer.Addressing;

/// <summary>What a request is about: the service, a bucket, or an object.</summary>
/// <param name="Bucket">The bucket's name; null where the service itself is meant.</param>
/// <param name="Key">The object's key; null where the bucket itself is meant.</param>
/// <param name="IsVirtualHosted">Whether the Host header named the bucket, so that the whole path is the key.</param>
/// <param name="Path">The path as sent, percent-encoded, never normalised; begins with a slash.</param>
/// <param name="Query">The query, decoded once.</param>
internal sealed record S3Target(string? Bucket, ObjectKey? Key, bool IsVirtualHosted, string Path, RawQuery Query);
