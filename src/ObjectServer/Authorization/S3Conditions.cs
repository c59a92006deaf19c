using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Globalization;
using ObjectServer.Addressing;
using ObjectServer.Authentication;
using ObjectServer.Errors;
using ObjectServer.Identity;
using ObjectServer.Policies;
using ObjectServer.Storage.Model;

namespace ObjectServer.Authorization;

/// <summary>
/// The condition keys of a request to S3, each computed when a policy asks for it; those of its caller are
/// <see cref="CallerConditions"/>.
/// </summary>
/// <remarks>
/// https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazons3.html#amazons3-policy-keys and
/// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
/// </remarks>
internal sealed class S3Conditions(Caller caller, RequestFacts facts, AccessDetails details) : IConditionValues
{
    private const string TimeFormat = "yyyy-MM-dd'T'HH:mm:ss'Z'";

    /// <summary>Keys that end in a name of the policy's own, e.g. the key of a tag.</summary>
    private static readonly (string Prefix, Func<S3Conditions, string, string?> Read)[] Families =
    [
        ("aws:RequestTag/", (own, name) => Find(own.RequestTags, name)),
        ("aws:ResourceTag/", (own, name) => Find(own.BucketTags, name)),
        ("s3:BucketTag/", (own, name) => Find(own.BucketTags, name)),
        ("s3:ExistingObjectTag/", (own, name) => Find(own.Object?.Tags ?? [], name)),
        ("s3:RequestObjectTag/", (own, name) => Find(own.RequestTags, name)),
    ];

    private static readonly FrozenDictionary<string, Func<S3Conditions, ConditionValues>> Keys =
        new Dictionary<string, Func<S3Conditions, ConditionValues>>(StringComparer.OrdinalIgnoreCase)
        {
            ["aws:Referer"] = own => One(own._facts.Header("Referer")),
            ["aws:RequestedRegion"] = own => own._facts.Region,
            ["aws:ResourceAccount"] = own => One(own.ResourceAccountId),
            ["aws:SecureTransport"] = own => Flag(own._facts.IsSecure),
            ["aws:SourceIp"] = own => own._facts.Remote is { } remote
                ? (remote.IsIPv4MappedToIPv6 ? remote.MapToIPv4() : remote).ToString()
                : default(ConditionValues),
            ["aws:TagKeys"] = own => own.RequestTagKeys,
            ["aws:UserAgent"] = own => One(own._facts.Header("User-Agent")),
            ["s3:LocationConstraint"] = own => One(own._details.LocationConstraint),
            ["s3:RequestObjectTagKeys"] = own => own.RequestTagKeys,
            ["s3:ResourceAccount"] = own => One(own.ResourceAccountId),
            ["s3:TlsVersion"] = own => One(own._facts.TlsVersion),
            ["s3:VersionId"] = own => One(own._facts.Query.Find("versionId")),
            ["s3:authType"] = own => own._facts.AuthType switch
            {
                AuthType.Header => "REST-HEADER",
                AuthType.Query => "REST-QUERY-STRING",
                AuthType.Form => "POST",
                _ => default(ConditionValues),
            },
            ["s3:delimiter"] = own => One(own._facts.Query.Find("delimiter")),
            ["s3:if-match"] = own => One(own._facts.Header("If-Match")),
            ["s3:if-none-match"] = own => One(own._facts.Header("If-None-Match")),
            ["s3:max-keys"] = own => One(own._facts.Query.Find("max-keys")),
            ["s3:object-lock-legal-hold"] = own =>
                One(own._details.LegalHold ?? own._facts.Header("x-amz-object-lock-legal-hold")),
            ["s3:object-lock-mode"] = own => One(own._details.LockMode ?? own._facts.Header("x-amz-object-lock-mode")),
            ["s3:object-lock-remaining-retention-days"] = own => own.RetainUntil is { } until
                ? Text((long)Math.Ceiling((until - own._facts.Now).TotalDays))
                : default,
            ["s3:object-lock-retain-until-date"] = own => own.RetainUntil is { } until ? Time(until) : default,
            ["s3:prefix"] = own => One(own._details.Prefix ?? own._facts.Query.Find("prefix")),
            ["s3:signatureAge"] = own => own.SignedAt is { } signed
                ? Text((long)(own._facts.Now - signed).TotalMilliseconds)
                : default,
            ["s3:signatureversion"] = own => One(own.SignatureVersion),
            ["s3:x-amz-acl"] = own => One(own._facts.Header("x-amz-acl") ?? own.Field("acl")),
            ["s3:x-amz-content-sha256"] = own => One(own._facts.Header("x-amz-content-sha256")),
            ["s3:x-amz-copy-source"] = own => own._facts.Header("x-amz-copy-source") is { } source
                ? PercentEncoding.DecodeQuery(source.Split('?')[0].TrimStart('/').Replace("+", "%2B", StringComparison.Ordinal))
                : default(ConditionValues),
            ["s3:x-amz-grant-full-control"] = own => One(own._facts.Header("x-amz-grant-full-control")),
            ["s3:x-amz-grant-read"] = own => One(own._facts.Header("x-amz-grant-read")),
            ["s3:x-amz-grant-read-acp"] = own => One(own._facts.Header("x-amz-grant-read-acp")),
            ["s3:x-amz-grant-write"] = own => One(own._facts.Header("x-amz-grant-write")),
            ["s3:x-amz-grant-write-acp"] = own => One(own._facts.Header("x-amz-grant-write-acp")),
            ["s3:x-amz-metadata-directive"] = own => One(own._facts.Header("x-amz-metadata-directive")),
            ["s3:x-amz-object-ownership"] = own => One(own._facts.Header("x-amz-object-ownership")),
            ["s3:x-amz-server-side-encryption"] = own => One(own._facts.Header("x-amz-server-side-encryption")),
            ["s3:x-amz-server-side-encryption-aws-kms-key-id"] = own =>
                One(own._facts.Header("x-amz-server-side-encryption-aws-kms-key-id")),
            ["s3:x-amz-server-side-encryption-customer-algorithm"] = own =>
                One(own._facts.Header("x-amz-server-side-encryption-customer-algorithm")),
            ["s3:x-amz-storage-class"] = own => One(own._facts.Header("x-amz-storage-class")),
            ["s3:x-amz-website-redirect-location"] = own => One(own._facts.Header("x-amz-website-redirect-location")),
        }.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);

    private readonly Caller _caller = caller;
    private readonly RequestFacts _facts = facts;
    private readonly AccessDetails _details = details;

    /// <summary>The bucket that is judged; null where there is none.</summary>
    public BucketRecord? Bucket { get; init; }

    /// <summary>The account of the bucket; null where there is none.</summary>
    public string? ResourceAccountId { get; init; }

    /// <summary>The version that is judged, where it was looked up.</summary>
    public ObjectVersion? Object { get; set; }

    private ImmutableArray<Tag> RequestTags => _details.Tags ?? HeaderTags();

    private ImmutableArray<Tag> BucketTags =>
        Bucket is { } bucket && BucketAbac.Is(bucket) ? bucket.Tags : [];

    private ConditionValues RequestTagKeys =>
        RequestTags is { IsEmpty: false } tags ? new(tags.Select(tag => tag.Key).ToArray()) : default;

    private DateTimeOffset? RetainUntil => _details.RetainUntil
        ?? (DateTimeOffset.TryParse(
            _facts.Header("x-amz-object-lock-retain-until-date"),
            CultureInfo.InvariantCulture,
            DateTimeStyles.AssumeUniversal,
            out var until)
            ? until
            : null);

    private string? SignatureVersion => _facts.AuthType switch
    {
        AuthType.Header => IsVersion4(_facts.Header("Authorization")) ? "AWS4-HMAC-SHA256" : "AWS",
        AuthType.Query => _facts.Query.Contains("X-Amz-Algorithm") ? "AWS4-HMAC-SHA256" : "AWS",
        AuthType.Form => _facts.Headers.ContainsKey("x-amz-algorithm") ? "AWS4-HMAC-SHA256" : "AWS",
        _ => null,
    };

    /// <summary>When a presigned URL or a form was signed: the age of a signature in the header is no secret.</summary>
    private DateTimeOffset? SignedAt => _facts.AuthType switch
    {
        AuthType.Header => RequestTime.ParseBasic(_facts.Header("x-amz-date") ?? "")?.Instant,
        AuthType.Query => RequestTime.ParseBasic(_facts.Query.Find("X-Amz-Date") ?? "")?.Instant,
        AuthType.Form => RequestTime.ParseBasic(_facts.Header("x-amz-date") ?? "")?.Instant,
        _ => null,
    };

    public bool TryGet(string key, out ConditionValues values)
    {
        values = Find(key);
        return values.Count > 0 || CallerConditions.TryGet(_caller, _facts.Now, key, out values);
    }

    private ConditionValues Find(string key)
    {
        if (Keys.TryGetValue(key, out var read))
        {
            return read(this);
        }

        foreach (var (prefix, readNamed) in Families)
        {
            if (key.StartsWith(prefix, StringComparison.OrdinalIgnoreCase))
            {
                return One(readNamed(this, key[prefix.Length..]));
            }
        }

        return default;
    }

    private string? Field(string name) => _facts.AuthType == AuthType.Form ? _facts.Header(name) : null;

    private ImmutableArray<Tag> HeaderTags()
    {
        try
        {
            return _facts.Header("x-amz-tagging") is { Length: > 0 } header
                ? [.. RawQuery.Parse(header).Parameters.Select(tag => new Tag(tag.Name, tag.Value))]
                : [];
        }
        catch (S3Exception)
        {
            // The operation refuses such a header; until then it gives no tags.
            return [];
        }
    }

    private static string? Find(ImmutableArray<Tag> tags, string key)
    {
        foreach (var tag in tags)
        {
            if (tag.Key == key)
            {
                return tag.Value;
            }
        }

        return null;
    }

    private static bool IsVersion4(string? authorization) =>
        authorization?.StartsWith("AWS4-", StringComparison.Ordinal) == true;

    private static ConditionValues One(string? value) => value is null ? default : new(value);

    private static ConditionValues Flag(bool value) => value ? "true" : "false";

    private static ConditionValues Text(long number) => number.ToString(CultureInfo.InvariantCulture);

    private static ConditionValues Time(DateTimeOffset time) =>
        time.UtcDateTime.ToString(TimeFormat, CultureInfo.InvariantCulture);
}
