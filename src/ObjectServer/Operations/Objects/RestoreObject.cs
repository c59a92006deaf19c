using Microsoft.AspNetCore.Http;
using ObjectServer.Addressing;
using ObjectServer.Archives;
using ObjectServer.Authorization;
using ObjectServer.Errors;
using ObjectServer.Messages;
using ObjectServer.Storage;

namespace ObjectServer.Operations.Objects;

/// <summary>POST /{bucket}/{key}?restore: asks an archived object back.</summary>
/// <remarks>
/// What is asked for is kept with the version, and judged by the clock from then on, as <see cref="ArchiveRules"/> says.
/// https://docs.aws.amazon.com/AmazonS3/latest/API/API_RestoreObject.html
/// </remarks>
internal sealed class RestoreObject(ObjectStore objects, ArchiveRules archives) : S3Operation
{
    public override S3Route Route { get; } = new(HttpMethods.Post, TargetKind.Object) { Subresource = "restore" };

    public override S3Action ActionFor(S3Target target) => S3Action.RestoreObject;

    public override async ValueTask<S3Response> ExecuteAsync(S3Request request, CancellationToken cancellation)
    {
        var versionId = RequestedVersion.Read(request.Query);
        var document = await request.Body.ReadDocumentAsync(
            RestoreDocument.MaxBytes, checksumRequired: false, cancellation);
        if (document.IsEmpty)
        {
            return S3Errors.MalformedXML;
        }

        var wanted = RestoreDocument.Read(document);
        RestoreDecision? decision = null;
        var found = await objects.UpdateAsync(
            request.Bucket,
            request.Key,
            versionId,
            version =>
            {
                if (version.IsDeleteMarker)
                {
                    return version;
                }

                // Of several attempts the last one counts: it is the one that was committed.
                decision = archives.Decide(version, request.Bucket, wanted, request.Now);
                return decision.Refusal is null
                    ? version with { Storage = version.Storage with { Restore = decision.Restore } }
                    : version;
            },
            cancellation);
        if (AbsentObject.Is(request, versionId, found, out var refusal))
        {
            return refusal;
        }

        return decision!.Refusal is { } forbidden
            ? forbidden
            : S3Response.Empty(decision.StatusCode).WithVersion(request.Bucket, found.VersionId);
    }
}
