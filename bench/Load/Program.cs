using System.CommandLine;
using System.Net.Sockets;
using ObjectServer.Bench.Load;

// The runtime reads this when the first socket is made: answers are then handled on the thread that polls the sockets,
// without a hop to the thread pool, which is what keeps the driver cheaper than what it measures.
Environment.SetEnvironmentVariable("DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS", "1");

var endpoint = new Option<string>("--endpoint")
{
    Description = "http address of the server; for raw-get and raw-put the whole URL (one that ends in / takes keys)",
    DefaultValueFactory = _ => "http://127.0.0.1:9000",
};
var accessKey = new Option<string>("--access-key")
{
    Description = "access key; else AWS_ACCESS_KEY_ID",
    DefaultValueFactory = _ => Environment.GetEnvironmentVariable("AWS_ACCESS_KEY_ID") ?? "",
};
var secretKey = new Option<string>("--secret-key")
{
    Description = "secret key; else AWS_SECRET_ACCESS_KEY",
    DefaultValueFactory = _ => Environment.GetEnvironmentVariable("AWS_SECRET_ACCESS_KEY") ?? "",
};
var region = new Option<string>("--region")
{
    Description = "region of the signature",
    DefaultValueFactory = _ => "us-east-1",
};
var bucket = new Option<string>("--bucket")
{
    Description = "bucket, created where it is missing",
    DefaultValueFactory = _ => "load",
};
var prefix = new Option<string>("--prefix")
{
    Description = "what every key begins with; letters, digits, / and - only",
    DefaultValueFactory = _ => "load/",
};
var size = new Option<string>("--size")
{
    Description = "bytes of an object: 4KiB, 64MiB, 1GiB",
    DefaultValueFactory = _ => "4KiB",
};
var connections = NumberOption("--connections", "connections, each with one request under way", 32);
var seconds = NumberOption("--seconds", $"how long to measure, at most {LoadPlan.MaxSeconds}", 10);
var warmup = NumberOption("--warmup", "seconds before measuring starts", 2);
var objects = NumberOption("--objects", "how many different keys", 1_000);
var rate = new Option<int?>("--rate") { Description = "requests per second over all connections, else as many as go" };
var seed = NumberOption("--seed", "churn: another number, other dice", 0);
var requests = new Option<long?>("--requests") { Description = "stop after so many requests, warm-up included" };
var pageKeys = NumberOption("--page", "list: keys per page", 1_000);
var signsPayload = new Option<bool>("--sign-payload")
{
    Description = "send the SHA-256 of each body instead of UNSIGNED-PAYLOAD",
};
var isFilled = new Option<bool>("--filled") { Description = "the objects are there already: upload none before" };
var asJson = new Option<bool>("--json") { Description = "print one line of JSON instead of text" };

var root = new RootCommand("Measures an S3 server: a closed loop per connection, bounded in time.");
AddVerb(Verb.Fill, "put each object once and stop");
AddVerb(Verb.Put, "put objects, over and over the same keys");
AddVerb(Verb.Get, "get objects");
AddVerb(Verb.Head, "ask for objects' metadata");
AddVerb(Verb.Copy, "copy objects, each to a key beside its own");
AddVerb(Verb.List, "walk the listing page by page, over and over");
AddVerb(Verb.Delete, "delete each object once and stop");
AddVerb(Verb.Mixed, "45 % GET, 30 % HEAD, 15 % PUT, 10 % DELETE");
AddVerb(Verb.Churn, "40 % GET, 15 % HEAD, 30 % PUT of three sizes up to --size, 14 % DELETE, 1 % LIST, all over the same keys");
AddVerb(Verb.RawGet, "get one URL without signing, from any web server");
AddVerb(Verb.RawPut, "put to a URL without signing, to any web server");
return await root.Parse(args).InvokeAsync();

static Option<int> NumberOption(string name, string description, int usual) =>
    new(name) { Description = description, DefaultValueFactory = _ => usual };

void AddVerb(Verb verb, string description)
{
    var command = new Command(LoadReport.NameOf(verb), description)
    {
        endpoint, accessKey, secretKey, region, bucket, prefix, size, connections, seconds, warmup, objects, rate, seed,
        requests, pageKeys, signsPayload, isFilled, asJson,
    };
    command.SetAction((parsed, cancellation) => MeasureAsync(verb, parsed, cancellation));
    root.Add(command);
}

async Task<int> MeasureAsync(Verb verb, ParseResult parsed, CancellationToken cancellation)
{
    var mistakes = new List<string>();
    if (!Uri.TryCreate(parsed.GetRequiredValue(endpoint), UriKind.Absolute, out var address)
        || address.Scheme != Uri.UriSchemeHttp)
    {
        mistakes.Add("--endpoint is not an http URL.");
    }

    var sizeBytes = ByteSize.Parse(parsed.GetRequiredValue(size));
    if (sizeBytes is null or < 0)
    {
        mistakes.Add("--size is not a size such as 4KiB.");
    }

    if (!parsed.GetRequiredValue(prefix).All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '/' or '-'))
    {
        mistakes.Add("--prefix has other characters than letters, digits, / and -.");
    }

    Within(connections, 1, LoadPlan.MaxConnections);
    Within(seconds, 1, LoadPlan.MaxSeconds);
    Within(warmup, 0, LoadPlan.MaxSeconds);
    Within(objects, 1, int.MaxValue);
    Within(pageKeys, 1, 1_000);
    Within(seed, 0, int.MaxValue / LoadPlan.MaxConnections);
    if (parsed.GetValue(rate) is < 1)
    {
        mistakes.Add("--rate is not at least 1.");
    }

    if (mistakes.Count > 0)
    {
        foreach (var mistake in mistakes)
        {
            Console.Error.WriteLine(mistake);
        }

        return 2;
    }

    var plan = new LoadPlan
    {
        Verb = verb,
        Endpoint = address!,
        AccessKey = parsed.GetRequiredValue(accessKey),
        SecretKey = parsed.GetRequiredValue(secretKey),
        Region = parsed.GetRequiredValue(region),
        Bucket = parsed.GetRequiredValue(bucket),
        Prefix = parsed.GetRequiredValue(prefix),
        SizeBytes = sizeBytes!.Value,
        Connections = parsed.GetValue(connections),
        Seconds = parsed.GetValue(seconds),
        WarmupSeconds = parsed.GetValue(warmup),
        Objects = parsed.GetValue(objects),
        Rate = parsed.GetValue(rate),
        Seed = parsed.GetValue(seed),
        Requests = parsed.GetValue(requests),
        PageKeys = parsed.GetValue(pageKeys),
        SignsPayload = parsed.GetValue(signsPayload),
        IsFilled = parsed.GetValue(isFilled),
    };
    try
    {
        var result = await LoadRun.RunAsync(plan, TimeProvider.System, cancellation);
        Console.Out.WriteLine(parsed.GetValue(asJson) ? LoadReport.AsJson(result) : LoadReport.AsText(result).TrimEnd());
        return result.Tally.ErrorCount == 0 ? 0 : 1;
    }
    catch (SocketException exception)
    {
        Console.Error.WriteLine($"{plan.Endpoint.Host}: {exception.Message}");
        return 1;
    }

    void Within(Option<int> option, int least, int most)
    {
        var number = parsed.GetValue(option);
        if (number < least || number > most)
        {
            mistakes.Add($"{option.Name} is not between {least} and {most}.");
        }
    }
}
