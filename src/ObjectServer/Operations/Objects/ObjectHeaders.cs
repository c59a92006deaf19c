using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Http;
using ObjectServer.Archives;
using ObjectServer.Body;
using ObjectServer.Errors;
using ObjectServer.Http;
using ObjectServer.Operations.Tagging;
using ObjectServer.Storage.Model;

namespace ObjectServer.Operations.Objects;

/// <summary>What a request says of the object that it makes, beside its bytes.</summary>
/// <param name="Metadata">The headers to keep and give back.</param>
/// <param name="StorageClass">E.g. <c>STANDARD</c>.</param>
/// <param name="Tags">From <c>x-amz-tagging</c>.</param>
/// <remarks>https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingMetadata.html</remarks>
internal sealed record ObjectHeaders(ObjectMetadata Metadata, string StorageClass, ImmutableArray<Tag> Tags)
{
    /// <summary>What S3 gives for an object whose upload named no type.</summary>
    public const string DefaultContentType = "binary/octet-stream";

    public const string StandardClass = StorageState.StandardClass;

    private const string UserPrefix = "x-amz-meta-";
    private const string RedirectHeader = "x-amz-website-redirect-location";
    private const string ClassHeader = "x-amz-storage-class";
    private const int MaxUserBytes = 2048;
    private const int MaxRedirectLength = 2048;

    /// <summary>Reads everything.</summary>
    /// <exception cref="S3Exception">
    /// MetadataTooLarge, InvalidRedirectLocation, InvalidStorageClass, and what <see cref="TagSets.ParseHeader"/>
    /// refuses.
    /// </exception>
    public static ObjectHeaders Read(IHeaderDictionary headers) => new(
        ReadMetadata(headers),
        ReadStorageClass(headers) ?? StandardClass,
        TagSets.ParseHeader(Value(headers, "x-amz-tagging")));

    /// <summary>Reads the headers that are kept with the object.</summary>
    /// <exception cref="S3Exception">MetadataTooLarge, InvalidRedirectLocation.</exception>
    public static ObjectMetadata ReadMetadata(IHeaderDictionary headers) => new()
    {
        ContentType = Value(headers, "Content-Type") ?? DefaultContentType,
        CacheControl = Value(headers, "Cache-Control"),
        ContentDisposition = Value(headers, "Content-Disposition"),
        ContentEncoding = ContentEncodings.WithoutAwsChunked(Value(headers, "Content-Encoding")),
        ContentLanguage = Value(headers, "Content-Language"),
        Expires = Value(headers, "Expires"),
        WebsiteRedirectLocation = ReadRedirect(headers),
        User = ReadUser(headers),
    };

    /// <summary>Reads <c>x-amz-website-redirect-location</c>, or null.</summary>
    /// <exception cref="S3Exception">InvalidRedirectLocation.</exception>
    public static string? ReadRedirect(IHeaderDictionary headers)
    {
        if (Value(headers, RedirectHeader) is not { } location)
        {
            return null;
        }

        var isLocation = location.StartsWith('/')
            || location.StartsWith("http://", StringComparison.OrdinalIgnoreCase)
            || location.StartsWith("https://", StringComparison.OrdinalIgnoreCase);
        if (!isLocation)
        {
            throw new S3Exception(S3Errors.InvalidRedirectLocation);
        }

        return location.Length <= MaxRedirectLength
            ? location
            : throw new S3Exception(S3Errors.InvalidRedirectLocation.Saying(
                "The length of website redirect location cannot exceed 2,048 characters."));
    }

    /// <summary>Reads <c>x-amz-storage-class</c>, or null.</summary>
    /// <exception cref="S3Exception">InvalidStorageClass.</exception>
    public static string? ReadStorageClass(IHeaderDictionary headers) =>
        Value(headers, ClassHeader) is not { } named ? null
        : StorageClasses.All.Contains(named) ? named
        : throw new S3Exception(S3Errors.InvalidStorageClass.With("StorageClassRequested", named));

    private static ImmutableArray<KeyValuePair<string, string>> ReadUser(IHeaderDictionary headers)
    {
        var user = ImmutableArray.CreateBuilder<KeyValuePair<string, string>>();
        var bytes = 0;
        foreach (var (name, values) in headers)
        {
            if (name.StartsWith(UserPrefix, StringComparison.OrdinalIgnoreCase))
            {
                var key = name[UserPrefix.Length..].ToLowerInvariant();
                var value = EncodedWords.Decode(string.Join(',', values.ToArray()));
                bytes += Encoding.UTF8.GetByteCount(key) + Encoding.UTF8.GetByteCount(value);
                user.Add(new(key, value));
            }
        }

        return bytes <= MaxUserBytes
            ? user.DrainToImmutable()
            : throw new S3Exception(S3Errors.MetadataTooLarge
                .With("Size", bytes.ToString(CultureInfo.InvariantCulture))
                .With("MaxSizeAllowed", MaxUserBytes.ToString(CultureInfo.InvariantCulture)));
    }

    /// <summary>A header's value; null where it is missing or empty.</summary>
    private static string? Value(IHeaderDictionary headers, string name) =>
        headers.TryGetValue(name, out var values) && values.ToString() is { Length: > 0 } value ? value : null;
}
