using System.Globalization;
using System.Net;
using System.Text;
using ObjectServer.Errors;
using ObjectServer.Storage.Model;

namespace ObjectServer.Addressing;

/// <summary>Tells from the Host header and the target which bucket and key a request is about.</summary>
/// <param name="domains">Domains whose subdomains are buckets, beside <c>localhost</c> and <c>s3.localhost</c>.</param>
/// <remarks>https://docs.aws.amazon.com/AmazonS3/latest/userguide/VirtualHosting.html</remarks>
internal sealed class Addresser(params IEnumerable<string> domains)
{
    /// <summary>
    /// What the paths of S3 Control begin with. Its clients put the account's id before the host, where it is no bucket.
    /// </summary>
    private const string ControlVersion = "/v20180820/";

    /// <summary>Longest first, so that <c>b.s3.localhost</c> is the bucket <c>b</c> and not <c>b.s3</c>.</summary>
    private readonly string[] _domains =
    [
        .. domains.Concat(["localhost", "s3.localhost"])
            .Select(domain => domain.Trim('.').ToLowerInvariant())
            .Distinct()
            .OrderByDescending(domain => domain.Length),
    ];

    /// <summary>The base domains, in lower case.</summary>
    public IReadOnlyList<string> Domains => _domains;

    /// <summary>Reads bucket and key.</summary>
    /// <param name="target">The request line's target.</param>
    /// <param name="host">The Host header; null where the client sent none.</param>
    /// <param name="namesAccount">
    /// Whether a header names an account, as every request of S3 Control does and none of S3: a bucket that is called
    /// like the version of that API is a bucket like any other.
    /// </param>
    /// <exception cref="S3Exception">
    /// InvalidURI: the path cannot be decoded, or its key holds a NUL. InvalidBucketName. KeyTooLongError.
    /// </exception>
    public S3Target Address(RawTarget target, string? host, bool namesAccount = false)
    {
        var path = target.Path;
        if (namesAccount && path.StartsWith(ControlVersion, StringComparison.Ordinal))
        {
            return new(Bucket: null, Key: null, IsVirtualHosted: false, path, target.Query)
            {
                ControlPath = path[ControlVersion.Length..],
            };
        }

        if (BucketOf(target.Authority ?? host) is { } hosted)
        {
            return new(CheckBucket(hosted), ReadKey(path.AsSpan(1)), IsVirtualHosted: true, path, target.Query);
        }

        if (path.Length == 1)
        {
            return new(Bucket: null, Key: null, IsVirtualHosted: false, path, target.Query);
        }

        // The slash that ends the bucket is one that was sent as a slash; %2F belongs to what it stands in.
        var slash = path.IndexOf('/', startIndex: 1);
        var bucketEnd = slash < 0 ? path.Length : slash;
        var bucket = Encoding.UTF8.GetString(PercentEncoding.DecodePath(path.AsSpan(1..bucketEnd)));
        var key = slash < 0 ? [] : path.AsSpan(slash + 1);
        return new(CheckBucket(bucket), ReadKey(key), IsVirtualHosted: false, path, target.Query);
    }

    /// <summary>
    /// The bucket that a host names, which is whatever stands before a base domain, in lower case; null where it
    /// names none: a base domain itself, an IP address, or a name that is not ours to read.
    /// </summary>
    public string? BucketOf(string? host)
    {
        var name = HostName.Of(host);
        if (name.IsEmpty || IPAddress.TryParse(name, out _))
        {
            return null;
        }

        foreach (var domain in _domains)
        {
            if (!name.EndsWith(domain, StringComparison.OrdinalIgnoreCase))
            {
                continue;
            }

            var before = name[..^domain.Length];
            if (before.IsEmpty)
            {
                return null;
            }

            if (before.Length > 1 && before[^1] == '.')
            {
                return before[..^1].ToString().ToLowerInvariant();
            }
        }

        return null;
    }

    /// <summary>Whether a name is a base domain, or one below it.</summary>
    /// <param name="name">Without a port.</param>
    public bool Owns(ReadOnlySpan<char> name)
    {
        foreach (var domain in _domains)
        {
            if (HostName.IsWithin(name, domain))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Reads a key; null where there is none.</summary>
    /// <param name="encoded">What follows the bucket's slash, as sent.</param>
    /// <exception cref="S3Exception">InvalidURI, KeyTooLongError.</exception>
    public static ObjectKey? ReadKey(ReadOnlySpan<char> encoded)
    {
        if (encoded.IsEmpty)
        {
            return null;
        }

        var utf8 = PercentEncoding.DecodePath(encoded);
        if (utf8.AsSpan().Contains((byte)0))
        {
            throw new S3Exception(S3Errors.InvalidURI);
        }

        if (utf8.Length > ObjectKey.MaxBytes)
        {
            throw new S3Exception(S3Errors.KeyTooLongError
                .With("Size", utf8.Length.ToString(CultureInfo.InvariantCulture))
                .With("MaxSizeAllowed", ObjectKey.MaxBytes.ToString(CultureInfo.InvariantCulture)));
        }

        return ObjectKey.FromUtf8(utf8);
    }

    private static string CheckBucket(string bucket) =>
        BucketName.IsAddressable(bucket)
            ? bucket
            : throw new S3Exception(S3Errors.InvalidBucketName.With("BucketName", bucket));
}
