using Microsoft.AspNetCore.Http;
using ObjectServer.Addressing;
using ObjectServer.Authorization;
using ObjectServer.Messages;
using ObjectServer.Operations.Locking;
using ObjectServer.Storage;

namespace ObjectServer.Operations.Objects;

/// <summary>PUT /{bucket}/{key}?retention: says until when an object, or one version of it, is kept.</summary>
/// <remarks>https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutObjectRetention.html</remarks>
internal sealed class PutObjectRetention(ObjectStore objects) : S3Operation
{
    public override S3Route Route { get; } = new(HttpMethods.Put, TargetKind.Object) { Subresource = "retention" };

    /// <summary>A policy may ask in which mode, and for how long.</summary>
    public override bool AuthorizesItself => true;

    public override bool IsDecidedByDocument => true;

    public override S3Action ActionFor(S3Target target) => S3Action.PutObjectRetention;

    public override async ValueTask<S3Response> ExecuteAsync(S3Request request, CancellationToken cancellation)
    {
        var versionId = RequestedVersion.Read(request.Query);
        var document = await request.Body.ReadDocumentAsync(
            LockDocuments.MaxXmlBytes, checksumRequired: true, cancellation);
        var retention = LockDocuments.ReadRetention(document);
        var bypasses = ObjectLock.BypassesGovernance(request.Headers);

        var target = AccessTarget.Of(request.Bucket, request.Key, versionId);
        var details = new AccessDetails
        {
            LockMode = retention is { } asked ? LockNames.Of(asked.Mode) : null,
            RetainUntil = retention?.Until,
        };
        await request.Access.DemandAsync(S3Action.PutObjectRetention, target, details, cancellation);
        if (bypasses)
        {
            await request.Access.DemandAsync(S3Action.BypassGovernanceRetention, target, details, cancellation);
        }

        if (retention is { } wanted && LockNames.JudgeUntil(wanted.Until, request.Now) is { } refusal)
        {
            return refusal;
        }

        var outcome = await objects.RetainAsync(
            request.Bucket, request.Key, versionId, retention, bypasses, cancellation);
        return LockedObject.Answer(request, versionId, outcome);
    }
}
