using System.Buffers;
using System.Text;
using System.Text.Unicode;
using Microsoft.AspNetCore.Http;
using ObjectServer.Addressing;
using ObjectServer.Authentication;
using ObjectServer.Denials;
using ObjectServer.Errors;
using ObjectServer.Identity;
using ObjectServer.Messages;
using ObjectServer.Observability;
using ObjectServer.Query;

namespace ObjectServer.Pipeline;

/// <summary>The part of a request's life that IAM and STS have instead of S3's, from its body to its answer.</summary>
/// <remarks>
/// A request is theirs where it is to the service itself and brings an <c>Action</c>: as a form, or, signed for another
/// service than S3, in the query. Its body is a part of what is signed, so it is read first, whole and within a bound;
/// nothing is done for it before the signature holds.
/// </remarks>
/// <param name="authenticator">Checks who asks.</param>
/// <param name="uses">Notes which keys are used.</param>
/// <param name="denials">Where refusals are kept.</param>
/// <param name="region">The region of this server.</param>
/// <param name="apis">
/// What is served. A request without a signature and without a version gets the answer of the first.
/// </param>
internal sealed class QueryEndpoint(
    QueryAuthenticator authenticator,
    KeyUses uses,
    DenialLog denials,
    string region,
    params IReadOnlyList<QueryApi> apis)
{
    /// <summary>The largest policy that is taken, percent-encoded, and as much again.</summary>
    private const int MaxBodyBytes = 1 << 20;

    private const string FormType = "application/x-www-form-urlencoded";

    /// <summary>Whether a request is for one of these and not for S3.</summary>
    public static bool Claims(string method, S3Target target, IHeaderDictionary headers)
    {
        if (target is not { Bucket: null, Path: "/" })
        {
            return false;
        }

        return HttpMethods.IsPost(method)
            ? IsForm(headers) && QueryAuthenticator.ServiceOf(target.Query, headers) != "s3"
            : HttpMethods.IsGet(method) && target.Query.Contains("Action")
                && QueryAuthenticator.ServiceOf(target.Query, headers) is not (null or "s3");
    }

    public async ValueTask<S3Response> AnswerAsync(
        HttpContext http, Exchange exchange, ResponseWriter writer, S3Target target)
    {
        var (method, headers, cancellation) = (http.Request.Method, http.Request.Headers, http.RequestAborted);
        var service = QueryAuthenticator.ServiceOf(target.Query, headers);
        var api = apis.FirstOrDefault(api => api.Service == service);
        writer.Form = FormOf(api ?? apis[0]);

        // Read body
        var body = HttpMethods.IsPost(method) ? await ReadBodyAsync(http, cancellation) : [];
        exchange.BytesIn = body.Length;
        var parameters = new QueryParameters(HttpMethods.IsPost(method) ? ParseForm(body) : target.Query);

        // Route
        var version = parameters.Find("Version");
        api ??= apis.FirstOrDefault(api => api.Version == version) ?? apis[0];
        var form = FormOf(api);
        writer.Form = form;
        if (parameters.Find("Action") is not { Length: > 0 } action)
        {
            return QueryErrors.MissingAction;
        }

        var operation = version == api.Version ? api.Find(action) : null;
        if (operation is not null || api.IsUnserved(action))
        {
            exchange.Operation = $"{api.Service}:{action}";
        }

        // Authenticate
        var (caller, _) = authenticator.Authenticate(method, target, headers, body);
        (exchange.AccessKeyId, exchange.CallerArn) = (caller.AccessKeyId, caller.Arn);
        if (operation is null)
        {
            return version == api.Version && api.IsUnserved(action)
                ? QueryErrors.NotImplemented.Saying($"The action {action} is not implemented.")
                : QueryErrors.InvalidAction.Saying($"Could not find operation {action} for version {version}");
        }

        if (caller.IsAnonymous && !operation.IsForAnybody)
        {
            return QueryErrors.MissingAuthenticationToken;
        }

        uses.Note(caller, exchange.Now, api.Service);

        // Execute, which authorizes
        var result = await operation.ExecuteAsync(
            new()
            {
                RequestId = exchange.RequestId,
                Now = exchange.Now,
                Caller = caller,
                Parameters = parameters,
                SourceIp = exchange.Remote,
                UserAgent = HeaderOf(headers.UserAgent),
                Referer = HeaderOf(headers.Referer),
                IsSecure = http.Request.IsHttps,
                Region = region,
                Denials = denials,
            },
            cancellation);
        return form.Answer(operation.Name, result, exchange.RequestId);
    }

    private static QueryAnswerForm FormOf(QueryApi api) => new(api.XmlNamespace);

    private static string? HeaderOf(Microsoft.Extensions.Primitives.StringValues values) =>
        values.Count == 0 ? null : values.ToString();

    private static bool IsForm(IHeaderDictionary headers)
    {
        var type = headers.ContentType.ToString().AsSpan();
        var end = type.IndexOf(';');
        return (end < 0 ? type : type[..end]).Trim().Equals(FormType, StringComparison.OrdinalIgnoreCase);
    }

    private static RawQuery ParseForm(byte[] body) => Utf8.IsValid(body)
        ? RawQuery.Parse(Encoding.UTF8.GetString(body).TrimEnd('\r', '\n'))
        : throw new S3Exception(QueryErrors.MalformedQueryString);

    /// <exception cref="S3Exception">RequestEntityTooLarge.</exception>
    private static async ValueTask<byte[]> ReadBodyAsync(HttpContext http, CancellationToken cancellation)
    {
        var reader = http.Request.BodyReader;
        while (true)
        {
            var read = await reader.ReadAsync(cancellation);
            if (read.Buffer.Length > MaxBodyBytes)
            {
                reader.AdvanceTo(read.Buffer.End);
                throw new S3Exception(QueryErrors.RequestEntityTooLarge);
            }

            if (read.IsCompleted)
            {
                var body = read.Buffer.ToArray();
                reader.AdvanceTo(read.Buffer.End);
                return body;
            }

            reader.AdvanceTo(read.Buffer.Start, read.Buffer.End);
        }
    }
}
