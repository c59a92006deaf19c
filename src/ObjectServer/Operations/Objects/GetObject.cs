using Microsoft.AspNetCore.Http;
using ObjectServer.Addressing;
using ObjectServer.Archives;
using ObjectServer.Authorization;
using ObjectServer.Errors;
using ObjectServer.Lifecycle;
using ObjectServer.Messages;
using ObjectServer.Operations.Locking;
using ObjectServer.Storage;

namespace ObjectServer.Operations.Objects;

/// <summary>GET /{bucket}/{key}: an object, a range of it, or one of its parts.</summary>
/// <remarks>https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html</remarks>
internal sealed class GetObject(ObjectStore objects, ArchiveRules archives, LifecycleCalendar calendar) : S3Operation
{
    public override S3Route Route { get; } = new(HttpMethods.Get, TargetKind.Object);

    public override S3Action ActionFor(S3Target target) =>
        RequestedVersion.IsIn(target.Query) ? S3Action.GetObjectVersion : S3Action.GetObject;

    public override async ValueTask<S3Response> ExecuteAsync(S3Request request, CancellationToken cancellation)
    {
        var reading = new ObjectReading(request);
        var stored = await objects.OpenAsync(request.Bucket, request.Key, reading.VersionId, cancellation);
        if (AbsentObject.Is(request, reading.VersionId, stored?.Version, out var refusal))
        {
            await CloseAsync(stored);
            return refusal;
        }

        try
        {
            if (!await request.MayGiveOutAsync(stored!.Version, cancellation))
            {
                await CloseAsync(stored);
                return S3Errors.AccessDenied;
            }

            if (reading.Redirect(stored.Version) is { } elsewhere)
            {
                await CloseAsync(stored);
                return elsewhere;
            }

            if (archives.Judge(stored.Version, request.Bucket, request.Now) is { } archived)
            {
                await CloseAsync(stored);
                return archived;
            }

            var response = await AnswerAsync(request, reading, stored, cancellation);
            if (response.Body is null)
            {
                await CloseAsync(stored);
            }

            return response;
        }
        catch
        {
            await CloseAsync(stored);
            throw;
        }
    }

    /// <summary>An answer with a body owns the object from then on.</summary>
    private async ValueTask<S3Response> AnswerAsync(
        S3Request request, ObjectReading reading, StoredObject stored, CancellationToken cancellation)
    {
        var parts = reading.PartNumber is null ? [] : await stored.ReadPartsAsync(cancellation);
        var plan = reading.Plan(stored.Version, parts);
        if (plan.Instead is { } instead)
        {
            return instead;
        }

        var response = reading.Describe(
            S3Response.Streaming(new ContentBody(stored, plan.Range), plan.StatusCode), stored.Version, plan, calendar)
            .With("x-amz-restore", archives.Describe(stored.Version, request.Bucket, request.Now));
        await archives.NoteAccessAsync(stored.Version, request.Bucket, request.Now);
        return await ObjectLock.ShowAsync(request, response, stored.Version, cancellation);
    }

    private static ValueTask CloseAsync(StoredObject? stored) => stored?.DisposeAsync() ?? ValueTask.CompletedTask;
}
