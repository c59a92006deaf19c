using Microsoft.AspNetCore.Http;
using ObjectServer.Addressing;
using ObjectServer.Authorization;
using ObjectServer.Body;
using ObjectServer.Errors;
using ObjectServer.Messages;
using ObjectServer.Observability;
using ObjectServer.Operations.Objects;
using ObjectServer.Storage;
using ObjectServer.Storage.Model;
using ObjectServer.Websites;

namespace ObjectServer.Pipeline;

/// <summary>One look at a website: rules, document, folder, rules for failures, and the page for errors, in this order.</summary>
/// <remarks>
/// Of the rules the first that fits counts, so one that asks for a failure, and stands before one that does not, has the
/// document looked up first.
/// </remarks>
internal sealed class WebsiteVisit(GetObject get, ObjectStore objects)
{
    /// <summary>What of a visitor's headers bears on a document.</summary>
    private static readonly string[] ReadingHeaders =
        ["If-Match", "If-Modified-Since", "If-None-Match", "If-Range", "If-Unmodified-Since", "Range"];

    public required Exchange Exchange { get; init; }

    public required WebsiteConfiguration Configuration { get; init; }

    public required WebsiteAddress Address { get; init; }

    public required S3Target Target { get; init; }

    public required BucketRecord Bucket { get; init; }

    /// <summary>GET or HEAD.</summary>
    public required string Method { get; init; }

    public required IHeaderDictionary Headers { get; init; }

    /// <summary>What everybody may do.</summary>
    public required S3Access Access { get; init; }

    public required RequestBody Unread { get; init; }

    private bool IsHead => HttpMethods.IsHead(Method);

    public async ValueTask<S3Response> AnswerAsync(ResponseWriter writer, CancellationToken cancellation)
    {
        var key = Target.Key;
        if (Configuration.RedirectAll is { } all)
        {
            return Redirect(all, all.LocationFor(Address, key, prefixLength: 0));
        }

        if (Configuration.FindRule(key) is { ErrorCode: null } atOnce)
        {
            return Redirect(atOnce);
        }

        if (Configuration.DocumentOf(key) is not { } document)
        {
            return S3Errors.KeyTooLongError;
        }

        var answer = await ReadAsync(document, Conditions(), cancellation);
        var isFolder = answer.Error is { } missing && await IsFolderAsync(missing, cancellation);
        var statusCode = isFolder ? StatusCodes.Status200OK : answer.StatusCode;
        if (Configuration.FindRule(key, statusCode) is { } rule)
        {
            await answer.DisposeAsync();
            return Redirect(rule);
        }

        return isFolder ? ToFolder()
            : answer.Error is { } refusal ? await RefuseAsync(refusal, writer, cancellation)
            : answer;
    }

    /// <summary>Shows the website's page for errors, where it has one and this is the visitor's.</summary>
    private async ValueTask<S3Response> RefuseAsync(
        S3Error refusal, ResponseWriter writer, CancellationToken cancellation)
    {
        if (Configuration.ErrorKey is not { } errorKey || IsHead)
        {
            return refusal;
        }

        var page = await ReadAsync(errorKey, new HeaderDictionary(), cancellation);
        if (page.Error is { } unreadable)
        {
            writer.Form = new WebsiteAnswerForm(unreadable);
            return refusal;
        }

        if (page.StatusCode != StatusCodes.Status200OK)
        {
            // The page is somewhere else.
            return page;
        }

        Exchange.ErrorCode = refusal.Code;
        var answer = page.Under(refusal.StatusCode);
        foreach (var (name, value) in writer.Form.Complete(refusal, Target).Headers)
        {
            answer.With(name, value);
        }

        return answer;
    }

    /// <summary>Reads an object as GetObject does, for everybody.</summary>
    private async ValueTask<S3Response> ReadAsync(
        ObjectKey key, IHeaderDictionary headers, CancellationToken cancellation)
    {
        if (await Access.JudgeAsync(S3Action.GetObject, AccessTarget.Of(Bucket, key), AccessDetails.None, cancellation)
            is not { } grant)
        {
            return S3Errors.AccessDenied;
        }

        var request = new S3Request
        {
            RequestId = Exchange.RequestId,
            Method = HttpMethods.Get,
            Target = Target with { Key = key },
            Headers = headers,
            Scheme = Address.Scheme,
            Host = Address.Host,
            Now = Exchange.Now,
            IsAtWebsite = true,
            Caller = Access.Caller,
            Grant = grant,
            Access = Access,
            Body = Unread,
            ExistingBucket = Bucket,
        };
        return await AbsentKeys.ConcealAsync(request, await get.ExecuteAsync(request, cancellation), cancellation);
    }

    /// <summary>Whether a key that cannot be shown is that of a folder: nothing is called so, and an index is below it.</summary>
    private async ValueTask<bool> IsFolderAsync(S3Error refusal, CancellationToken cancellation)
    {
        if (refusal.StatusCode is not (StatusCodes.Status403Forbidden or StatusCodes.Status404NotFound)
            || Target.Key is not { } key
            || key.Utf8[^1] == '/'
            || Configuration.IndexOf(key) is not { } index)
        {
            return false;
        }

        var found = await objects.FindAsync(Bucket, key, versionId: null, cancellation);
        if (found is { IsDeleteMarker: false })
        {
            return false;
        }

        await using var below = await ReadAsync(index, new HeaderDictionary(), cancellation);
        return below.Error is null;
    }

    /// <summary>The way to a folder; a slash at its begin would make a host of what follows it.</summary>
    private S3Response ToFolder()
    {
        var path = PercentEncoding.EncodePath(Target.Key!.Value.Utf8);
        return S3Errors.Found.WithHeader("Location", path[0] == '/' ? $"/%2F{path[1..]}/" : $"/{path}/");
    }

    private S3Response Redirect(RoutingRule rule) => Redirect(rule.Redirect, rule.LocationFor(Address, Target.Key));

    private static S3Response Redirect(RedirectRule rule, string location) =>
        S3Response.Empty(rule.StatusCode ?? StatusCodes.Status301MovedPermanently).With("Location", location);

    private HeaderDictionary Conditions()
    {
        var conditions = new HeaderDictionary();
        foreach (var name in ReadingHeaders)
        {
            if (Headers.TryGetValue(name, out var values))
            {
                conditions[name] = values;
            }
        }

        return conditions;
    }
}
