using Microsoft.AspNetCore.Http;
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
/// decided as for S3, and what is read is the answer of GetObject, of which HEAD gets the headers.
/// https://docs.aws.amazon.com/AmazonS3/latest/userguide/WebsiteEndpoints.html
/// </remarks>
/// <param name="hosts">Hosts that websites alone have.</param>
/// <param name="addresser">Hosts that S3 has.</param>
/// <param name="buckets">Where a website is looked up.</param>
/// <param name="get">Gives its documents.</param>
/// <param name="objects">Tells whether there is anything of a name.</param>
/// <param name="authorizer">Decides what everybody may read.</param>
/// <param name="region">The region of this server.</param>
/// <param name="hasOwnAddress">Whether there are addresses for websites alone.</param>
internal sealed class WebsiteEndpoint(
    WebsiteHosts hosts,
    Addresser addresser,
    BucketStore buckets,
    GetObject get,
    ObjectStore objects,
    Authorizer authorizer,
    string region,
    bool hasOwnAddress)
{
    /// <summary>Whether the connection or the host belongs to websites alone.</summary>
    public bool Claims(HttpContext http) => IsAtOwnAddress(http) || hosts.BucketOf(http.Request.Headers.Host) is not null;

    /// <summary>Whether a request may be for a website; what is not, is known to be for S3 without a look-up.</summary>
    public bool MayBeFor(HttpContext http, TargetParts target)
    {
        var host = HostOf(http, target);
        return IsAtOwnAddress(http)
            || hosts.BucketOf(host) is not null
            || (HostName.IsDomain(HostName.Of(host)) && IsVisit(http.Request, target) && addresser.BucketOf(host) is null);
    }

    /// <summary>The website that a request is for, of those that may be; null where it is for S3 after all.</summary>
    /// <remarks>
    /// A host of websites names the bucket. At an address for websites a host of S3 does, too, or the whole name is the
    /// bucket's. At the others such a name counts where it can mean nothing else: the bucket is there and is a website, and
    /// nobody signed.
    /// </remarks>
    public async ValueTask<RequestedWebsite?> FindAsync(
        HttpContext http, TargetParts target, CancellationToken cancellation)
    {
        var host = HostOf(http, target);
        if (hosts.BucketOf(host) is { } named)
        {
            return new(target, host, named, await LookUpAsync(named, cancellation));
        }

        if (IsAtOwnAddress(http)
            && addresser.BucketOf(host) is { } part
            && await LookUpAsync(part, cancellation) is { } hosted)
        {
            return new(target, host, part, hosted);
        }

        var domain = HostName.Of(host).ToString().ToLowerInvariant();
        var bucket = await LookUpAsync(domain, cancellation);
        return IsAtOwnAddress(http) || (bucket is not null && WebsiteConfiguration.Find(bucket) is not null)
            ? new(target, host, domain, bucket)
            : null;
    }

    /// <summary>Answers a visitor.</summary>
    /// <param name="http">The request.</param>
    /// <param name="exchange">Told what it turns out to be.</param>
    /// <param name="writer">Told what answers look like.</param>
    /// <param name="site">What was found.</param>
    /// <param name="unread">The body, of which a website wants nothing.</param>
    public async ValueTask<S3Response> AnswerAsync(
        HttpContext http, Exchange exchange, ResponseWriter writer, RequestedWebsite site, RequestBody unread)
    {
        var (method, headers) = (http.Request.Method, http.Request.Headers);
        writer.Form = WebsiteAnswerForm.Instance;
        (exchange.Operation, exchange.Bucket) = ("Website", site.BucketName);

        // Address
        var path = site.Target.Path;
        var target = new S3Target(site.BucketName, Key: null, IsVirtualHosted: true, path, RawQuery.Empty);
        writer.Target = target;
        writer.Target = target = target with { Key = Addresser.ReadKey(path.AsSpan(1)) };
        exchange.Key = target.Key?.ToString();

        // Other origins
        if ((headers.Origin.Count > 0 || HttpMethods.IsOptions(method))
            && OtherOrigins.Meet(method, headers, target, site.Bucket, writer) is { } preflight)
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

        if (site.Bucket is not { } bucket)
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
        var visit = new WebsiteVisit(get, objects)
        {
            Exchange = exchange,
            Configuration = configuration,
            Address = new(http.Request.Scheme, site.Host, path, site.Target.Query),
            Target = target,
            Bucket = bucket,
            Method = method,
            Headers = headers,
            Access = authorizer.Begin(exchange.RequestId, Caller.Anonymous, facts),
            Unread = unread,
        };
        return await visit.AnswerAsync(writer, http.RequestAborted);
    }

    private static string HostOf(HttpContext http, TargetParts target) =>
        target.Authority ?? http.Request.Headers.Host.ToString();

    private bool IsAtOwnAddress(HttpContext http) => hasOwnAddress && http.Features.Get<WebsiteConnection>() is not null;

    private async ValueTask<BucketRecord?> LookUpAsync(string name, CancellationToken cancellation) =>
        BucketName.IsAddressable(name) ? await buckets.FindAsync(name, cancellation) : null;

    /// <summary>Whether a request looks like one of somebody who reads a page, and not of a client of S3.</summary>
    private static bool IsVisit(HttpRequest request, TargetParts target) =>
        (HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method) || AsksToRead(request))
        && request.Headers.Authorization.Count == 0
        && !target.Query.Contains("X-Amz-", StringComparison.OrdinalIgnoreCase)
        && !target.Query.Contains("Signature=", StringComparison.Ordinal);

    /// <summary>Whether it is a preflight of such a request.</summary>
    private static bool AsksToRead(HttpRequest request) =>
        HttpMethods.IsOptions(request.Method)
        && request.Headers.AccessControlRequestMethod is [("GET" or "HEAD")]
        && !request.Headers.AccessControlRequestHeaders.ToString()
            .Contains("authorization", StringComparison.OrdinalIgnoreCase);
}
