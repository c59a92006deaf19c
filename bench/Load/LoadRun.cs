using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace ObjectServer.Bench.Load;

/// <summary>The sums of a run and how long it measured.</summary>
internal sealed record LoadResult(LoadPlan Plan, Tally Tally, TimeSpan Elapsed);

/// <summary>
/// Drives one plan: a closed loop per connection, each sending its next request when the last answer is complete. What
/// starts before the warm-up is over is not counted; nothing starts after the time is up, and what is under way then
/// is finished and counted. An answer that takes half a minute longer than that is given up as an error.
/// </summary>
internal sealed class LoadRun
{
    private const int MaxErrorsInARow = 10;

    /// <summary>As many connect at a time as every server's backlog takes.</summary>
    private const int ConnectingAtOnce = 64;

    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(30);

    private readonly LoadPlan _plan;
    private readonly IPEndPoint _server;
    private readonly SharedRequests _shared;
    private readonly TimeProvider _clock;

    private LoadRun(LoadPlan plan, IPEndPoint server, TimeProvider clock)
    {
        _plan = plan;
        _server = server;
        _clock = clock;
        _shared = new SharedRequests(plan, clock);
    }

    /// <summary>Prepares the bucket and its objects as the plan needs them, then measures.</summary>
    /// <exception cref="SocketException">The endpoint's name is unknown.</exception>
    public static async Task<LoadResult> RunAsync(LoadPlan plan, TimeProvider clock, CancellationToken cancellation)
    {
        var addresses = await Dns.GetHostAddressesAsync(plan.Endpoint.DnsSafeHost, cancellation);
        var server = new IPEndPoint(addresses[0], plan.Endpoint.Port);
        if (!plan.IsRaw)
        {
            var created = await new LoadRun(plan, server, clock).CreateBucketAsync();
            if (created.Tally.ErrorCount > 0)
            {
                return created;
            }
        }

        if (plan.NeedsObjects && !plan.IsFilled)
        {
            var fill = plan with { Verb = Verb.Fill, WarmupSeconds = 0, Seconds = LoadPlan.MaxSeconds, Requests = null };
            var filled = await new LoadRun(fill, server, clock).DriveAllAsync(cancellation);
            if (filled.Tally.ErrorCount > 0)
            {
                return filled;
            }
        }

        return await new LoadRun(plan, server, clock).DriveAllAsync(cancellation);
    }

    private async Task<LoadResult> CreateBucketAsync()
    {
        using var connection = new HttpConnection(_server, expectedBodyBytes: 0);
        var tally = new Tally();
        var request = new RequestSource(_shared, connection: 0).CreateBucket();
        try
        {
            var answer = await connection.ExchangeAsync(request.Head, request.Payload, isHead: false, keepsBody: false);
            var body = Encoding.UTF8.GetString(connection.KeptBody);
            if (!answer.IsSuccess && !body.Contains("BucketAlreadyOwnedByYou", StringComparison.Ordinal))
            {
                tally.Failed(NameOf(answer), request, body);
            }
        }
        catch (Exception exception) when (IsBrokenConnection(exception))
        {
            tally.Failed("connection", request, exception.Message);
        }

        return new LoadResult(_plan, tally, TimeSpan.Zero);
    }

    private async Task<LoadResult> DriveAllAsync(CancellationToken cancellation)
    {
        var connections = new HttpConnection[_plan.Connections];
        var loops = new Task<Tally>[_plan.Connections];
        for (var number = 0; number < connections.Length; number++)
        {
            connections[number] = new HttpConnection(_server, _plan.SizeBytes);
        }

        await OpenAllAsync(connections, cancellation);
        var start = Stopwatch.GetTimestamp();
        var measured = start + (_plan.WarmupSeconds * Stopwatch.Frequency);
        var deadline = measured + (_plan.Seconds * Stopwatch.Frequency);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        stop.CancelAfter(TimeSpan.FromSeconds(_plan.WarmupSeconds + _plan.Seconds) + Grace);
        for (var number = 0; number < loops.Length; number++)
        {
            var connection = connections[number];
            stop.Token.Register(connection.Abort);
            var source = new RequestSource(_shared, number);
            var pace = new Pace(_plan, number, start, _clock);
            loops[number] = Task.Run(
                () => DriveAsync(connection, source, pace, measured, deadline), CancellationToken.None);
        }

        var sum = new Tally();
        foreach (var loop in loops)
        {
            sum.Add(await loop);
        }

        foreach (var connection in connections)
        {
            connection.Dispose();
        }

        var elapsed = Stopwatch.GetElapsedTime(measured, Math.Max(sum.LastAnswer, measured));
        return new LoadResult(_plan, sum, elapsed);
    }

    /// <summary>Connects before the clock starts. What fails here is tried again, and counted, by the first request.</summary>
    private static Task OpenAllAsync(HttpConnection[] connections, CancellationToken cancellation) =>
        Parallel.ForEachAsync(
            connections,
            new ParallelOptions { MaxDegreeOfParallelism = ConnectingAtOnce, CancellationToken = cancellation },
            async (connection, _) =>
            {
                try
                {
                    await connection.OpenAsync();
                }
                catch (SocketException)
                {
                    connection.HangUp();
                }
            });

    private async Task<Tally> DriveAsync(
        HttpConnection connection, RequestSource source, Pace pace, long measured, long deadline)
    {
        var tally = new Tally();
        var errorsInARow = 0;
        while (errorsInARow < MaxErrorsInARow)
        {
            await pace.NextTurnAsync();
            var start = Stopwatch.GetTimestamp();
            if (start >= deadline || source.Next() is not { } request)
            {
                break;
            }

            try
            {
                var answer = await connection.ExchangeAsync(
                    request.Head, request.Payload, request.Verb is Verb.Head, keepsBody: request.Verb is Verb.List);
                var end = Stopwatch.GetTimestamp();
                if (!IsRight(request, answer))
                {
                    tally.Failed(NameOf(answer), request, Encoding.UTF8.GetString(connection.KeptBody));
                    errorsInARow++;
                    continue;
                }

                errorsInARow = 0;
                source.Answered(request.Verb, connection.KeptBody);
                if (start >= measured)
                {
                    var nanoseconds = (end - start) * (1_000_000_000 / Stopwatch.Frequency);
                    var listed = request.Verb is Verb.List ? connection.KeptBody.Count("<Key>"u8) : 0;
                    tally.Succeeded(request, answer, listed, end, nanoseconds);
                }
            }
            catch (Exception exception) when (IsBrokenConnection(exception))
            {
                connection.HangUp();
                tally.Failed("connection", request, exception.Message);
                errorsInARow++;
            }
        }

        return tally;
    }

    /// <summary>
    /// A success, and for a GET all of the object. Where the run deletes what it reads, the object may be absent.
    /// </summary>
    private bool IsRight(in Request request, HttpAnswer answer) => _plan.Verb is Verb.Churn
        ? IsRightAmidDeletions(request, answer)
        : answer.IsSuccess && (request.Verb is not Verb.Get || answer.BodyBytes == _plan.SizeBytes);

    private bool IsRightAmidDeletions(in Request request, HttpAnswer answer) => request.Verb switch
    {
        Verb.Get when answer.IsSuccess => SharedRequests.ChurnSizes(_plan.SizeBytes).Contains(answer.BodyBytes),
        Verb.Get or Verb.Head => answer.IsSuccess || answer.Status == 404,
        _ => answer.IsSuccess,
    };

    private static string NameOf(HttpAnswer answer) =>
        answer.IsSuccess ? $"{answer.Status} with {answer.BodyBytes} bytes" : $"{answer.Status}";

    private static bool IsBrokenConnection(Exception exception) =>
        exception is IOException or SocketException or ObjectDisposedException;
}
