using System.Globalization;
using Microsoft.AspNetCore.Http;
using ObjectServer.Addressing;
using ObjectServer.Authorization;
using ObjectServer.Errors;
using ObjectServer.Http;
using ObjectServer.Messages;
using ObjectServer.Operations.Locking;
using ObjectServer.Storage;
using ObjectServer.Storage.Model;

namespace ObjectServer.Operations.Objects;

/// <summary>
/// DELETE /{bucket}/{key}: removes an object or one version of it, or hides it behind a delete marker.
/// </summary>
/// <remarks>https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteObject.html</remarks>
internal sealed class DeleteObject(ObjectStore objects) : S3Operation
{
    private const string TimeHeader = "x-amz-if-match-last-modified-time";
    private const string SizeHeader = "x-amz-if-match-size";

    public override S3Route Route { get; } = new(HttpMethods.Delete, TargetKind.Object);

    public override S3Action ActionFor(S3Target target) =>
        RequestedVersion.IsIn(target.Query) ? S3Action.DeleteObjectVersion : S3Action.DeleteObject;

    public override TakenHeaders Takes => TakenHeaders.Factor;

    public override IEnumerable<S3Action> FurtherActionsFor(
        S3Target target, IHeaderDictionary headers, BucketRecord? bucket) => (
            headers.ContainsKey("If-Match"), ObjectLock.BypassesGovernance(headers)) switch
        {
            (false, false) => [],
            (true, false) => [S3Action.GetObject],
            (false, true) => [S3Action.BypassGovernanceRetention],
            (true, true) => [S3Action.GetObject, S3Action.BypassGovernanceRetention],
        };

    public override async ValueTask<S3Response> ExecuteAsync(S3Request request, CancellationToken cancellation)
    {
        var bucket = request.Bucket;
        var versionId = RequestedVersion.Read(request.Query);
        if (bucket.Versioning is VersioningState.Unversioned && versionId is { IsNull: false })
        {
            return S3Errors.InvalidArgument
                .Saying("Invalid version id specified")
                .With("ArgumentName", "versionId")
                .With("ArgumentValue", versionId.Value.ToString());
        }

        var isFactorNeeded = versionId is not null && MfaDelete.Is(bucket);
        if (await request.Access.JudgeFactorAsync(bucket, isFactorNeeded, cancellation) is { } refusal)
        {
            return refusal;
        }

        var outcome = await objects.DeleteAsync(
            bucket,
            request.Key,
            versionId,
            request.Caller.CanonicalId,
            ReadConditions(request),
            ObjectLock.BypassesGovernance(request.Headers),
            cancellation);
        return outcome switch
        {
            DeleteOutcome.Deleted deleted => Deleted(bucket, versionId ?? deleted.VersionId, deleted.IsDeleteMarker),
            DeleteOutcome.NoSuchBucket => S3Errors.NoSuchBucket.With("BucketName", bucket.Name),
            DeleteOutcome.PreconditionFailed failed => S3Errors.PreconditionFailed.With("Condition", failed.Condition),
            DeleteOutcome.Protected => ObjectLock.Protected,
            _ => throw new InvalidOperationException($"{outcome} is no outcome of a deletion."),
        };
    }

    private static S3Response Deleted(BucketRecord bucket, VersionId? versionId, bool isDeleteMarker)
    {
        var response = S3Response.Empty(204).With("x-amz-delete-marker", isDeleteMarker ? "true" : null);
        return versionId is { } named ? response.WithVersion(bucket, named) : response;
    }

    private static WriteConditions ReadConditions(S3Request request) => new()
    {
        IfMatch = EntityTags.ParseStrong(request.Header("If-Match")),
        IfLastModified = request.Header(TimeHeader) is not { } time ? null
            : HttpDates.TryParseAny(time, out var modified) ? modified
            : throw Invalid(TimeHeader, time),
        IfSize = request.Header(SizeHeader) is not { } text ? null
            : long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var size) ? size
            : throw Invalid(SizeHeader, text),
    };

    private static S3Exception Invalid(string name, string value) => new(S3Errors.InvalidArgument
        .Saying($"Value for {name} header is invalid.")
        .With("ArgumentName", name)
        .With("ArgumentValue", value));
}
