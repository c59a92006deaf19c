using System.Collections.Frozen;
using System.Globalization;
using ObjectServer.AccessControl;
using ObjectServer.Archives;
using ObjectServer.Storage.Index;

namespace ObjectServer.Hosting;

/// <summary>One thing that a server can be told: on the command line, in the environment, or in appsettings.json.</summary>
/// <param name="Name">As on the command line, without the hyphens in front, e.g. <c>tls-key</c>.</param>
/// <param name="Value">What stands for its value in help, e.g. <c>FILE</c>.</param>
/// <param name="Meaning">What it is for, as sentences.</param>
/// <param name="Default">What holds without it, in words.</param>
/// <param name="Take">Puts the values into the options; throws a FormatException that says what is wrong with them.</param>
internal sealed record Setting(
    string Name,
    string Value,
    string Meaning,
    string Default,
    Func<ObjectServerOptions, IReadOnlyList<string>, ObjectServerOptions> Take)
{
    /// <summary>Everything there is, in the order of help.</summary>
    public static IReadOnlyList<Setting> All { get; } =
    [
        Text("data", "DIRECTORY", "Where everything is kept. Made if it is not there.", "./data",
            (options, value) => options with { DataDirectory = value }),
        Texts("listen", "URL", "An address to serve at; http or https, an IP address, localhost or * for all.",
            "http://127.0.0.1:9000", (options, values) => options with { Listen = values }),
        Texts("website-listen", "URL",
            "An address for websites alone, where every domain is the website of the bucket of that name. By hosts such as "
            + "BUCKET.s3-website.localhost they are at the other addresses, too.",
            "none", (options, values) => options with { WebsiteListen = values }),
        Texts("website-domain", "NAME",
            "A website's own domain at the other addresses: the website of the bucket of that name, and nothing of S3. "
            + "* is every domain that is not one of S3's.",
            "none", (options, values) => options with { WebsiteDomains = values }),
        Text("tls-certificate", "FILE",
            "A PEM file with the certificate for https, followed by those that vouch for it. Read again when it changes.",
            "none", (options, value) => options with { TlsCertificate = value }),
        Text("tls-key", "FILE", "A PEM file with the certificate's private key. Read again when it changes.",
            "in the certificate's file", (options, value) => options with { TlsKey = value }),
        Text("access-key", "ID", "The id of the root access key.",
            "made at the first start and kept in the data directory",
            (options, value) => options with { AccessKey = value }),
        Text("secret-key", "SECRET",
            "The secret of the root access key. Better set in the environment than on a command line that others can see.",
            "made with the access key", (options, value) => options with { SecretKey = value }),
        Text("master-key-file", "FILE",
            "The key under which the store keeps secrets: 32 bytes in Base64. Made at the first start if it is not there.",
            "master.key in the data directory", (options, value) => options with { MasterKeyFile = value }),
        Text("seed", "FILE",
            "Accounts, users, buckets and what else has to be there, as JSON or YAML: set at every start, before anything is "
            + "served.",
            "none", (options, value) => options with { SeedFile = value }),
        Texts("oidc-issuer", "URL",
            "An OpenID Connect issuer whose tokens may count for AssumeRoleWithWebIdentity: the server asks it for its keys.",
            "none", (options, values) => options with { OidcIssuers = values }),
        Text("region", "NAME", "The region that clients must sign for.", "us-east-1",
            (options, value) => options with { Region = value }),
        Texts("domain", "NAME",
            "A base domain for virtual-hosted requests: with s3.example.com, photos.s3.example.com is the bucket photos.",
            "localhost and s3.localhost, always", (options, values) => options with { Domains = values }),
        Text("object-ownership", "OWNERSHIP",
            "Who owns what others write into a new bucket whose creator does not say: BucketOwnerEnforced, which disables "
            + "ACLs, BucketOwnerPreferred or ObjectWriter.",
            "BucketOwnerEnforced", (options, value) => options with { ObjectOwnership = ReadOwnership(value) }),
        Text("block-public-access", "BOOLEAN", "Whether a new bucket blocks all public access: true or false.", "false",
            (options, value) => options with { BlockPublicAccess = ReadBoolean(value) }),
        Text("admin-listen", "URL",
            "An address for health and metrics alone. Without it they are at the other addresses, under /-/, "
            + "and metrics answer callers on loopback only.",
            "none", (options, value) => options with { AdminListen = value }),
        Text("max-connections", "COUNT", "Connections to one address at a time; what comes beyond is closed.", "4096",
            (options, value) => options with { MaxConnections = ReadCount(value) }),
        Text("max-requests", "COUNT",
            "Requests that run at a time. As many again wait their turn; what comes beyond is answered SlowDown.", "1024",
            (options, value) => options with { MaxRequests = ReadCount(value) }),
        Text("max-request-rate", "COUNT",
            "Requests a second of all clients; what comes beyond is answered SlowDown.", "no limit",
            (options, value) => options with { MaxRequestRate = ReadCount(value) }),
        Text("max-client-request-rate", "COUNT", "Requests a second of each client's address.", "no limit",
            (options, value) => options with { MaxClientRequestRate = ReadCount(value) }),
        Text("max-body-rate", "BYTES",
            "Bytes of bodies a second of all clients, in and out together; who is beyond it is slowed down.", "no limit",
            (options, value) => options with { MaxBodyRate = ReadRate(value) }),
        Text("max-client-body-rate", "BYTES", "Bytes of bodies a second of each client's address.", "no limit",
            (options, value) => options with { MaxClientBodyRate = ReadRate(value) }),
        Text("min-client-rate", "BYTES",
            "Bytes a second below which a client that sends or takes a body is let go, after 20 seconds.", "4KiB",
            (options, value) => options with { MinClientRate = ReadRate(value) }),
        Text("lifecycle-day", "TIME",
            "How long a day lasts in lifecycle rules and restores, e.g. 10s, 5m or 24h. Tests want short ones; only with 24h do "
            + "days end at midnight UTC.",
            "24h", (options, value) => options with { LifecycleDay = ReadTime(value) }),
        Text("lifecycle-rate", "COUNT",
            "Versions a second that lifecycle rules are held against; one that they change counts as ten.", "10000",
            (options, value) => options with { LifecycleRate = ReadCount(value) }),
        Texts("storage-class", "CLASS=DIRECTORY",
            "A directory of its own for the objects of a storage class, e.g. STANDARD_IA=/mnt/slow.", "the data directory",
            (options, values) => options with { StorageClasses = ReadStorageClasses(values) }),
        Texts("restore-delay", "TIER=TIME",
            "How long it takes until an archived object is back, for the tier Expedited, Standard or Bulk, e.g. Standard=3h.",
            "Expedited=10s, Standard=1m, Bulk=5m",
            (options, values) => options with { RestoreDelays = ReadRestoreDelays(values) }),
        Text("log-format", "FORMAT", "How log lines look: text or json.", "text",
            (options, value) => options with { LogFormat = ReadLogFormat(value) }),
        Text("inline-limit", "BYTES", "Objects up to this size are kept in the journal, larger ones in files.", "64KiB",
            (options, value) => options with { InlineLimitBytes = checked((int)Math.Min(ReadBytes(value), int.MaxValue)) }),
        Text("disk-reserve", "BYTES", "Writes are refused while the disk has less free space than this.",
            "a hundredth of the disk, at most 1GiB",
            (options, value) => options with { DiskReserveBytes = ReadBytes(value) }),
        Text("index", "ENGINE",
            "What keeps the index: litedb, or rocksdb for millions of objects. One that the other made is set aside and "
            + "made anew from the journal.",
            "what made the index that is there; litedb for a new one",
            (options, value) => options with { IndexEngine = ReadIndexEngine(value) }),
    ];

    /// <summary>Whether it may be given more than once.</summary>
    public bool IsRepeatable { get; private init; }

    /// <summary>E.g. <c>--tls-key</c>.</summary>
    public string Option => "--" + Name;

    /// <summary>E.g. <c>OBJECTSERVER_TLS_KEY</c>.</summary>
    public string Variable => "OBJECTSERVER_" + Name.Replace('-', '_').ToUpperInvariant();

    /// <summary>The name within the section <c>ObjectServer</c> of appsettings.json, e.g. <c>TlsKey</c>.</summary>
    public string Key => string.Concat(
        Name.Split('-').Select(word => char.ToUpper(word[0], CultureInfo.InvariantCulture) + word[1..]));

    private static Setting Text(
        string name,
        string value,
        string meaning,
        string fallback,
        Func<ObjectServerOptions, string, ObjectServerOptions> take) =>
        new(name, value, meaning, fallback, (options, values) => values is [var only]
            ? take(options, only)
            : throw new FormatException("give it once."));

    private static Setting Texts(
        string name,
        string value,
        string meaning,
        string fallback,
        Func<ObjectServerOptions, IReadOnlyList<string>, ObjectServerOptions> take) =>
        new(name, value, meaning, fallback, take) { IsRepeatable = true };

    private static LogFormat ReadLogFormat(string text) => text switch
    {
        "text" => LogFormat.Text,
        "json" => LogFormat.Json,
        _ => throw new FormatException($"'{text}' is neither text nor json."),
    };

    private static ObjectOwnership ReadOwnership(string text) => OwnershipControls.Parse(text)
        ?? throw new FormatException(
            $"'{text}' is none of {string.Join(", ", Enum.GetValues<ObjectOwnership>().Select(OwnershipControls.NameOf))}.");

    private static bool ReadBoolean(string text) =>
        bool.TryParse(text, out var value) ? value : throw new FormatException($"'{text}' is neither true nor false.");

    private static IndexEngine ReadIndexEngine(string text) =>
        IndexEngineNames.Parse(text) ?? throw new FormatException($"'{text}' is neither litedb nor rocksdb.");

    private static int ReadCount(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var count)
            ? count
            : throw new FormatException($"'{text}' is not a count such as 1024.");

    private static TimeSpan ReadTime(string text) =>
        TimeText.Parse(text) ?? throw new FormatException($"'{text}' is not a time such as 10s, 5m or 24h.");

    private static FrozenDictionary<string, string> ReadStorageClasses(IReadOnlyList<string> values)
    {
        var classes = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var value in values)
        {
            if (value.Split('=', 2) is not [{ Length: > 0 } name, { Length: > 0 } directory])
            {
                throw new FormatException($"'{value}' is not a class and its directory such as STANDARD_IA=/mnt/slow.");
            }

            if (!classes.TryAdd(name, directory))
            {
                throw new FormatException($"give {name} one directory.");
            }
        }

        return classes.ToFrozenDictionary(StringComparer.Ordinal);
    }

    private static RestoreDelays ReadRestoreDelays(IReadOnlyList<string> values)
    {
        var delays = new RestoreDelays();
        foreach (var value in values)
        {
            delays = value.Split('=', 2) is [var name, var time] && RestoreDocument.ParseTier(name) is { } tier
                ? delays.With(tier, ReadTime(time))
                : throw new FormatException($"'{value}' is not a tier and its time such as Expedited=1m.");
        }

        return delays;
    }

    /// <summary>Bytes a second; beyond 2 GiB as many as a bucket holds.</summary>
    private static int ReadRate(string text) => (int)Math.Min(ReadBytes(text), int.MaxValue);

    private static long ReadBytes(string text) =>
        ByteCount.Parse(text)
        ?? throw new FormatException($"'{text}' is not a count of bytes such as 65536, 64KiB or 1GiB.");
}
