using System.Diagnostics.CodeAnalysis;
using Microsoft.AspNetCore.Http;
using ObjectServer.Addressing;
using ObjectServer.Authorization;
using ObjectServer.Errors;
using ObjectServer.Http;
using ObjectServer.Messages;
using ObjectServer.Storage;
using ObjectServer.Storage.Model;

namespace ObjectServer.Operations.Objects;

/// <summary>PUT /{bucket}/{key}?renameObject: moves an object to another key of its bucket in one commit.</summary>
/// <remarks>
/// AWS has it for directory buckets; here every bucket has it, and one that keeps versions gets a delete marker where
/// the object was.
/// https://docs.aws.amazon.com/AmazonS3/latest/API/API_RenameObject.html
/// </remarks>
internal sealed class RenameObject(ObjectStore objects) : S3Operation
{
    private const string SourceHeader = "x-amz-rename-source";
    private const string SourcePrefix = "x-amz-rename-source-";
    private const string TokenHeader = "x-amz-client-token";
    private const int MaxAttempts = 8;

    /// <summary>Conditions that no commit can judge here, so that they are refused by their name.</summary>
    private static readonly string[] Unsupported = ["If-Modified-Since", "If-Unmodified-Since"];

    private readonly RenameTokens _tokens = new();

    public override S3Route Route { get; } = new(HttpMethods.Put, TargetKind.Object) { Subresource = "renameObject" };

    public override S3Action ActionFor(S3Target target) => S3Action.PutObject;

    public override async ValueTask<S3Response> ExecuteAsync(S3Request request, CancellationToken cancellation)
    {
        if (!TryReadSource(request, out var source, out var refusal))
        {
            return refusal;
        }

        // What is moved is read in the one place and removed there.
        var moved = AccessTarget.Of(request.Bucket, source.Value);
        await request.Access.DemandAsync(S3Action.GetObject, moved, cancellation);
        await request.Access.DemandAsync(S3Action.DeleteObject, moved, cancellation);

        var conditions = new WriteConditions
        {
            IfMatch = EntityTags.ParseStrong(request.Header("If-Match")),
            IfNoneMatch = EntityTags.ParseWeak(request.Header("If-None-Match")),
        };
        var rename = new Rename(request.Bucket.Id, source.Value, request.Key);
        var token = request.Header(TokenHeader);
        if (token is not null && _tokens.Find(token, request.Now) is { } earlier)
        {
            return earlier == rename ? S3Response.Empty() : S3Errors.IdempotencyParameterMismatch;
        }

        var refused = await MoveAsync(request, rename, conditions, cancellation);
        if (refused is null && token is not null)
        {
            _tokens.Keep(token, rename, request.Now);
        }

        return refused is null ? S3Response.Empty() : refused;
    }

    private async ValueTask<S3Error?> MoveAsync(
        S3Request request, Rename rename, WriteConditions conditions, CancellationToken cancellation)
    {
        var sourceConditions = ReadConditions.Read(request.Headers, SourcePrefix);
        for (var attempt = 1; ; attempt++)
        {
            var found = await objects.FindAsync(request.Bucket, rename.Source, versionId: null, cancellation);
            if (found is null or { IsDeleteMarker: true })
            {
                return AbsentObject.Missing(rename.Source, requested: null);
            }

            if (sourceConditions.Judge(found.ETag, found.LastModified) is { Condition: { } condition })
            {
                return S3Errors.PreconditionFailed.With("Condition", condition);
            }

            var outcome = await objects.RenameAsync(
                request.Bucket, found, rename.Destination, conditions, cancellation);
            switch (outcome)
            {
                case WriteOutcome.Written:
                    return null;
                case WriteOutcome.SourceChanged when attempt < MaxAttempts:
                    continue;
                default:
                    return WriteAnswers.RefusalOf(outcome, request.Bucket, request.Key);
            }
        }
    }

    private static bool TryReadSource(
        S3Request request, [NotNullWhen(true)] out ObjectKey? source, [NotNullWhen(false)] out S3Error? refusal)
    {
        source = null;
        refusal = null;
        if (Unsupported.FirstOrDefault(name => request.Header(name) is not null) is { } header)
        {
            refusal = S3Errors.NotImplemented.With("Header", header);
        }
        else if (request.Header(SourceHeader) is not { Length: > 0 } encoded)
        {
            refusal = S3Errors.MissingSecurityHeader.With("MissingHeaderName", SourceHeader);
        }
        else
        {
            source = ObjectKey.FromUtf8(PercentEncoding.DecodePath(encoded));
            refusal = source.Value switch
            {
                { Length: 0 } => Invalid("Invalid rename source object key", encoded),
                { Length: > ObjectKey.MaxBytes } => S3Errors.KeyTooLongError,
                var key when key == request.Key => S3Errors.InvalidRequest.Saying(
                    "The source and the destination of a rename must differ."),
                _ => null,
            };
        }

        return refusal is null;
    }

    private static S3Error Invalid(string message, string value) => S3Errors.InvalidArgument
        .Saying(message)
        .With("ArgumentName", SourceHeader)
        .With("ArgumentValue", value);
}
