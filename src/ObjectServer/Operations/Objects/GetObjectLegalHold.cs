using Microsoft.AspNetCore.Http;
using ObjectServer.Addressing;
using ObjectServer.Authorization;
using ObjectServer.Errors;
using ObjectServer.Messages;
using ObjectServer.Operations.Locking;
using ObjectServer.Storage;

namespace ObjectServer.Operations.Objects;

/// <summary>GET /{bucket}/{key}?legal-hold: whether a hold is on an object, or on one version of it.</summary>
/// <remarks>https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObjectLegalHold.html</remarks>
internal sealed class GetObjectLegalHold(ObjectStore objects) : S3Operation
{
    public override S3Route Route { get; } = new(HttpMethods.Get, TargetKind.Object) { Subresource = "legal-hold" };

    public override S3Action ActionFor(S3Target target) => S3Action.GetObjectLegalHold;

    public override async ValueTask<S3Response> ExecuteAsync(S3Request request, CancellationToken cancellation)
    {
        var (found, refusal) = await LockedObject.FindAsync(objects, request, cancellation);
        return refusal is not null ? refusal
            : found!.LegalHold is { } isOn
                ? S3Response.Xml(xml => LockDocuments.WriteHold(xml, isOn))
                : S3Errors.NoSuchObjectLockConfiguration;
    }
}
