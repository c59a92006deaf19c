using System.Collections.Frozen;
using ObjectServer.AccessControl;
using ObjectServer.Archives;
using ObjectServer.Storage.Index;

namespace ObjectServer.Hosting;

/// <summary>How log lines look.</summary>
public enum LogFormat
{
    /// <summary>One line for people.</summary>
    Text,

    /// <summary>One JSON object a line.</summary>
    Json,
}

/// <summary>All that a server can be told. What is told at the start holds to the end.</summary>
public sealed record ObjectServerOptions
{
    /// <summary>The directory of the store; made where there is none.</summary>
    public string DataDirectory { get; init; } = "data";

    /// <summary>
    /// Addresses to listen at, e.g. <c>http://127.0.0.1:9000</c>. An application that hosts the server chooses its
    /// own addresses, and this is not looked at.
    /// </summary>
    public IReadOnlyList<string> Listen { get; init; } = ["http://127.0.0.1:9000"];

    /// <summary>
    /// Addresses for websites alone: every request there is to the website of the bucket that the host names, of which the
    /// whole name may be the bucket's. Websites are at the other addresses, too, by hosts of their own.
    /// </summary>
    public IReadOnlyList<string> WebsiteListen { get; init; } = [];

    /// <summary>
    /// Domains that websites have of their own at the other addresses: every request to one of them is to the website of
    /// the bucket of that name. <c>*</c> is every domain that is not one of S3's.
    /// </summary>
    public IReadOnlyList<string> WebsiteDomains { get; init; } = [];

    /// <summary>A PEM file with the certificate for the https addresses, and with those that vouch for it.</summary>
    public string? TlsCertificate { get; init; }

    /// <summary>A PEM file with the certificate's private key; null where it is in the same file.</summary>
    public string? TlsKey { get; init; }

    /// <summary>The id of the root access key; null for one made at the first start.</summary>
    public string? AccessKey { get; init; }

    /// <summary>The secret of the root access key.</summary>
    public string? SecretKey { get; init; }

    /// <summary>
    /// The file with the key under which secrets are kept; null for <c>master.key</c> in the data directory. Made at the
    /// first start where there is none.
    /// </summary>
    public string? MasterKeyFile { get; init; }

    /// <summary>
    /// A file, JSON or YAML, with accounts, users, buckets and what else has to be there: set at every start, before
    /// anything is served. Null for none.
    /// </summary>
    public string? SeedFile { get; init; }

    /// <summary>
    /// Issuers of web identities that the server may ask for their keys, as <c>iss</c> in tokens, e.g.
    /// <c>https://login.example.com/realms/team</c>. http is for issuers on this machine alone.
    /// </summary>
    public IReadOnlyList<string> OidcIssuers { get; init; } = [];

    /// <summary>The region that clients sign for.</summary>
    public string Region { get; init; } = "us-east-1";

    /// <summary>
    /// Base domains of virtual-hosted requests: with <c>s3.example.com</c> here, <c>photos.s3.example.com</c> is the
    /// bucket <c>photos</c>. <c>localhost</c> and <c>s3.localhost</c> always are.
    /// </summary>
    public IReadOnlyList<string> Domains { get; init; } = [];

    /// <summary>Who owns what others write into a bucket, where its creator does not say. The default disables ACLs, as on AWS.</summary>
    public ObjectOwnership ObjectOwnership { get; init; } = ObjectOwnership.BucketOwnerEnforced;

    /// <summary>Whether a new bucket blocks all public access, as it does on AWS.</summary>
    public bool BlockPublicAccess { get; init; }

    /// <summary>An address for health and metrics alone; null: they are at the other addresses, metrics for loopback.</summary>
    public string? AdminListen { get; init; }

    /// <summary>
    /// What keeps the index: LiteDB, or RocksDB for millions of objects. Null for what made the index that is there,
    /// and LiteDB for a new one. One that another made is made anew from the journal.
    /// </summary>
    public IndexEngine? IndexEngine { get; init; }

    /// <summary>
    /// Connections to one address at a time. An idle one costs some 10 KiB, a full one up to 2 MiB of bytes that wait.
    /// </summary>
    public int MaxConnections { get; init; } = 4096;

    /// <summary>
    /// Requests that run at a time, those that wait for their client's bytes included; as many again may wait their turn.
    /// An upload of a large object takes about 2 MiB while it runs.
    /// </summary>
    public int MaxRequests { get; init; } = 1024;

    /// <summary>Requests a second of all clients, and how many may come at once; null for no limit.</summary>
    public int? MaxRequestRate { get; init; }

    /// <summary>The same of each client: an IPv4 address, or the /64 network of an IPv6 address.</summary>
    public int? MaxClientRequestRate { get; init; }

    /// <summary>Bytes of bodies a second, in and out together, of all clients; null for no limit.</summary>
    public int? MaxBodyRate { get; init; }

    /// <summary>The same of each client.</summary>
    public int? MaxClientBodyRate { get; init; }

    /// <summary>Bytes a second below which a client that sends or takes a body is let go, after 20 seconds.</summary>
    public int MinClientRate { get; init; } = 4 * 1024;

    /// <summary>
    /// How long a day lasts in lifecycle rules and restores. With 24 hours, days end at midnight UTC; with any other length,
    /// for tests, nothing is rounded.
    /// </summary>
    public TimeSpan LifecycleDay { get; init; } = TimeSpan.FromDays(1);

    /// <summary>
    /// Versions a second that lifecycle rules are held against; one that they change counts as ten. Null for no limit.
    /// </summary>
    public int? LifecycleRate { get; init; } = 10_000;

    /// <summary>
    /// Directories that storage classes have of their own, by class, e.g. <c>STANDARD_IA</c>: all bytes of the class lie
    /// there. Made where the directory above is there.
    /// </summary>
    public IReadOnlyDictionary<string, string> StorageClasses { get; init; } = FrozenDictionary<string, string>.Empty;

    /// <summary>How long it takes until an archived object is back.</summary>
    public RestoreDelays RestoreDelays { get; init; } = new();

    /// <summary>How log lines look.</summary>
    public LogFormat LogFormat { get; init; } = LogFormat.Text;

    /// <summary>Objects of up to this many bytes are kept in the journal, larger ones in files of their own.</summary>
    public int InlineLimitBytes { get; init; } = 64 * 1024;

    /// <summary>Free bytes of the disk below which writes are refused; null for a hundredth of the disk, at most 1 GiB.</summary>
    public long? DiskReserveBytes { get; init; }
}
