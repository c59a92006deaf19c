using System.Buffers;
using System.Collections.Immutable;
using System.Text;
using ObjectServer.Cors;
using ObjectServer.Errors;
using ObjectServer.Operations.Locking;
using ObjectServer.Storage.Model;
using ObjectServer.Websites;
using ObjectServer.Xml;

namespace ObjectServer.Seeding;

/// <summary>
/// Settings of buckets that are documents: what the file says becomes the document that a request would bring, and S3's own
/// reader says what is wrong with it.
/// </summary>
internal static class SeedSettings
{
    private static readonly SeedRule NotEmpty = new("a text that is not empty", text => text.Length > 0);
    private static readonly SeedRule KeyPrefix = new("a text that has a form in UTF-8", text => Whole(text) == text);

    /// <summary>What is allowed to pages of other origins; null where the file says nothing of it.</summary>
    public static byte[]? ReadCors(SeedFields bucket)
    {
        var rules = bucket.List("cors", ReadCorsRule);
        return rules.IsEmpty || rules.Any(IsUnfinished)
            ? null
            : Written(bucket, "cors", xml => CorsDocument.Write(xml, new(rules)), document => CorsDocument.Read(document));
    }

    /// <summary>What the bucket is as a website; null where the file says nothing of it.</summary>
    public static byte[]? ReadWebsite(SeedFields bucket) => bucket.Mapping("website", ReadWebsiteConfiguration) is { } website
        ? Written(
            bucket,
            "website",
            xml => WebsiteDocument.Write(xml, website),
            document => WebsiteDocument.Read(document))
        : null;

    /// <summary>What new versions get whose writer asks for no retention; null where the file says nothing of it.</summary>
    public static DefaultRetention? ReadRetention(SeedFields bucket) => bucket.Mapping("defaultRetention", retention =>
    {
        var mode = LockNames.ParseMode(retention.OneOf(
            "mode", LockNames.Of(RetentionMode.Governance), LockNames.Of(RetentionMode.Compliance)));
        var days = retention.Number("days", 1, DefaultRetention.MaxDays);
        var years = retention.Number("years", 1, DefaultRetention.MaxYears);
        if (mode is null || days is null == years is null)
        {
            retention.Mistake("mode", "A retention has a mode, and days or years.");
        }

        return new DefaultRetention(mode ?? RetentionMode.Governance, days ?? years ?? 1, IsInYears: years is not null);
    });

    private static CorsRule ReadCorsRule(SeedFields rule)
    {
        var read = new CorsRule
        {
            Id = rule.Text("id", SeedRule.Anything),
            Headers = Patterns(rule, "allowedHeaders"),
            Methods = rule.Texts("allowedMethods", NotEmpty),
            Origins = Patterns(rule, "allowedOrigins"),
            ExposedHeaders = rule.Texts("exposeHeaders", NotEmpty),
            MaxAgeSeconds = rule.Number("maxAgeSeconds", 0, int.MaxValue),
        };
        if (IsUnfinished(read))
        {
            rule.Mistake("allowedMethods", "A rule has allowedMethods and allowedOrigins.");
        }

        return read;
    }

    private static bool IsUnfinished(CorsRule rule) => rule.Methods.IsEmpty || rule.Origins.IsEmpty;

    private static ImmutableArray<CorsPattern> Patterns(SeedFields rule, string name) =>
        [.. rule.Texts(name, NotEmpty).Select(text => new CorsPattern(text))];

    private static WebsiteConfiguration ReadWebsiteConfiguration(SeedFields website)
    {
        var read = new WebsiteConfiguration
        {
            RedirectAll = website.Mapping("redirectAllRequestsTo", all => new RedirectRule
            {
                HostName = all.RequiredText("hostName", NotEmpty),
                Protocol = all.Text("protocol", SeedRule.Anything),
            }),
            IndexSuffix = website.Mapping("indexDocument", index => index.RequiredText("suffix", NotEmpty)) ?? "",
            ErrorKey = website.Mapping("errorDocument", error => error.RequiredText("key", SeedRule.ObjectKey)) is { } key
                ? ObjectKey.Parse(Whole(key))
                : null,
            Rules = website.List("routingRules", ReadRoutingRule),
        };
        if (read is { RedirectAll: not null, IndexSuffix.Length: > 0 })
        {
            website.Mistake("redirectAllRequestsTo", "Where all requests are led elsewhere, there is no index document.");
        }

        return read;
    }

    private static RoutingRule ReadRoutingRule(SeedFields rule)
    {
        var condition = rule.Mapping("condition", condition => new Condition(
            condition.Text("keyPrefixEquals", KeyPrefix), condition.Number("httpErrorCodeReturnedEquals", 400, 599)));
        if (condition is { KeyPrefix: null, ErrorCode: null })
        {
            rule.Mistake("condition", "A condition has keyPrefixEquals, httpErrorCodeReturnedEquals, or both.");
        }

        var redirect = rule.Mapping("redirect", redirect => new RedirectRule
        {
            HostName = redirect.Text("hostName", NotEmpty),
            Protocol = redirect.Text("protocol", SeedRule.Anything),
            StatusCode = redirect.Number("httpRedirectCode", 301, 399),
            Key = redirect.Text("replaceKeyWith", SeedRule.Anything),
            KeyPrefix = redirect.Text("replaceKeyPrefixWith", SeedRule.Anything),
        });
        if (redirect is null || redirect == new RedirectRule())
        {
            rule.Mistake("redirect", "A rule says where it leads to.");
        }

        return new()
        {
            KeyPrefix = condition?.KeyPrefix is { } prefix ? Whole(prefix) : null,
            ErrorCode = condition?.ErrorCode,
            Redirect = redirect ?? new(),
        };
    }

    /// <summary>The document, once S3's reader has read it.</summary>
    private static byte[]? Written(
        SeedFields bucket, string name, Action<S3XmlWriter> write, Action<ReadOnlyMemory<byte>> read)
    {
        var document = new ArrayBufferWriter<byte>();
        write(new S3XmlWriter(document));
        try
        {
            read(document.WrittenMemory);
            return document.WrittenSpan.ToArray();
        }
        catch (S3Exception wrong)
        {
            bucket.Mistake(name, wrong.Error.Message);
            return null;
        }
    }

    /// <summary>A text to go on with: half a surrogate pair, which was a mistake, becomes what UTF-8 has for it.</summary>
    private static string Whole(string text) => Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text));

    private sealed record Condition(string? KeyPrefix, int? ErrorCode);
}
