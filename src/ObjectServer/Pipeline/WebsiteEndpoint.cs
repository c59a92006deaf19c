using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using ObjectServer.Addressing;
using ObjectServer.Authentication;
using ObjectServer.Authorization;
using ObjectServer.Body;
using ObjectServer.Errors;
using ObjectServer.Identity;
using ObjectServer.Messages;
using ObjectServer.Observability;
using ObjectServer.Operations.Objects;
using ObjectServer.Storage;
using ObjectServer.Storage.Model;
using ObjectServer.Websites;

namespace ObjectServer.Pipeline;

/// <summary>The part of a request's life that the visitor of a website has instead of S3's client.</summary>
/// <remarks>
/// A visitor is nobody in particular, whatever is sent: signatures and queries mean nothing here. What may be read is
/// decided as for S3, and what is read is the answer of GetObject.
/// https://docs.aws.amazon.com/AmazonS3/latest/userguide/WebsiteEndpoints.html
/// </remarks>
/// <param name="hosts">Hosts that websites have.</param>
/// <param name="buckets">Where a website is looked up.</param>
/// <param name="get">Reads its documents.</param>
/// <param name="authorizer">Decides what everybody may read.</param>
/// <param name="region">The region of this server.</param>
/// <param name="hasOwnAddress">Whether there are addresses for websites alone.</param>
internal sealed class WebsiteEndpoint(
    WebsiteHosts hosts,
    BucketStore buckets,
    GetObject get,
    Authorizer authorizer,
    string region,
    bool hasOwnAddress)
{
    /// <summary>
    /// Whether the connection or the host belongs to websites, and so the request does, whatever it is: a host of which a
    /// part were S3's would have pages of one bucket share their origin with all others.
    /// </summary>
    public bool Claims(HttpContext http) =>
        (hasOwnAddress && http.Features.Get<WebsiteConnection>() is not null) || hosts.Has(HostOf(http));

    /// <summary>Answers a visitor.</summary>
    /// <param name="http">The request.</param>
    /// <param name="exchange">Told what it turns out to be.</param>
    /// <param name="writer">Told what it is about, and what it is answered to other origins.</param>
    /// <param name="sent">The request's target.</param>
    /// <param name="unread">The body, of which a website wants nothing.</param>
    public async ValueTask<S3Response> AnswerAsync(
        HttpContext http, Exchange exchange, ResponseWriter writer, TargetParts sent, RequestBody unread)
    {
        var (method, headers, cancellation) = (http.Request.Method, http.Request.Headers, http.RequestAborted);

        // Address
        var (host, path) = (HostOf(http), sent.Path);
        var name = hosts.BucketOf(host);
        (exchange.Operation, exchange.Bucket) = ("Website", name);
        var target = writer.Target = new(name, Key: null, IsVirtualHosted: true, path, RawQuery.Empty);
        var found = name is not null && BucketName.IsAddressable(name) ? await buckets.FindAsync(name, cancellation) : null;

        // Other origins
        if ((headers.Origin.Count > 0 || HttpMethods.IsOptions(method))
            && OtherOrigins.Meet(method, headers, found, isObject: path.Length > 1, writer) is { } preflight)
        {
            exchange.Operation = "Preflight";
            return preflight;
        }

        // Website
        if (!HttpMethods.IsGet(method) && !HttpMethods.IsHead(method))
        {
            return S3Errors.MethodNotAllowed
                .With("Method", method)
                .With("ResourceType", "OBJECT")
                .WithHeader("Allow", "GET, HEAD, OPTIONS");
        }

        if (found is not { } bucket)
        {
            return S3Errors.NoSuchBucket;
        }

        if (WebsiteConfiguration.Find(bucket) is not { } configuration)
        {
            return S3Errors.NoSuchWebsiteConfiguration;
        }

        if (RequesterPays.Is(bucket))
        {
            return S3Errors.AccessDenied;
        }

        var facts = RequestFacts.Of(http, headers, RawQuery.Empty, AuthType.Anonymous, exchange.Now, region);
        var visit = new WebsiteVisit(get, writer)
        {
            Exchange = exchange,
            Configuration = configuration,
            Address = new(http.Request.Scheme, host, path, sent.Query),
            Target = target,
            Bucket = bucket,
            Method = method,
            Headers = headers,
            Access = authorizer.Begin(exchange.RequestId, Caller.Anonymous, facts),
            Unread = unread,
        };
        ObjectKey? key;
        try
        {
            key = Addresser.ReadKey(path.AsSpan(1));
        }
        catch (S3Exception notAKey)
        {
            return await visit.RefuseAsync(notAKey.Error, cancellation);
        }

        exchange.Key = key?.ToString();
        writer.Target = target with { Key = key };
        return await visit.LookAtAsync(key, cancellation);
    }

    private static string HostOf(HttpContext http) =>
        TargetParts.AuthorityOf(http.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget)
        ?? http.Request.Headers.Host.ToString();
}
