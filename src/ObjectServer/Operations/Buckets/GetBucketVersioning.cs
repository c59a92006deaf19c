using Microsoft.AspNetCore.Http;
using ObjectServer.Addressing;
using ObjectServer.Authorization;
using ObjectServer.Messages;
using ObjectServer.Storage.Model;

namespace ObjectServer.Operations.Buckets;

/// <summary>GET /{bucket}?versioning: whether a bucket keeps old versions.</summary>
/// <remarks>https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketVersioning.html</remarks>
internal sealed class GetBucketVersioning : S3Operation
{
    public override S3Route Route { get; } = new(HttpMethods.Get, TargetKind.Bucket) { Subresource = "versioning" };

    public override S3Action ActionFor(S3Target target) => S3Action.GetBucketVersioning;

    public override ValueTask<S3Response> ExecuteAsync(S3Request request, CancellationToken cancellation)
    {
        var status = request.Bucket.Versioning switch
        {
            VersioningState.Enabled => "Enabled",
            VersioningState.Suspended => "Suspended",
            _ => null,
        };
        var mfaDelete = !MfaDelete.WasEverSet(request.Bucket) ? null
            : MfaDelete.Is(request.Bucket) ? "Enabled"
            : "Disabled";
        return ValueTask.FromResult(S3Response.Xml(xml => xml
            .Root("VersioningConfiguration")
            .Element("Status", status)
            .Element("MfaDelete", mfaDelete)
            .End("VersioningConfiguration")));
    }
}
