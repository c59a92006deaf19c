using Microsoft.AspNetCore.Http;
using ObjectServer.Addressing;
using ObjectServer.Authorization;
using ObjectServer.Errors;
using ObjectServer.Messages;
using ObjectServer.Storage.Model;

namespace ObjectServer.Operations;

/// <summary>What kind of resource an operation works on.</summary>
internal enum TargetKind
{
    Service,
    Bucket,
    Object,

    /// <summary>An account, as S3 Control speaks of it.</summary>
    Account,
}

/// <summary>
/// How requests for an operation look. Among operations of one method and target the one with the most required
/// query parameters and headers wins.
/// </summary>
/// <param name="Method">HTTP method; HEAD has operations of its own.</param>
/// <param name="Target">Service, bucket, object or account.</param>
internal sealed record S3Route(string Method, TargetKind Target)
{
    /// <summary>The query parameter that selects a subresource, e.g. <c>tagging</c>; null for none.</summary>
    public string? Subresource { get; init; }

    /// <summary>What must follow the API's version in the path, for what is asked of an account; null for all else.</summary>
    public string? Path { get; init; }

    /// <summary>Further query parameters that must be there, e.g. <c>partNumber</c>, or <c>list-type=2</c> with a value.</summary>
    public IReadOnlyList<string> Query { get; init; } = [];

    /// <summary>A header that must be there, e.g. <c>x-amz-copy-source</c>; null for none.</summary>
    public string? Header { get; init; }

    /// <summary>A media type that the Content-Type must begin with, e.g. <c>multipart/form-data</c>; null for any.</summary>
    public string? ContentType { get; init; }
}

/// <summary>One operation of the S3 API; its type bears AWS's name.</summary>
internal abstract class S3Operation
{
    /// <summary>AWS's name, e.g. <c>PutObject</c>.</summary>
    public string Name => GetType().Name;

    public abstract S3Route Route { get; }

    /// <summary>False for operations that run where no bucket exists yet.</summary>
    public virtual bool NeedsBucket => Route.Target is TargetKind.Bucket or TargetKind.Object;

    /// <summary>Headers that this operation obeys, of those that are else refused by name.</summary>
    public virtual TakenHeaders Takes => TakenHeaders.None;

    /// <summary>
    /// Whether only the body says what the request is about, or who sends it, so that the operation itself asks for
    /// access once it has read that. Its request carries a grant that is good for reading the body.
    /// </summary>
    public virtual bool AuthorizesItself => false;

    /// <summary>
    /// Whether an operation that authorizes itself does so for the policies alone that ask what its document says: where
    /// none does, it is decided before the document is read.
    /// </summary>
    public virtual bool IsDecidedByDocument => false;

    /// <summary>What the caller must be allowed to do to the target.</summary>
    public abstract S3Action ActionFor(S3Target target);

    /// <summary>What the caller must be allowed besides, for what the headers ask: tags, ACLs, conditions.</summary>
    /// <param name="target">The request's.</param>
    /// <param name="headers">The request's.</param>
    /// <param name="bucket">The bucket of the target; null where there need be none.</param>
    public virtual IEnumerable<S3Action> FurtherActionsFor(
        S3Target target, IHeaderDictionary headers, BucketRecord? bucket) => [];

    /// <summary>Demands all of it, or, where the operation asks itself, gives what is good for reading the body.</summary>
    /// <exception cref="S3Exception">AccessDenied.</exception>
    public async ValueTask<Grant> AuthorizeAsync(
        S3Access access,
        S3Target target,
        IHeaderDictionary headers,
        BucketRecord? bucket,
        CancellationToken cancellation)
    {
        var action = ActionFor(target);
        if (AuthorizesItself && !(IsDecidedByDocument && !access.AsksForContent(bucket)))
        {
            return Grant.ToRead(action);
        }

        var versionId = target.Query.Find("versionId") is { } text ? VersionId.Parse(text) : (VersionId?)null;
        var about = new AccessTarget(target.Bucket, bucket, target.Key, versionId);
        foreach (var further in FurtherActionsFor(target, headers, bucket))
        {
            await access.DemandAsync(further, about, cancellation);
        }

        return await access.DemandAsync(action, about, cancellation);
    }

    public abstract ValueTask<S3Response> ExecuteAsync(S3Request request, CancellationToken cancellation);
}
