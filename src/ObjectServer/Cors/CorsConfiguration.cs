using System.Collections.Immutable;
using ObjectServer.Errors;
using ObjectServer.Storage.Model;

namespace ObjectServer.Cors;

/// <summary>What a bucket allows to pages of other origins: rules, of which the first that fits counts.</summary>
/// <remarks>https://docs.aws.amazon.com/AmazonS3/latest/userguide/cors.html</remarks>
internal sealed class CorsConfiguration(ImmutableArray<CorsRule> rules)
{
    /// <summary>The most that AWS takes.</summary>
    public const int MaxBytes = 64 * 1024;

    private static readonly KeyValuePair<string, string> Vary =
        new("Vary", "Origin, Access-Control-Request-Headers, Access-Control-Request-Method");

    public ImmutableArray<CorsRule> Rules { get; } = rules;

    /// <summary>The bucket's, read once; null where it has none.</summary>
    /// <exception cref="CorruptDataException">What is kept is no such document.</exception>
    public static CorsConfiguration? Find(BucketRecord bucket)
    {
        try
        {
            return bucket.Settings.Find(BucketSetting.Cors)?.Read(CorsDocument.Read);
        }
        catch (S3Exception malformed)
        {
            throw new CorruptDataException($"The CORS rules of bucket {bucket.Name} are malformed.", malformed);
        }
    }

    /// <summary>The first rule that allows a request, or null.</summary>
    public CorsRule? FindRule(CorsRequest request)
    {
        if (!request.CanBeAnswered)
        {
            return null;
        }

        foreach (var rule in Rules)
        {
            if (rule.Allows(request))
            {
                return rule;
            }
        }

        return null;
    }

    /// <summary>
    /// The headers of the answer to a request. Where no rule allows it the request is served all the same: what the page
    /// does not see of its answer is the browser's affair.
    /// </summary>
    public ImmutableArray<KeyValuePair<string, string>> Answer(CorsRequest request) =>
        FindRule(request) is { } rule ? [.. rule.Answer(request), Vary] : [Vary];
}
