using System.Collections.Immutable;
using Microsoft.AspNetCore.Http;

namespace ObjectServer.Http;

/// <summary>What the conditions of a read come to.</summary>
internal enum ReadOutcome
{
    /// <summary>All hold: give the object.</summary>
    Holds,

    /// <summary>The client has it already: 304 for a read, 412 for a copy.</summary>
    NotModified,

    /// <summary>412.</summary>
    Failed,
}

/// <summary>What the conditions of a read come to, and which of them decided.</summary>
/// <param name="Outcome">What to do.</param>
/// <param name="Condition">The header that does not hold, with its prefix; null where all hold.</param>
internal readonly record struct ReadVerdict(ReadOutcome Outcome, string? Condition);

/// <summary>The conditions of a read, or of the source of a copy, where the headers bear a prefix.</summary>
/// <remarks>
/// https://www.rfc-editor.org/rfc/rfc9110#section-13.2.2 has their order, which is S3's too: an If-Match that holds
/// outranks If-Unmodified-Since, and If-None-Match outranks If-Modified-Since. Dates that are none are no conditions.
/// </remarks>
internal sealed record ReadConditions
{
    /// <summary>What stands before the names of the headers, e.g. <c>x-amz-copy-source-</c>.</summary>
    public string Prefix { get; init; } = "";

    /// <summary>Tags without quotes, one of which must match; empty for no condition.</summary>
    public ImmutableArray<string> IfMatch { get; init; } = [];

    public DateTimeOffset? IfUnmodifiedSince { get; init; }

    /// <summary>Tags without quotes, none of which may match; empty for no condition.</summary>
    public ImmutableArray<string> IfNoneMatch { get; init; } = [];

    public DateTimeOffset? IfModifiedSince { get; init; }

    /// <summary>Reads the headers.</summary>
    public static ReadConditions Read(IHeaderDictionary headers, string prefix = "") => new()
    {
        Prefix = prefix,
        IfMatch = EntityTags.ParseStrong(headers[prefix + "If-Match"]),
        IfUnmodifiedSince = ReadDate(headers[prefix + "If-Unmodified-Since"]),
        IfNoneMatch = EntityTags.ParseWeak(headers[prefix + "If-None-Match"]),
        IfModifiedSince = ReadDate(headers[prefix + "If-Modified-Since"]),
    };

    /// <summary>Judges them against an object.</summary>
    /// <param name="eTag">Without quotes.</param>
    /// <param name="lastModified">Compared to the second.</param>
    public ReadVerdict Judge(string eTag, DateTimeOffset lastModified)
    {
        var modified = HttpDates.ToSecond(lastModified);
        if (!IfMatch.IsEmpty)
        {
            if (!EntityTags.Match(IfMatch, eTag))
            {
                return new(ReadOutcome.Failed, Prefix + "If-Match");
            }
        }
        else if (modified > IfUnmodifiedSince)
        {
            return new(ReadOutcome.Failed, Prefix + "If-Unmodified-Since");
        }

        if (!IfNoneMatch.IsEmpty)
        {
            return EntityTags.Match(IfNoneMatch, eTag)
                ? new(ReadOutcome.NotModified, Prefix + "If-None-Match")
                : default;
        }

        return modified <= IfModifiedSince ? new(ReadOutcome.NotModified, Prefix + "If-Modified-Since") : default;
    }

    private static DateTimeOffset? ReadDate(string? header) =>
        HttpDates.TryParseAny(header, out var time) ? time : null;
}
