using Microsoft.AspNetCore.Http;
using ObjectServer.Addressing;
using ObjectServer.Authorization;
using ObjectServer.Messages;
using ObjectServer.Operations.Locking;
using ObjectServer.Storage;

namespace ObjectServer.Operations.Objects;

/// <summary>PUT /{bucket}/{key}?legal-hold: keeps an object, or one version of it, until that is taken back.</summary>
/// <remarks>https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutObjectLegalHold.html</remarks>
internal sealed class PutObjectLegalHold(ObjectStore objects) : S3Operation
{
    public override S3Route Route { get; } = new(HttpMethods.Put, TargetKind.Object) { Subresource = "legal-hold" };

    /// <summary>A policy may ask whether the hold is put on or taken off.</summary>
    public override bool AuthorizesItself => true;

    public override bool IsDecidedByDocument => true;

    public override S3Action ActionFor(S3Target target) => S3Action.PutObjectLegalHold;

    public override async ValueTask<S3Response> ExecuteAsync(S3Request request, CancellationToken cancellation)
    {
        var versionId = RequestedVersion.Read(request.Query);
        var document = await request.Body.ReadDocumentAsync(
            LockDocuments.MaxXmlBytes, checksumRequired: true, cancellation);
        var isOn = LockDocuments.ReadHold(document);
        await request.Access.DemandAsync(
            S3Action.PutObjectLegalHold,
            AccessTarget.Of(request.Bucket, request.Key, versionId),
            new() { LegalHold = LockNames.OfHold(isOn) },
            cancellation);
        var outcome = await objects.HoldAsync(request.Bucket, request.Key, versionId, isOn, cancellation);
        return LockedObject.Answer(request, versionId, outcome);
    }
}
