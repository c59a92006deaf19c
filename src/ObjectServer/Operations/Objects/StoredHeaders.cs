using System.Buffers;
using System.Globalization;
using ObjectServer.Http;
using ObjectServer.Messages;
using ObjectServer.Storage.Model;

namespace ObjectServer.Operations.Objects;

/// <summary>Gives back the headers that were kept with an object.</summary>
internal static class StoredHeaders
{
    /// <summary>What a header's name may consist of: https://www.rfc-editor.org/rfc/rfc9110#section-5.6.2</summary>
    private static readonly SearchValues<char> TokenCharacters = SearchValues.Create(
        "!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");

    /// <summary>Adds them to an answer.</summary>
    /// <remarks>
    /// User metadata beyond ASCII goes out in encoded words. What no header can say at all (a form may have brought
    /// it) is left out and counted in <c>x-amz-missing-meta</c>.
    /// </remarks>
    public static void Add(S3Response response, ObjectMetadata metadata, ResponseOverrides overrides)
    {
        response
            .With("Content-Type", Safe(overrides.ContentType ?? metadata.ContentType))
            .With("Cache-Control", Safe(overrides.CacheControl ?? metadata.CacheControl))
            .With("Content-Disposition", Safe(overrides.ContentDisposition ?? metadata.ContentDisposition))
            .With("Content-Encoding", Safe(overrides.ContentEncoding ?? metadata.ContentEncoding))
            .With("Content-Language", Safe(overrides.ContentLanguage ?? metadata.ContentLanguage))
            .With("Expires", Safe(overrides.Expires ?? metadata.Expires))
            .With("x-amz-website-redirect-location", Safe(metadata.WebsiteRedirectLocation));
        var missing = 0;
        foreach (var (name, value) in metadata.User)
        {
            if (name.AsSpan().ContainsAnyExcept(TokenCharacters) || value.Any(char.IsControl))
            {
                missing++;
                continue;
            }

            response.With("x-amz-meta-" + name, EncodedWords.Encode(value));
        }

        if (missing > 0)
        {
            response.With("x-amz-missing-meta", missing.ToString(CultureInfo.InvariantCulture));
        }
    }

    /// <summary>A value as it can stand in a header; as it is wherever that is possible.</summary>
    public static string? Safe(string? value) =>
        value is null || EncodedWords.IsHeaderText(value) ? value : EncodedWords.Encode(value);
}
