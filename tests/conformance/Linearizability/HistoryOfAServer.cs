using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using CsCheck;

namespace ObjectServer.Conformance.Linearizability;

/// <summary>
/// Many clients work on few keys of one server, which is killed under them and started again; what they were told has to
/// have an order.
/// </summary>
/// <remarks>
/// <c>OBJECTSERVER_LINEARIZABILITY</c> is how many operations there are, 3,000 without it; the server is killed after
/// each third of them.
/// </remarks>
public sealed class HistoryOfAServer
{
    private const int Keys = 4;
    private const int Clients = 8;
    private const int Lives = 3;

    /// <summary>What a condition names that no key ever holds.</summary>
    private const int NobodysValue = -1;

    private const string NobodysETag = "\"0123456789abcdef0123456789abcdef\"";

    private readonly ConcurrentBag<KeyOperation> _history = [];
    private readonly ConcurrentDictionary<string, int> _valuesByETag = new();
    private readonly int[] _lastSeen = new int[Keys];
    private readonly string?[] _eTags = new string?[MaxValues];
    private long _clock;
    private int _values;
    private int _finished;

    private static int Operations { get; } =
        int.TryParse(Environment.GetEnvironmentVariable("OBJECTSERVER_LINEARIZABILITY"), out var count) ? count : 3000;

    private static int MaxValues => (2 * Operations) + 1000;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_clients_are_told_has_an_order_across_kills()
    {
        using var directory = new ScratchDirectory();
        for (var life = 0; life < Lives; life++)
        {
            await LiveAsync(directory["data"], life);
        }

        await using (var server = await ServerProcess.StartAsync(directory["data"]))
        {
            await using var last = new Connection(server.Raw);
            for (var key = 0; key < Keys; key++)
            {
                await DoAsync(last, new KeyOperation(0, KeyAction.Read, key, 0, 0, KeyOutcome.Unknown, 0, 0));
            }
        }

        Assert.True(_finished >= Operations, $"Only {_finished} of {Operations} operations were answered.");
        Assert.Null(HistoryChecker.FindViolation(_history, Keys));

        // The same history with one answer changed has none: what was checked can fail.
        var read = _history.OrderBy(operation => operation.Ended)
            .Last(operation => operation is { Action: KeyAction.Read, Outcome: KeyOutcome.Done });
        var lie = read with { Value = int.MaxValue };
        Assert.NotNull(HistoryChecker.FindViolation([.. _history.Where(kept => kept != read), lie], Keys));
    }

    /// <summary>Starts the server, lets all clients work, and kills it while they do.</summary>
    private async Task LiveAsync(string data, int life)
    {
        var goal = (int)((long)Operations * (life + 1) / Lives);
        var enough = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Task<KeyOperation?[]> clients;
        await using (var server = await ServerProcess.StartAsync(data))
        {
            if (life == 0)
            {
                (await server.Raw.SendAsync("PUT", "/bucket")).AssertOk();
            }

            clients = Task.WhenAll(Enumerable.Range(0, Clients)
                .Select(client => Task.Run(() => WorkAsync(server.Raw, client, life, goal, enough), Cancellation)));

            // A client that fails by an assertion ends the test, and the server with it.
            await await Task.WhenAny(enough.Task, clients);
        }

        // The process is gone: what was under way has happened by now or never will.
        foreach (var cut in (await clients).OfType<KeyOperation>())
        {
            _history.Add(cut with { Ended = Interlocked.Increment(ref _clock) });
        }
    }

    /// <summary>Works until the server is gone.</summary>
    /// <returns>What was under way then; null where it was a new connection.</returns>
    private async Task<KeyOperation?> WorkAsync(
        RawClient server, int client, int life, int goal, TaskCompletionSource enough)
    {
        var random = new PCG((uint)((life * Clients) + client), (ulong)Operations);
        KeyOperation? next = null;
        try
        {
            await using var connection = new Connection(server);
            while (true)
            {
                next = Choose(random, client) with { Began = Interlocked.Increment(ref _clock) };
                await DoAsync(connection, next);
                next = null;
                if (Interlocked.Increment(ref _finished) >= goal)
                {
                    enough.TrySetResult();
                }
            }
        }
        catch (Exception gone) when (gone is IOException or SocketException)
        {
            return next;
        }
    }

    private KeyOperation Choose(PCG random, int client)
    {
        var action = (KeyAction)random.Next((uint)Enum.GetValues<KeyAction>().Length);
        var key = (int)random.Next(Keys);
        var isWrite = action is KeyAction.Write or KeyAction.WriteIfAbsent or KeyAction.WriteIfMatch;
        var expected = Volatile.Read(ref _lastSeen[key]) is > 0 and var seen ? seen : NobodysValue;
        return new KeyOperation(client, action, key, isWrite ? NewValue() : 0, expected, KeyOutcome.Unknown, 0, 0);
    }

    private int NewValue()
    {
        var value = Interlocked.Increment(ref _values);
        var eTag = $"\"{ETagOf(BodyOf(value))}\"";
        _eTags[value] = eTag;
        _valuesByETag[eTag] = value;
        return value;
    }

    /// <summary>Does one operation and keeps it with what was answered.</summary>
    private async Task DoAsync(Connection connection, KeyOperation asked)
    {
        var condition = ("If-Match", asked.Expected is > 0 and var expected ? _eTags[expected]! : NobodysETag);
        var target = $"/bucket/k{asked.Key}";
        var began = asked.Began == 0 ? Interlocked.Increment(ref _clock) : asked.Began;
        var answer = await (asked.Action switch
        {
            KeyAction.Read => connection.SendAsync("GET", target, null),
            KeyAction.Write => connection.SendAsync("PUT", target, BodyOf(asked.Value)),
            KeyAction.WriteIfAbsent => connection.SendAsync("PUT", target, BodyOf(asked.Value), ("If-None-Match", "*")),
            KeyAction.WriteIfMatch => connection.SendAsync("PUT", target, BodyOf(asked.Value), condition),
            KeyAction.Delete => connection.SendAsync("DELETE", target, null),
            KeyAction.DeleteIfMatch => connection.SendAsync("DELETE", target, null, condition),
            _ => connection.SendAsync("GET", "/bucket?list-type=2&prefix=k", null),
        });
        var told = Read(asked with { Began = began, Ended = Interlocked.Increment(ref _clock) }, answer);
        _history.Add(told);
        if (told is { Outcome: KeyOutcome.Done, Action: not KeyAction.List })
        {
            Volatile.Write(ref _lastSeen[told.Key], told.Value);
        }
    }

    private KeyOperation Read(KeyOperation asked, RawAnswer answer)
    {
        var isRead = asked.Action is KeyAction.Read or KeyAction.List;
        switch (answer.Status)
        {
            case 200 when asked.Action == KeyAction.List:
                return asked with { Outcome = KeyOutcome.Done, Listed = [.. ReadListing(answer.Text)] };
            case 200 when isRead:
                var value = _valuesByETag[answer.Header("ETag")!];
                Assert.Equal(BodyOf(value), answer.Body);
                return asked with { Outcome = KeyOutcome.Done, Value = value };
            case 404 when isRead:
                return asked with { Outcome = KeyOutcome.Done, Value = 0 };
            case 200 or 204:
                return asked with { Outcome = KeyOutcome.Done };
            case 412:
                return asked with { Outcome = KeyOutcome.OtherValue };
            case 404:
                return asked with { Outcome = KeyOutcome.NoValue };
            case 409:
                // A conflict leaves everything as it was, and says nothing of what that is.
                return asked with { Action = KeyAction.Read, Outcome = KeyOutcome.Unknown };
            default:
                Assert.Fail($"{asked}: {answer.Status} {answer.Text}");
                return asked;
        }
    }

    private int[] ReadListing(string document)
    {
        var values = new int[Keys];
        foreach (var entry in document.Split("<Contents>")[1..])
        {
            var eTag = Between(entry, "<ETag>", "</ETag>").Replace("&quot;", "\"", StringComparison.Ordinal);
            values[int.Parse(Between(entry, "<Key>k", "</Key>"), CultureInfo.InvariantCulture)] = _valuesByETag[eTag];
        }

        return values;
    }

    private static string Between(string text, string before, string after)
    {
        var start = text.IndexOf(before, StringComparison.Ordinal) + before.Length;
        return text[start..text.IndexOf(after, start, StringComparison.Ordinal)];
    }

    private static byte[] BodyOf(int value) => Encoding.ASCII.GetBytes($"value {value}");

    [SuppressMessage("Security", "CA5351", Justification = "S3 demands it.")]
    private static string ETagOf(byte[] body) => Convert.ToHexStringLower(MD5.HashData(body));

    /// <summary>A connection that stays open between requests.</summary>
    private sealed class Connection(RawClient server) : IAsyncDisposable
    {
        private NetworkStream? _stream;
        private BufferedStream? _answers;

        public async Task<RawAnswer> SendAsync(
            string method, string target, byte[]? body, params (string Name, string Value)[] headers)
        {
            _stream ??= await server.OpenAsync();
            _answers ??= new BufferedStream(_stream);
            await _stream.WriteAsync(
                RawClient.Write(method, target, body, server.Sign(method, target, headers)), Cancellation);
            var answer = await RawAnswer.ReadAsync(_answers, isHead: false, Cancellation);
            if (answer.Header("Connection") == "close")
            {
                await DisposeAsync();
            }

            return answer;
        }

        public async ValueTask DisposeAsync()
        {
            if (_stream is { } stream)
            {
                await stream.DisposeAsync();
            }

            (_stream, _answers) = (null, null);
        }
    }
}
