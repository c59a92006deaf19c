using ObjectServer.Addressing;
using ObjectServer.Errors;
using ObjectServer.Storage.Model;

namespace ObjectServer.Operations.Objects;

/// <summary>What <c>x-amz-copy-source</c> names.</summary>
/// <param name="Bucket">The bucket's name.</param>
/// <param name="Key">The key.</param>
/// <param name="VersionId">Null: the current version.</param>
/// <remarks>https://docs.aws.amazon.com/AmazonS3/latest/API/API_CopyObject.html#API_CopyObject_RequestSyntax</remarks>
internal sealed record CopySource(string Bucket, ObjectKey Key, VersionId? VersionId)
{
    public const string Header = "x-amz-copy-source";

    /// <summary>What stands before the conditions on the source.</summary>
    public const string ConditionPrefix = "x-amz-copy-source-";

    private const string VersionMark = "?versionId=";

    /// <summary>
    /// Reads <c>[/]bucket/key[?versionId=id]</c>, percent-encoded; a plus sign is a space, as in a query.
    /// </summary>
    /// <exception cref="S3Exception">InvalidArgument, KeyTooLongError.</exception>
    public static CopySource Parse(string header)
    {
        var mark = header.LastIndexOf(VersionMark, StringComparison.Ordinal);
        var path = Decode(mark < 0 ? header : header[..mark]);
        path = path.StartsWith('/') ? path[1..] : path;
        var slash = path.IndexOf('/', StringComparison.Ordinal);
        if (slash < 0 || slash == path.Length - 1 || path.Contains('\0', StringComparison.Ordinal))
        {
            throw Invalid("Invalid copy source object key");
        }

        var bucket = path[..slash];
        if (!BucketName.IsAddressable(bucket))
        {
            throw Invalid("Invalid copy source bucket name");
        }

        var key = ObjectKey.Parse(path[(slash + 1)..]);
        return key.Length <= ObjectKey.MaxBytes
            ? new(bucket, key, mark < 0 ? null : RequestedVersion.Parse(header[(mark + VersionMark.Length)..]))
            : throw new S3Exception(S3Errors.KeyTooLongError);
    }

    private static string Decode(string encoded)
    {
        try
        {
            return PercentEncoding.DecodeQuery(encoded);
        }
        catch (S3Exception)
        {
            throw Invalid("Invalid copy source encoding.");
        }
    }

    private static S3Exception Invalid(string message) => new(S3Errors.InvalidArgument
        .Saying(message)
        .With("ArgumentName", Header)
        .With("ArgumentValue", Header));
}
