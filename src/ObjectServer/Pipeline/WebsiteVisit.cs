using Microsoft.AspNetCore.Http;
using ObjectServer.Addressing;
using ObjectServer.Authorization;
using ObjectServer.Body;
using ObjectServer.Errors;
using ObjectServer.Messages;
using ObjectServer.Observability;
using ObjectServer.Operations.Objects;
using ObjectServer.Storage.Model;
using ObjectServer.Websites;

namespace ObjectServer.Pipeline;

/// <summary>One look at a website: rules, document, folder, rules for failures, and the page for errors, in this order.</summary>
/// <remarks>
/// Of the rules the first that fits counts, so one that asks for a failure, and stands before one that does not, has the
/// document looked up first. What HEAD is answered is what GET would be, without the bytes.
/// </remarks>
/// <param name="get">Reads documents.</param>
/// <param name="writer">Told why the page for errors cannot be shown.</param>
internal sealed class WebsiteVisit(GetObject get, ResponseWriter writer)
{
    /// <summary>What of a visitor's headers bears on a document.</summary>
    private static readonly string[] ReadingHeaders =
        ["If-Match", "If-Modified-Since", "If-None-Match", "If-Range", "If-Unmodified-Since", "Range"];

    public required Exchange Exchange { get; init; }

    public required WebsiteConfiguration Configuration { get; init; }

    public required WebsiteAddress Address { get; init; }

    /// <summary>The bucket that is asked; of no key.</summary>
    public required S3Target Target { get; init; }

    public required BucketRecord Bucket { get; init; }

    /// <summary>GET or HEAD.</summary>
    public required string Method { get; init; }

    public required IHeaderDictionary Headers { get; init; }

    /// <summary>What everybody may do.</summary>
    public required S3Access Access { get; init; }

    public required RequestBody Unread { get; init; }

    /// <summary>Answers who asks for a key.</summary>
    /// <param name="key">Null for the root.</param>
    /// <param name="cancellation">Ends the look-ups.</param>
    public async ValueTask<S3Response> LookAtAsync(ObjectKey? key, CancellationToken cancellation)
    {
        if (Configuration.RedirectAll is { } all)
        {
            return Redirect(all, all.LocationFor(Address, key, prefixLength: 0));
        }

        if (Configuration.FindRule(key) is { ErrorCode: null } atOnce)
        {
            return Redirect(atOnce, key);
        }

        var asked = Configuration.DocumentOf(key);
        var answer = asked is { } document
            ? await ReadAsync(document, Conditions(), cancellation)
            : S3Errors.KeyTooLongError;
        if (answer.Error is { Code: "NoSuchKey" or "AccessDenied" } && await IsFolderAsync(key, cancellation))
        {
            return Configuration.FindRule(key, StatusCodes.Status200OK) is { } always
                ? Redirect(always, key)
                : ToFolder(key!.Value);
        }

        answer = asked is { } absent ? Conceal(absent, answer) : answer;
        if (Configuration.FindRule(key, answer.StatusCode) is { } rule)
        {
            await answer.DisposeAsync();
            return Redirect(rule, key);
        }

        return answer.Error is { } refusal ? await RefuseAsync(refusal, cancellation) : answer;
    }

    /// <summary>Shows the website's page for errors, where it has one.</summary>
    public async ValueTask<S3Response> RefuseAsync(S3Error refusal, CancellationToken cancellation)
    {
        if (Configuration.ErrorKey is not { } errorKey)
        {
            return refusal;
        }

        var page = Conceal(errorKey, await ReadAsync(errorKey, new HeaderDictionary(), cancellation));
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
        foreach (var (name, value) in writer.Form.Complete(refusal, writer.Target).Headers)
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
            Method = Method,
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
        return await get.ExecuteAsync(request, cancellation);
    }

    /// <summary>Whether an index that can be shown is below a key that cannot.</summary>
    /// <remarks>
    /// Whether there is an object of that key, which may not be read, makes no difference: nobody is to learn of it. Without
    /// a policy that allows to list, objects that their ACLs make public have folders only in this way.
    /// </remarks>
    private async ValueTask<bool> IsFolderAsync(ObjectKey? key, CancellationToken cancellation)
    {
        if (key is not { } named || named.Utf8[^1] == '/' || Configuration.IndexOf(named) is not { } index)
        {
            return false;
        }

        await using var below = await ReadAsync(index, new HeaderDictionary(), cancellation);
        return below.Error is null;
    }

    /// <summary>Who may not list the bucket does not learn that a key of it is not there.</summary>
    private S3Response Conceal(ObjectKey key, S3Response answer) =>
        AbsentKeys.Tells(answer) && !Access.MayKnowOfAbsence(Bucket, key) ? S3Errors.AccessDenied : answer;

    /// <summary>The way to a folder; a slash at its begin would make a host of what follows it.</summary>
    private static S3Response ToFolder(ObjectKey key)
    {
        var path = PercentEncoding.EncodePath(key.Utf8);
        return S3Errors.Found.WithHeader("Location", path[0] == '/' ? $"/%2F{path[1..]}/" : $"/{path}/");
    }

    private S3Response Redirect(RoutingRule rule, ObjectKey? key) => Redirect(rule.Redirect, rule.LocationFor(Address, key));

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
