namespace ObjectServer.Bench.Load;

/// <summary>What is asked of the server.</summary>
internal enum Verb
{
    Fill,
    Put,
    Get,
    Head,
    Copy,
    List,
    Delete,
    Mixed,
    Churn,
    RawGet,
    RawPut,
}

/// <summary>One run, as the command line described it. A run ends by itself: by time, and earlier by count.</summary>
internal sealed record LoadPlan
{
    public const int MaxSeconds = 600;
    public const int MaxConnections = 16_384;

    public required Verb Verb { get; init; }

    /// <summary>An http address; for the raw verbs the whole URL, where a trailing slash takes a key after it.</summary>
    public required Uri Endpoint { get; init; }

    public string AccessKey { get; init; } = "";

    public string SecretKey { get; init; } = "";

    public string Region { get; init; } = "us-east-1";

    public string Bucket { get; init; } = "";

    public string Prefix { get; init; } = "";

    public required long SizeBytes { get; init; }

    public required int Connections { get; init; }

    public required int Seconds { get; init; }

    public required int WarmupSeconds { get; init; }

    /// <summary>How many different keys the run knows.</summary>
    public required int Objects { get; init; }

    /// <summary>Requests per second over all connections; null lets each connection go on at once.</summary>
    public int? Rate { get; init; }

    /// <summary>What the dice of <see cref="Verb.Churn"/> begin with: runs that follow each other take different ones.</summary>
    public int Seed { get; init; }

    /// <summary>Stop after so many measured requests; null leaves it to the clock.</summary>
    public long? Requests { get; init; }

    /// <summary>Whether PUTs carry the SHA-256 of their body instead of UNSIGNED-PAYLOAD.</summary>
    public bool SignsPayload { get; init; }

    /// <summary>Whether the objects are there already, so that nothing is uploaded before the clock starts.</summary>
    public bool IsFilled { get; init; }

    public int PageKeys { get; init; } = 1000;

    public bool IsRaw => Verb is Verb.RawGet or Verb.RawPut;

    /// <summary>Verbs that ask each object once and then end, whatever the clock says.</summary>
    public bool AsksEachOnce => Verb is Verb.Fill or Verb.Delete;

    public bool NeedsObjects => Verb is Verb.Get or Verb.Head or Verb.Copy or Verb.List or Verb.Delete or Verb.Mixed;
}
