using ObjectServer.Addressing;
using ObjectServer.Authorization;
using ObjectServer.Messages;

namespace ObjectServer.Operations;

/// <summary>What kind of resource an operation works on.</summary>
internal enum TargetKind
{
    Service,
    Bucket,
    Object,
}

/// <summary>
/// How requests for an operation look. Among operations of one method and target the one with the most required
/// query parameters and headers wins.
/// </summary>
/// <param name="Method">HTTP method; HEAD has operations of its own.</param>
/// <param name="Target">Service, bucket or object.</param>
internal sealed record S3Route(string Method, TargetKind Target)
{
    /// <summary>The query parameter that selects a subresource, e.g. <c>tagging</c>; null for none.</summary>
    public string? Subresource { get; init; }

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
    public virtual bool NeedsBucket => Route.Target != TargetKind.Service;

    /// <summary>
    /// Whether the fields of a form in the body say who asks, so that the operation itself has to authenticate and
    /// to ask the authorizer. Its request carries an anonymous caller, and a grant that is good for reading the form.
    /// </summary>
    public virtual bool AuthenticatesByForm => false;

    /// <summary>What the caller must be allowed to do to the target.</summary>
    public abstract S3Action ActionFor(S3Target target);

    public abstract ValueTask<S3Response> ExecuteAsync(S3Request request, CancellationToken cancellation);
}
