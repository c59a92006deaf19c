using System.Collections.Immutable;
using ObjectServer.Errors;
using ObjectServer.Storage.Model;

namespace ObjectServer.Websites;

/// <summary>What a bucket is as a website: documents and rules, or a signpost to another one.</summary>
/// <remarks>https://docs.aws.amazon.com/AmazonS3/latest/API/API_WebsiteConfiguration.html</remarks>
internal sealed record WebsiteConfiguration
{
    /// <summary>The most that AWS takes.</summary>
    public const int MaxBytes = 128 * 1024;

    /// <summary>Where all requests are led to; null for a website of its own, which has an <see cref="IndexSuffix"/>.</summary>
    public RedirectRule? RedirectAll { get; init; }

    /// <summary>The name of the document for what ends in a slash, e.g. <c>index.html</c>.</summary>
    public string IndexSuffix { get; init; } = "";

    /// <summary>The document that is shown where a request fails; null for S3's own.</summary>
    public ObjectKey? ErrorKey { get; init; }

    public ImmutableArray<RoutingRule> Rules { get; init; } = [];

    /// <summary>The bucket's, read once; null where it is no website.</summary>
    /// <exception cref="CorruptDataException">What is kept is no such document.</exception>
    public static WebsiteConfiguration? Find(BucketRecord bucket)
    {
        try
        {
            return bucket.Settings.Find(BucketSetting.Website)?.Read(WebsiteDocument.Read);
        }
        catch (S3Exception malformed)
        {
            throw new CorruptDataException($"The website of bucket {bucket.Name} is malformed.", malformed);
        }
    }

    /// <summary>The first rule for a key, whatever the request for it comes to; null where there is none.</summary>
    public RoutingRule? FindRule(ObjectKey? key) => Rules.FirstOrDefault(rule => rule.IsFor(key));

    /// <summary>The first rule for a key, of which the request ended with a status.</summary>
    public RoutingRule? FindRule(ObjectKey? key, int statusCode) =>
        Rules.FirstOrDefault(rule => (rule.ErrorCode is null || rule.ErrorCode == statusCode) && rule.IsFor(key));

    /// <summary>The document that is shown for a key: the key itself, or the index of what ends in a slash.</summary>
    /// <returns>Null: no key is so long.</returns>
    public ObjectKey? DocumentOf(ObjectKey? key) => key is { } named && named.Utf8[^1] != '/' ? named : IndexOf(key);

    /// <summary>The index document below a key, which ends in a slash or gets one.</summary>
    /// <returns>Null: no key is so long.</returns>
    public ObjectKey? IndexOf(ObjectKey? key)
    {
        var index = ObjectKey.Parse(key?.ToString() switch
        {
            null => IndexSuffix,
            [.., '/'] folder => folder + IndexSuffix,
            { } folder => $"{folder}/{IndexSuffix}",
        });
        return index.Length <= ObjectKey.MaxBytes ? index : null;
    }
}
