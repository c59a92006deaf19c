using System.Net;
using System.Text;

namespace ObjectServer.Bench.Load;

/// <summary>One request, ready to send. The head's memory is the source's own until the next request is taken.</summary>
internal readonly record struct Request(Verb Verb, ReadOnlyMemory<byte> Head, Payload Payload);

/// <summary>What all connections of a run share: the keys' turn, the payload, and the heads signed beforehand.</summary>
/// <remarks>
/// PUT, GET and HEAD over a modest number of keys are signed before the clock starts, so that the driver takes as
/// little as it can of the processors it shares with the server. S3 accepts a signature for fifteen minutes, and no
/// run is that long. Everything else is signed as it goes.
/// </remarks>
internal sealed class SharedRequests
{
    private const int MaxSignedBeforehand = 50_000;

    private readonly byte[][]? _signed;
    private long _turn;

    public SharedRequests(LoadPlan plan, TimeProvider clock)
    {
        Plan = plan;
        Clock = clock;
        if (plan.Verb is Verb.Churn)
        {
            ChurnPayloads = [.. ChurnSizes(plan.SizeBytes).Select(Payload.OfSize)];
        }

        Payload = plan.Verb is Verb.Put or Verb.Fill or Verb.Mixed or Verb.RawPut
            ? Payload.OfSize(plan.SizeBytes)
            : Payload.None;
        PayloadSha256 = plan.SignsPayload ? Payload.Sha256Hex() : RequestSource.UnsignedPayload;
        if (plan.Verb is Verb.Put or Verb.Get or Verb.Head && plan.Objects <= MaxSignedBeforehand)
        {
            var source = new RequestSource(this, connection: 0);
            _signed = [.. Enumerable.Range(0, plan.Objects).Select(key => source.Sign(plan.Verb, key).Head.ToArray())];
        }
    }

    public LoadPlan Plan { get; }

    public TimeProvider Clock { get; }

    public Payload Payload { get; }

    public string PayloadSha256 { get; }

    /// <summary>What a churning run uploads: small, middle, large.</summary>
    public IReadOnlyList<Payload> ChurnPayloads { get; } = [];

    /// <summary>The sizes of a churning run's objects, the largest last.</summary>
    public static IReadOnlyList<long> ChurnSizes(long largest) => [largest / 256, largest / 16, largest];

    /// <summary>The number of the next request: no two connections get the same.</summary>
    public long NextTurn() => Interlocked.Increment(ref _turn) - 1;

    /// <summary>The head of a key's request; null where there are too many to sign beforehand.</summary>
    public byte[]? SignedBeforehand(int key) => _signed?[key];
}

/// <summary>Decides what one connection asks next. Not thread-safe.</summary>
internal sealed class RequestSource
{
    public const string UnsignedPayload = "UNSIGNED-PAYLOAD";

    private const long ReadingOrder = 2_654_435_761;

    private const string EmptySha256 = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

    private readonly SharedRequests _shared;
    private readonly LoadPlan _plan;
    private readonly SigV4Signer _signer;
    private readonly byte[] _head = new byte[SigV4Signer.MaxHeadBytes];
    private readonly string _scratchPrefix;
    private readonly Random _dice;
    private string? _continuationToken;
    private int _scratchObjects;
    private int _scratchDeleted;

    public RequestSource(SharedRequests shared, int connection)
    {
        _shared = shared;
        _plan = shared.Plan;
        _signer = new SigV4Signer(
            _plan.AccessKey, _plan.SecretKey, _plan.Region, _plan.Endpoint.Authority, shared.Clock);
        _scratchPrefix = $"{_plan.Prefix}scratch-{connection}/";
        _dice = new Random((_plan.Seed * LoadPlan.MaxConnections) + connection);
    }

    /// <summary>The next request; null when each object has had its turn or the count is reached.</summary>
    public Request? Next()
    {
        var turn = _shared.NextTurn();
        if ((_plan.AsksEachOnce && turn >= _plan.Objects) || turn >= _plan.Requests)
        {
            return null;
        }

        var key = KeyAt(turn);
        return _plan.Verb switch
        {
            Verb.Put or Verb.Get or Verb.Head when _shared.SignedBeforehand(key) is { } head =>
                new Request(_plan.Verb, head, _shared.Payload),
            Verb.Mixed => NextOfMixture(key),
            Verb.Churn => NextOfChurn(),
            Verb.Fill => Sign(Verb.Put, key),
            _ => Sign(_plan.Verb, key),
        };
    }

    /// <summary>
    /// Reads take the keys in another order than the writes did, so that no read finds what the one before it brought
    /// into memory. Each key has its turn: the factor is a prime above every number of objects.
    /// </summary>
    private int KeyAt(long turn) => _plan.Verb is Verb.Get or Verb.Head or Verb.Mixed
        ? (int)(turn % _plan.Objects * ReadingOrder % _plan.Objects)
        : (int)(turn % _plan.Objects);

    /// <summary>Takes from a listing's answer where the next page begins.</summary>
    public void Answered(Verb verb, ReadOnlySpan<byte> body)
    {
        if (verb is not Verb.List)
        {
            return;
        }

        var start = body.IndexOf("<NextContinuationToken>"u8);
        if (start < 0)
        {
            _continuationToken = null;
            return;
        }

        var token = body[(start + "<NextContinuationToken>".Length)..];
        _continuationToken = WebUtility.HtmlDecode(Encoding.UTF8.GetString(token[..token.IndexOf((byte)'<')]));
    }

    /// <summary>The request that creates the bucket of the run.</summary>
    public Request CreateBucket() => Sign(Verb.Put, "PUT", $"/{_plan.Bucket}", "", EmptySha256, Payload.None);

    public Request Sign(Verb verb, int key) => verb switch
    {
        Verb.Put => SignPut(PathOf(key)),
        Verb.Get => SignBodiless(verb, "GET", PathOf(key)),
        Verb.Head => SignBodiless(verb, "HEAD", PathOf(key)),
        Verb.Copy => SignCopy(key),
        Verb.Delete => SignBodiless(verb, "DELETE", PathOf(key)),
        Verb.List => SignBodiless(verb, "GET", $"/{_plan.Bucket}", ListQuery()),
        Verb.RawGet => Write(verb, "GET", _plan.Endpoint.PathAndQuery, Payload.None),
        Verb.RawPut => Write(verb, "PUT", RawPathOf(key), _shared.Payload),
        _ => throw new ArgumentOutOfRangeException(nameof(verb)),
    };

    /// <summary>
    /// Of 100 requests 45 are GETs, 30 HEADs, 15 PUTs and 10 DELETEs. PUTs go to keys that only this connection
    /// knows, and DELETEs take those away again, so that no GET ever meets a missing object.
    /// </summary>
    private Request NextOfMixture(int key)
    {
        var roll = _dice.Next(100);
        if (roll < 45)
        {
            return Sign(Verb.Get, key);
        }

        if (roll < 75)
        {
            return Sign(Verb.Head, key);
        }

        return roll < 90 || _scratchDeleted == _scratchObjects
            ? SignPut($"/{_plan.Bucket}/{_scratchPrefix}{_scratchObjects++:x8}")
            : SignBodiless(Verb.Delete, "DELETE", $"/{_plan.Bucket}/{_scratchPrefix}{_scratchDeleted++:x8}");
    }

    /// <summary>
    /// Of 100 requests 40 are GETs, 15 HEADs, 30 PUTs, 14 DELETEs and one is a page of a listing, all over the same keys:
    /// about two thirds of them exist at any time. Of 100 PUTs 80 are small, 15 middle and 5 large.
    /// </summary>
    private Request NextOfChurn()
    {
        var key = _dice.Next(_plan.Objects);
        return _dice.Next(100) switch
        {
            < 40 => Sign(Verb.Get, key),
            < 55 => Sign(Verb.Head, key),
            < 85 => SignPut(PathOf(key), _shared.ChurnPayloads[_dice.Next(100) switch { < 80 => 0, < 95 => 1, _ => 2 }]),
            < 99 => Sign(Verb.Delete, key),
            _ => Sign(Verb.List, key),
        };
    }

    private Request SignPut(string path) => SignPut(path, _shared.Payload);

    private Request SignPut(string path, Payload payload) =>
        Sign(Verb.Put, "PUT", path, "", _shared.PayloadSha256, payload);

    private Request SignBodiless(Verb verb, string method, string path, string query = "") =>
        Sign(verb, method, path, query, EmptySha256, Payload.None);

    private Request SignCopy(int key) =>
        Sign(Verb.Copy, "PUT", PathOf(key) + "-copy", "", EmptySha256, Payload.None, copySource: PathOf(key));

    private Request Sign(
        Verb verb, string method, string path, string query, string sha256, Payload payload, string? copySource = null)
    {
        long? contentLength = method == "PUT" ? payload.SizeBytes : null;
        var length = _signer.WriteHead(_head, method, path, query, sha256, contentLength, copySource);
        return new Request(verb, _head.AsMemory(0, length), payload);
    }

    private Request Write(Verb verb, string method, string target, Payload payload)
    {
        var head = new ByteText(_head);
        head.Add(method);
        head.Add(" "u8);
        head.Add(target);
        head.Add(" HTTP/1.1\r\nHost: "u8);
        head.Add(_plan.Endpoint.Authority);
        if (method == "PUT")
        {
            head.Add("\r\nContent-Length: "u8);
            head.Add(payload.SizeBytes);
        }

        head.Add("\r\n\r\n"u8);
        return new Request(verb, _head.AsMemory(0, head.Length), payload);
    }

    /// <summary>
    /// Keys of equal length in an order that is not the listing's: the multiplication by an odd number maps every
    /// 32-bit number to another one and none to the same.
    /// </summary>
    public static string KeyOf(string prefix, int number) => $"{prefix}{(uint)number * 2_654_435_761:x8}";

    private string PathOf(int key) => $"/{_plan.Bucket}/{KeyOf(_plan.Prefix, key)}";

    private string RawPathOf(int key) =>
        _plan.Endpoint.AbsolutePath.EndsWith('/') ? $"{_plan.Endpoint.AbsolutePath}{key:x8}" : _plan.Endpoint.PathAndQuery;

    private string ListQuery()
    {
        var token = _continuationToken is null
            ? ""
            : $"continuation-token={Uri.EscapeDataString(_continuationToken)}&";
        var prefix = Uri.EscapeDataString(_plan.Prefix);
        return $"{token}list-type=2&max-keys={_plan.PageKeys}&prefix={prefix}";
    }
}
