using Microsoft.AspNetCore.Http;
using ObjectServer.Addressing;
using ObjectServer.Authorization;
using ObjectServer.Errors;
using ObjectServer.Messages;
using ObjectServer.Operations.Locking;
using ObjectServer.Storage;

namespace ObjectServer.Operations.Objects;

/// <summary>GET /{bucket}/{key}?retention: until when an object, or one version of it, is kept.</summary>
/// <remarks>https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObjectRetention.html</remarks>
internal sealed class GetObjectRetention(ObjectStore objects) : S3Operation
{
    public override S3Route Route { get; } = new(HttpMethods.Get, TargetKind.Object) { Subresource = "retention" };

    public override S3Action ActionFor(S3Target target) => S3Action.GetObjectRetention;

    public override async ValueTask<S3Response> ExecuteAsync(S3Request request, CancellationToken cancellation)
    {
        var (found, refusal) = await LockedObject.FindAsync(objects, request, cancellation);
        return refusal is not null ? refusal
            : found!.Retention is { } retention
                ? S3Response.Xml(xml => LockDocuments.WriteRetention(xml, retention))
                : S3Errors.NoSuchObjectLockConfiguration;
    }
}
