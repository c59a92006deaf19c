using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;
using ObjectServer.Addressing;
using ObjectServer.Authentication;
using ObjectServer.Authorization;
using ObjectServer.Body;
using ObjectServer.Checksums.Lanes;
using ObjectServer.Denials;
using ObjectServer.Errors;
using ObjectServer.Identity;
using ObjectServer.Messages;
using ObjectServer.Observability;
using ObjectServer.Operations.Service;
using ObjectServer.Routing;
using ObjectServer.Storage;
using ObjectServer.Storage.Model;

namespace ObjectServer.Pipeline;

/// <summary>The life of one request, from its first line to its access line.</summary>
/// <remarks>
/// Begin, Address, Other origins, Route, Authenticate, Authorize, Open body, Execute, Respond, Account. A request beyond
/// the rate, or that finds no place among those that run, ends at Begin, with SlowDown, before any work was done for it.
/// Nothing reads of the body before Execute: a client that sent <c>Expect: 100-continue</c> is refused before it has sent
/// any of it.
/// </remarks>
internal sealed class S3Endpoint(
    OperationTable operations,
    QueryEndpoint queries,
    WebsiteEndpoint websites,
    KeyUses uses,
    Addresser addresser,
    Authenticator authenticator,
    Authorizer authorizer,
    DenialLog denials,
    BucketStore buckets,
    RequestRates rates,
    RequestGate gate,
    ServerMetrics metrics,
    ILogger log,
    TimeProvider time,
    string region,
    string hostId)
{
    /// <summary>
    /// All of a request's header fields together, names and values. AWS allows 8 KiB; browsers and proxies add to that.
    /// </summary>
    public const int MaxHeaderBytes = 16 * 1024;

    private readonly RequestIds _requestIds = new();
    private readonly Md5Lanes _lanes = new();

    public async Task HandleAsync(HttpContext http)
    {
        // Begin
        var remote = http.Connection.RemoteIpAddress?.ToString() ?? "-";
        var exchange = Exchange.Begin(time, _requestIds.Next(), http.Request.Method, remote);
        var isVisit = websites.Claims(http);
        var writer = new ResponseWriter(http, exchange, hostId)
        {
            Form = isVisit ? WebsiteAnswerForm.Instance : S3AnswerForm.Instance,
        };
        var retryAfter = rates.Refuse(http.Connection.RemoteIpAddress);
        var isAdmitted = retryAfter is null && gate.TryEnter();
        try
        {
            isAdmitted = isAdmitted || (retryAfter is null && await WaitForPlaceAsync(http.RequestAborted));
            await using var response = isAdmitted ? await AnswerAsync(http, exchange, writer, isVisit) : TurnAway(retryAfter);

            // Respond
            await writer.WriteAsync(response, http.RequestAborted);
            if (response.Error is { StatusCode: >= 400 } refusal)
            {
                if (!isVisit || refusal.Why is not null)
                {
                    KeepDenial(exchange, refusal);
                }

                ServerLog.Refusal(log, exchange.RequestId, exchange.Operation, refusal.Code, refusal.Message);
            }
        }
        catch (Exception exception)
        {
            await FailAsync(http, exchange, writer, exception);
        }
        finally
        {
            if (isAdmitted)
            {
                gate.Leave();
            }
        }

        // Account
        metrics.Count(exchange);
        ServerLog.Access(log, exchange);
    }

    /// <summary>Refuses a request before anything was done for it.</summary>
    /// <param name="retryAfter">After how long one that came too fast may come again; null: it found no place.</param>
    private S3Response TurnAway(TimeSpan? retryAfter)
    {
        if (retryAfter is { } wait)
        {
            metrics.CountOverRate();
            var seconds = (long)Math.Ceiling(wait.TotalSeconds);
            return S3Errors.SlowDown.WithHeader("Retry-After", seconds.ToString(CultureInfo.InvariantCulture));
        }

        metrics.CountTurnedAway();
        return S3Errors.SlowDown.WithHeader("Retry-After", "1");
    }

    private async ValueTask<bool> WaitForPlaceAsync(CancellationToken cancellation)
    {
        metrics.CountQueued();
        return await gate.WaitAsync(cancellation);
    }

    /// <summary>Takes a request from its target to its answer. What is refused on the way is returned or thrown.</summary>
    private ValueTask<S3Response> AnswerAsync(
        HttpContext http, Exchange exchange, ResponseWriter writer, bool isVisit)
    {
        if (!FitsHeaderLimit(http.Request.Headers))
        {
            return ValueTask.FromResult<S3Response>(
                S3Errors.RequestHeaderSectionTooLarge.With("MaxSizeAllowed", $"{MaxHeaderBytes}"));
        }

        var target = TargetParts.Split(http.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget);
        return isVisit
            ? websites.AnswerAsync(http, exchange, writer, target, Unread(http))
            : ServeAsync(http, exchange, writer, RawTarget.Parse(target));
    }

    /// <summary>The body of a request of which nothing is wanted.</summary>
    private RequestBody Unread(HttpContext http) => RequestBody.Open(
        http.Request.BodyReader, new HeaderDictionary(), PayloadMode.Unsigned, signer: null, _lanes);

    private async ValueTask<S3Response> ServeAsync(
        HttpContext http, Exchange exchange, ResponseWriter writer, RawTarget rawTarget)
    {
        var (method, headers, cancellation) = (http.Request.Method, http.Request.Headers, http.RequestAborted);

        // Address
        var target = writer.Target = addresser.Address(
            rawTarget, headers.Host, namesAccount: headers.ContainsKey(AccountRequest.Header));
        (exchange.Bucket, exchange.Key) = (target.Bucket, target.Key?.ToString());

        // Api
        if (QueryEndpoint.Claims(method, target, headers))
        {
            return await queries.AnswerAsync(http, exchange, writer, target);
        }

        // Other origins
        if (target.Bucket is not null
            && (headers.Origin.Count > 0 || HttpMethods.IsOptions(method))
            && OtherOrigins.Meet(
                method, headers, await buckets.FindAsync(target.Bucket, cancellation), target.Key is not null, writer)
                is { } preflight)
        {
            exchange.Operation = "Preflight";
            return preflight;
        }

        // Route
        var sent = headers;
        headers = HoistedHeaders.Merge(sent, target.Query);
        var match = operations.Match(method, target, headers);
        if (match.Row is not { } row)
        {
            return match.Refusal!;
        }

        exchange.Operation = row.Name;
        if (row.Served is not { } operation)
        {
            return S3Errors.NotImplemented.Saying($"The operation {row.Name} is not implemented.");
        }

        // Authenticate
        var authenticated = authenticator.Authenticate(method, target, sent);
        var caller = authenticated.Caller;
        (exchange.AccessKeyId, exchange.CallerArn) = (caller.AccessKeyId, caller.Arn);
        uses.Note(caller, exchange.Now, "s3");

        // Authorize
        var bucket = operation.NeedsBucket ? await buckets.FindAsync(target.Bucket!, cancellation) : null;
        if (operation.NeedsBucket && bucket is null)
        {
            return S3Errors.NoSuchBucket.With("BucketName", target.Bucket!);
        }

        var access = authorizer.Begin(
            exchange.RequestId,
            caller,
            RequestFacts.Of(http, headers, target.Query, authenticated.AuthType, time.GetUtcNow(), region));
        var grant = await operation.AuthorizeAsync(access, target, headers, bucket, cancellation);
        if ((JudgeExpectedOwner(headers, bucket)
            ?? RequesterPays.Judge(headers, caller, bucket)
            ?? HeaderRules.Judge(headers, operation.Takes)) is { } refusal)
        {
            return refusal;
        }

        // Open body
        var signer = authenticated.PayloadMode.HasChunkSignatures ? new ChunkSigner(authenticated.Signature!) : null;
        var body = RequestBody.Open(
            http.Request.BodyReader, headers, authenticated.PayloadMode, signer, _lanes);

        // Execute
        var request = new S3Request
        {
            RequestId = exchange.RequestId,
            Method = method,
            Target = target,
            Headers = headers,
            Scheme = http.Request.Scheme,
            Host = rawTarget.Authority ?? headers.Host.ToString(),
            Now = exchange.Now,
            Caller = caller,
            Grant = grant,
            Access = access,
            Body = body,
            ExistingBucket = bucket,
        };
        try
        {
            var response = await operation.ExecuteAsync(request, cancellation);
            return await AbsentKeys.ConcealAsync(request, response, cancellation) is var shown
                && target.Key is not null
                && RequesterPays.Charges(caller, bucket)
                    ? shown.With("x-amz-request-charged", "requester")
                    : shown;
        }
        finally
        {
            exchange.BytesIn = body.ReceivedBytes;
        }
    }

    /// <summary>Refuses a request whose sender is wrong about who owns the bucket.</summary>
    /// <remarks>https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucket-owner-condition.html</remarks>
    private S3Error? JudgeExpectedOwner(IHeaderDictionary headers, BucketRecord? bucket)
    {
        if (!headers.TryGetValue("x-amz-expected-bucket-owner", out var values))
        {
            return null;
        }

        var expected = values.ToString();
        if (expected.Length != 12 || !expected.All(char.IsAsciiDigit))
        {
            return S3Errors.InvalidRequest.Saying(
                "The value of the expected bucket owner parameter must be an AWS Account ID of 12 digits.");
        }

        return bucket is null || expected == authorizer.AccountOf(bucket.OwnerId)
            ? null
            : S3Errors.AccessDenied.Because(
                "The bucket belongs to another account than x-amz-expected-bucket-owner says.");
    }

    private static bool FitsHeaderLimit(IHeaderDictionary headers)
    {
        var bytes = 0;
        foreach (var (name, values) in headers)
        {
            foreach (var value in values)
            {
                bytes += name.Length + (value?.Length ?? 0);
            }
        }

        return bytes <= MaxHeaderBytes;
    }

    /// <summary>
    /// Keeps a refusal by a rule, which no policy tells of, for whoever asks why. Visitors of websites ask for what is not
    /// there all day: theirs is kept where the rule has something to say.
    /// </summary>
    private void KeepDenial(Exchange exchange, S3Error refusal)
    {
        if (refusal.Code == S3Errors.AccessDenied.Code
            && (refusal.Why is not null || !denials.Knows(exchange.RequestId)))
        {
            denials.Keep(Denial.ByRule(exchange, refusal));
        }
    }

    /// <summary>Answers an exception, or, where an answer has begun, gives up the connection.</summary>
    private async ValueTask FailAsync(
        HttpContext http, Exchange exchange, ResponseWriter writer, Exception exception)
    {
        var failure = Failure.Of(exception, http.RequestAborted.IsCancellationRequested);
        exchange.ErrorCode = failure.Error.Code;
        switch (failure.Blame)
        {
            case Blame.Refusal:
                KeepDenial(exchange, failure.Error);
                ServerLog.Refusal(
                    log, exchange.RequestId, exchange.Operation, failure.Error.Code, failure.Error.Message);
                break;
            case Blame.Unavailable:
                ServerLog.Unavailable(log, exchange.RequestId, exchange.Operation, exception.Message);
                break;
            case Blame.Fault:
                ServerLog.Fault(log, exception, exchange.RequestId, exchange.Operation);
                break;
        }

        if (failure.Blame == Blame.Gone || writer.HasStarted)
        {
            // 499, as access logs show a client that closed its connection, where no answer had begun.
            exchange.StatusCode = exchange.StatusCode == 0 ? 499 : exchange.StatusCode;
            writer.Abort();
            return;
        }

        try
        {
            await writer.WriteAsync(failure.Error, http.RequestAborted);
        }
        catch (Exception) when (http.RequestAborted.IsCancellationRequested)
        {
            writer.Abort();
        }
    }
}
