using Microsoft.AspNetCore.Http;
using ObjectServer.AccessControl;
using ObjectServer.Addressing;
using ObjectServer.Authorization;
using ObjectServer.Errors;
using ObjectServer.Http;
using ObjectServer.Lifecycle;
using ObjectServer.Messages;
using ObjectServer.Operations.Locking;
using ObjectServer.Storage;
using ObjectServer.Storage.Model;

namespace ObjectServer.Operations.Objects;

/// <summary>PUT /{bucket}/{key}: makes an object of the body.</summary>
/// <remarks>https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutObject.html</remarks>
internal sealed class PutObject(ObjectStore objects, AccessRules rules, LifecycleCalendar calendar) : S3Operation
{
    /// <summary>The most that one request may bring, 5 GiB; more takes a multipart upload.</summary>
    public const long MaxBytes = 5L << 30;

    public override S3Route Route { get; } = new(HttpMethods.Put, TargetKind.Object);

    public override TakenHeaders Takes => TakenHeaders.Acl | TakenHeaders.Lock;

    public override S3Action ActionFor(S3Target target) => S3Action.PutObject;

    public override IEnumerable<S3Action> FurtherActionsFor(
        S3Target target, IHeaderDictionary headers, BucketRecord? bucket) =>
        WriteDemands.Of(headers, bucket!);

    public override async ValueTask<S3Response> ExecuteAsync(S3Request request, CancellationToken cancellation)
    {
        if (request.Body.Length is not { } length)
        {
            return S3Errors.MissingContentLength;
        }

        var described = ObjectHeaders.Read(request.Headers);
        var conditions = WriteConditionHeaders.Read(request.Headers);
        var access = rules.OfWrite(request.Headers, request.Bucket, request.Caller.CanonicalId);
        var wanted = WantedLock.Read(request.Headers, request.Bucket, request.Now);
        if (wanted.DemandsDigest(request.Bucket) && !request.Body.IsVouchedFor)
        {
            return ObjectLock.MissingDigest("Put Object");
        }

        await using var content = await objects.BeginContentAsync(
            described.StorageClass, length, cancellation);
        var received = await request.Body.CopyToAsync(content.WriteAsync, required: null, MaxBytes, cancellation);
        var outcome = await objects.PutAsync(
            request.Bucket,
            new NewObject
            {
                Key = request.Key,
                ETag = Convert.ToHexStringLower(received.Md5),
                OwnerId = access.OwnerId,
                Acl = access.Acl,
                Retention = wanted.Retention,
                LegalHold = wanted.LegalHold,
                StorageClass = described.StorageClass,
                Metadata = described.Metadata,
                Tags = described.Tags,
                Checksum = received.Checksum,
                Conditions = conditions,
            },
            content,
            cancellation);
        return outcome is WriteOutcome.Written { Version: var version }
            ? S3Response.Empty()
                .With("ETag", EntityTags.Quote(version.ETag))
                .WithChecksum(version.Checksum, version.PartCount)
                .WithNewVersion(version)
                .WithExpiration(request.Bucket, version, calendar)
            : WriteAnswers.RefusalOf(outcome, request.Bucket, request.Key);
    }
}
