using System.Globalization;
using ObjectServer.Addressing;
using ObjectServer.Errors;
using ObjectServer.Http;
using ObjectServer.Lifecycle;
using ObjectServer.Messages;
using ObjectServer.Storage.Model;

namespace ObjectServer.Operations.Objects;

/// <summary>How a client wants to read an object: which version, under what conditions, how much of it.</summary>
/// <remarks>
/// What GetObject and HeadObject share: https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html
/// </remarks>
internal sealed class ObjectReading
{
    private const int MaxPartNumber = 10_000;

    private readonly S3Request _request;
    private readonly ReadConditions _conditions;
    private readonly bool _wantsChecksum;
    private readonly ResponseOverrides _overrides;

    /// <summary>Reads the request.</summary>
    /// <exception cref="S3Exception">
    /// InvalidArgument or InvalidRequest: a parameter is wrong, or two contradict.
    /// </exception>
    public ObjectReading(S3Request request)
    {
        _request = request;
        VersionId = RequestedVersion.Read(request.Query);
        PartNumber = ReadPartNumber(request);
        if (PartNumber is not null && request.Header("Range") is not null)
        {
            throw new S3Exception(S3Errors.InvalidRequest.Saying(
                "Cannot specify both Range header and partNumber query parameter"));
        }

        _conditions = ReadConditions.Read(request.Headers);
        _wantsChecksum = ReadChecksumMode(request);
        _overrides = ResponseOverrides.Read(request);
    }

    /// <summary>Null: the current version.</summary>
    public VersionId? VersionId { get; }

    /// <summary>The one part to give; null for all of them.</summary>
    public int? PartNumber { get; }

    /// <summary>The way to where an object leads the visitors of a website, whatever is kept in it; null where it does not.</summary>
    public S3Response? Redirect(ObjectVersion version) =>
        _request.IsAtWebsite && version.Metadata.WebsiteRedirectLocation is { } elsewhere
            ? S3Response.Empty(301).With("Location", PercentEncoding.EncodeUrl(elsewhere))
            : null;

    /// <summary>Says what to send of an object that was found.</summary>
    /// <param name="version">The object; no delete marker.</param>
    /// <param name="parts">Its parts, where <see cref="PartNumber"/> is given.</param>
    public ReadPlan Plan(ObjectVersion version, IReadOnlyList<ObjectPart> parts)
    {
        switch (_conditions.Judge(version.ETag, version.LastModified))
        {
            case { Outcome: ReadOutcome.Failed, Condition: var condition }:
                return new(S3Errors.PreconditionFailed.With("Condition", condition!));
            case { Outcome: ReadOutcome.NotModified }:
                return new(NotModified(version));
        }

        return PartNumber is { } number ? PlanPart(version, parts, number) : PlanRange(version);
    }

    /// <summary>Adds the headers of an object to the answer that carries it.</summary>
    /// <param name="response">The answer.</param>
    /// <param name="version">The object.</param>
    /// <param name="plan">What is sent of it.</param>
    /// <param name="calendar">Tells when it will expire.</param>
    public S3Response Describe(
        S3Response response, ObjectVersion version, ReadPlan plan, LifecycleCalendar calendar)
    {
        var range = plan.Range;
        var isWhole = range.Length == version.Size;
        response
            .With("Last-Modified", HttpDates.Format(version.LastModified))
            .With("ETag", EntityTags.Quote(version.ETag))
            .With("Accept-Ranges", "bytes")
            .With("Content-Range", response.StatusCode == 206 ? range.Describe(version.Size) : null)
            .WithVersion(_request.Bucket, version.VersionId)
            .With("x-amz-storage-class", Unless(ObjectHeaders.StandardClass, version.StorageClass))
            .With("x-amz-mp-parts-count", PartNumber is null ? null : Unless("0", Text(version.PartCount)))
            .With("x-amz-tagging-count", Unless("0", Text(version.Tags.Length)));
        if (VersionId is null)
        {
            response.WithExpiration(_request.Bucket, version, calendar);
        }

        StoredHeaders.Add(response, version.Metadata, _overrides);
        if (!_wantsChecksum)
        {
            return response;
        }

        // A part of a composite object shows its own checksum; any other piece has none that S3 knows of.
        return plan.Part?.Checksum is { } own && version.Checksum?.Type is ChecksumType.Composite
            ? response.WithPartChecksum(own)
            : isWhole ? response.WithChecksum(version.Checksum, version.PartCount) : response;
    }

    private ReadPlan PlanRange(ObjectVersion version)
    {
        var header = IsForThis(version) ? _request.Header("Range") : null;
        return ByteRange.Resolve(header, version.Size, out var range) switch
        {
            RangeOutcome.Whole => new(200, range, Part: null),
            RangeOutcome.Partial => new(206, range, Part: null),
            _ => new(S3Errors.InvalidRange
                .With("RangeRequested", header!)
                .With("ActualObjectSize", Text(version.Size))
                .WithHeader("Content-Range", $"bytes */{Text(version.Size)}")),
        };
    }

    /// <summary>Whether a range is wanted of this version: who has a part of another one wants the whole.</summary>
    /// <remarks>https://www.rfc-editor.org/rfc/rfc9110#section-13.1.5</remarks>
    private bool IsForThis(ObjectVersion version) => _request.Header("If-Range") is not { Length: > 0 } condition
        || condition == EntityTags.Quote(version.ETag)
        || (HttpDates.TryParse(condition, out var time) && time == HttpDates.ToSecond(version.LastModified));

    private static ReadPlan PlanPart(ObjectVersion version, IReadOnlyList<ObjectPart> parts, int number)
    {
        // An object that was put whole is its own and only part.
        var part = parts.Count == 0 && number == 1
            ? new ObjectPart(1, 0, version.Size, version.Checksum)
            : parts.FirstOrDefault(part => part.Number == number);
        if (part is null)
        {
            return new(S3Errors.InvalidPartNumber
                .With("ActualPartCount", Text(Math.Max(1, parts.Count)))
                .With("PartNumberRequested", Text(number)));
        }

        // No Content-Range can speak of an empty part.
        return new(part.Size == 0 ? 200 : 206, new(part.Offset, part.Size), part);
    }

    private S3Response NotModified(ObjectVersion version) => S3Response.Empty(304)
        .With("Last-Modified", HttpDates.Format(version.LastModified))
        .With("ETag", EntityTags.Quote(version.ETag))
        .With("Cache-Control", StoredHeaders.Safe(version.Metadata.CacheControl))
        .With("Expires", StoredHeaders.Safe(version.Metadata.Expires))
        .WithVersion(_request.Bucket, version.VersionId);

    private static int? ReadPartNumber(S3Request request)
    {
        if (request.Query.Find("partNumber") is not { } text)
        {
            return null;
        }

        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            && number is >= 1 and <= MaxPartNumber
                ? number
                : throw new S3Exception(S3Errors.InvalidArgument
                    .Saying("Part number must be an integer between 1 and 10000, inclusive")
                    .With("ArgumentName", "partNumber")
                    .With("ArgumentValue", text));
    }

    private static bool ReadChecksumMode(S3Request request)
    {
        const string name = "x-amz-checksum-mode";
        return request.Header(name) switch
        {
            null or "" => false,
            var mode when mode.Equals("ENABLED", StringComparison.OrdinalIgnoreCase) => true,
            var other => throw new S3Exception(S3Errors.InvalidArgument
                .Saying($"Value for {name} header is invalid.")
                .With("ArgumentName", name)
                .With("ArgumentValue", other)),
        };
    }

    private static string? Unless(string usual, string value) => value == usual ? null : value;

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}

/// <summary>What to send of an object, or what to answer instead.</summary>
/// <param name="StatusCode">200 or 206.</param>
/// <param name="Range">The bytes to send.</param>
/// <param name="Part">The part that they are, where one was asked for.</param>
internal readonly record struct ReadPlan(int StatusCode, ByteRange Range, ObjectPart? Part)
{
    public ReadPlan(S3Response instead)
        : this(instead.StatusCode, default, Part: null) => Instead = instead;

    /// <summary>The answer without the object: 304, 412 or 416; null where the object is to be sent.</summary>
    public S3Response? Instead { get; }
}
