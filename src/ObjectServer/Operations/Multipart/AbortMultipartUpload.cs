using Microsoft.AspNetCore.Http;
using ObjectServer.Addressing;
using ObjectServer.Authorization;
using ObjectServer.Errors;
using ObjectServer.Http;
using ObjectServer.Messages;
using ObjectServer.Storage;

namespace ObjectServer.Operations.Multipart;

/// <summary>DELETE /{bucket}/{key}?uploadId: gives an upload up and removes its parts.</summary>
/// <remarks>https://docs.aws.amazon.com/AmazonS3/latest/API/API_AbortMultipartUpload.html</remarks>
internal sealed class AbortMultipartUpload(UploadStore uploads) : S3Operation
{
    private const string InitiatedHeader = "x-amz-if-match-initiated-time";

    public override S3Route Route { get; } = new(HttpMethods.Delete, TargetKind.Object) { Query = ["uploadId"] };

    /// <summary>Who began the upload may abort it.</summary>
    public override bool AuthorizesItself => true;

    public override S3Action ActionFor(S3Target target) => S3Action.AbortMultipartUpload;

    public override async ValueTask<S3Response> ExecuteAsync(S3Request request, CancellationToken cancellation)
    {
        var uploadId = request.Query.Find("uploadId")!;
        var initiated = ReadInitiated(request);
        var upload = await uploads.FindAsync(request.Bucket, request.Key, uploadId, cancellation);
        await UploadInitiator.DemandAsync(request, ActionFor(request.Target), upload, cancellation);
        var outcome = await uploads.AbortAsync(
            request.Bucket, request.Key, uploadId, initiated, cancellation);
        return outcome switch
        {
            AbortOutcome.NoSuchUpload => AbsentUpload.Named(uploadId),
            AbortOutcome.PreconditionFailed => S3Errors.PreconditionFailed.With("Condition", InitiatedHeader),
            _ => S3Response.Empty(StatusCodes.Status204NoContent),
        };
    }

    private static DateTimeOffset? ReadInitiated(S3Request request)
    {
        if (request.Header(InitiatedHeader) is not { } text)
        {
            return null;
        }

        return HttpDates.TryParse(text, out var initiated)
            ? initiated
            : throw new S3Exception(S3Errors.InvalidArgument
                .With("ArgumentName", InitiatedHeader)
                .With("ArgumentValue", text));
    }
}
