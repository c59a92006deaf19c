using Microsoft.AspNetCore.Http;
using ObjectServer.Addressing;
using ObjectServer.Archives;
using ObjectServer.Authorization;
using ObjectServer.Errors;
using ObjectServer.Lifecycle;
using ObjectServer.Messages;
using ObjectServer.Operations.Locking;
using ObjectServer.Storage;
using ObjectServer.Storage.Model;

namespace ObjectServer.Operations.Objects;

/// <summary>HEAD /{bucket}/{key}: what GetObject would answer, without the bytes.</summary>
/// <remarks>https://docs.aws.amazon.com/AmazonS3/latest/API/API_HeadObject.html</remarks>
internal sealed class HeadObject(ObjectStore objects, ArchiveRules archives, LifecycleCalendar calendar) : S3Operation
{
    public override S3Route Route { get; } = new(HttpMethods.Head, TargetKind.Object);

    public override S3Action ActionFor(S3Target target) =>
        RequestedVersion.IsIn(target.Query) ? S3Action.GetObjectVersion : S3Action.GetObject;

    public override async ValueTask<S3Response> ExecuteAsync(S3Request request, CancellationToken cancellation)
    {
        var reading = new ObjectReading(request);
        var (found, parts) = await FindAsync(request, reading, cancellation);
        if (AbsentObject.Is(request, reading.VersionId, found, out var refusal))
        {
            return refusal;
        }

        if (!await request.MayGiveOutAsync(found, cancellation))
        {
            return S3Errors.AccessDenied;
        }

        var plan = reading.Plan(found, parts);
        if (plan.Instead is { } instead)
        {
            return instead;
        }

        var response = reading.Describe(
            S3Response.Streaming(new UnsentBody(plan.Range.Length), plan.StatusCode), found, plan, calendar)
            .With("x-amz-restore", archives.Describe(found, request.Bucket, request.Now))
            .With("x-amz-archive-status", archives.TierOf(found, request.Bucket, request.Now) is { } tier
                ? TieringDocument.NameOf(tier)
                : null);
        return await ObjectLock.ShowAsync(request, response, found, cancellation);
    }

    /// <summary>Only a question about a part needs more than the record.</summary>
    private async ValueTask<(ObjectVersion? Found, IReadOnlyList<ObjectPart> Parts)> FindAsync(
        S3Request request, ObjectReading reading, CancellationToken cancellation)
    {
        if (reading.PartNumber is null)
        {
            return (await objects.FindAsync(request.Bucket, request.Key, reading.VersionId, cancellation), []);
        }

        await using var stored = await objects.OpenAsync(
            request.Bucket, request.Key, reading.VersionId, cancellation);
        return stored is null or { Version.IsDeleteMarker: true }
            ? (stored?.Version, [])
            : (stored.Version, await stored.ReadPartsAsync(cancellation));
    }
}
