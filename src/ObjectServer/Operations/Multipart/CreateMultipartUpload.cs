using Microsoft.AspNetCore.Http;
using ObjectServer.AccessControl;
using ObjectServer.Addressing;
using ObjectServer.Authorization;
using ObjectServer.Checksums;
using ObjectServer.Errors;
using ObjectServer.Lifecycle;
using ObjectServer.Messages;
using ObjectServer.Operations.Locking;
using ObjectServer.Operations.Objects;
using ObjectServer.Storage;
using ObjectServer.Storage.Model;

namespace ObjectServer.Operations.Multipart;

/// <summary>POST /{bucket}/{key}?uploads: begins an upload and says what its object will be.</summary>
/// <remarks>https://docs.aws.amazon.com/AmazonS3/latest/API/API_CreateMultipartUpload.html</remarks>
internal sealed class CreateMultipartUpload(
    UploadStore uploads, AccessRules rules, LifecycleCalendar calendar) : S3Operation
{
    public override S3Route Route { get; } = new(HttpMethods.Post, TargetKind.Object) { Subresource = "uploads" };

    public override TakenHeaders Takes => TakenHeaders.Acl | TakenHeaders.Lock;

    public override S3Action ActionFor(S3Target target) => S3Action.PutObject;

    public override IEnumerable<S3Action> FurtherActionsFor(
        S3Target target, IHeaderDictionary headers, BucketRecord? bucket) =>
        WriteDemands.Of(headers, bucket!);

    public override async ValueTask<S3Response> ExecuteAsync(S3Request request, CancellationToken cancellation)
    {
        var described = ObjectHeaders.Read(request.Headers);
        var (algorithm, type) = UploadChecksums.ReadAnnounced(request);
        var access = rules.OfWrite(request.Headers, request.Bucket, request.Caller.CanonicalId);
        var wanted = WantedLock.Read(request.Headers, request.Bucket, request.Now);
        var upload = await uploads.CreateAsync(
            request.Bucket,
            new NewUpload
            {
                Key = request.Key,
                OwnerId = access.OwnerId,
                InitiatorId = UploadInitiator.IdOf(request.Caller, access.OwnerId),
                Acl = access.Acl,
                Retention = wanted.Retention,
                LegalHold = wanted.LegalHold,
                StorageClass = described.StorageClass,
                Metadata = described.Metadata,
                Tags = described.Tags,
                ChecksumAlgorithm = algorithm,
                ChecksumType = type,
            },
            cancellation);
        if (upload is null)
        {
            return S3Errors.NoSuchBucket;
        }

        var response = S3Response.Xml(xml => xml
            .Root("InitiateMultipartUploadResult")
            .Element("Bucket", request.Bucket.Name)
            .Element("Key", upload.Key.ToString())
            .Element("UploadId", upload.UploadId)
            .End("InitiateMultipartUploadResult"))
            .WithAbort(request.Bucket, upload, calendar);
        return algorithm is { } announced && type is { } covered
            ? response
                .With("x-amz-checksum-algorithm", ChecksumNames.Of(announced).Name)
                .With("x-amz-checksum-type", ChecksumNames.NameOf(covered))
            : response;
    }
}
