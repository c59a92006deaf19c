using System.Security.Cryptography;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using ObjectServer.AccessControl;
using ObjectServer.Addressing;
using ObjectServer.Archives;
using ObjectServer.Authentication;
using ObjectServer.Authorization;
using ObjectServer.Denials;
using ObjectServer.Encryption;
using ObjectServer.Iam;
using ObjectServer.Identity;
using ObjectServer.Lifecycle;
using ObjectServer.Observability;
using ObjectServer.Operations.Objects;
using ObjectServer.Pipeline;
using ObjectServer.Routing;
using ObjectServer.Seeding;
using ObjectServer.Storage;
using ObjectServer.Storage.Disk;
using ObjectServer.Storage.Journal;
using ObjectServer.Storage.Model;
using ObjectServer.Sts;

namespace ObjectServer.Hosting;

/// <summary>
/// The server within an application: opens the store before the application listens, answers its requests, and closes
/// the store after the last of them.
/// </summary>
internal sealed class ObjectServerHost(ObjectServerOptions options, TimeProvider time, ILoggerFactory logs)
    : IHostedLifecycleService, IAsyncDisposable
{
    /// <summary>The log category of access lines and refusals.</summary>
    public const string AccessCategory = "ObjectServer.Access";

    private const long MaxDefaultReserveBytes = 1L << 30;

    private readonly ILogger _log = logs.CreateLogger("ObjectServer");
    private readonly ServerMetrics _metrics = new();

    /// <summary>As many may wait as run: who comes later would wait for more than one turn.</summary>
    private readonly RequestGate _gate = new(options.MaxRequests, maxWaiting: options.MaxRequests, time);
    private readonly DenialLog _denials = new();
    private readonly RequestRates _requestRates = new(options.MaxRequestRate, options.MaxClientRequestRate);
    private BodyRates? _bodyRates;
    private LocalStore? _store;
    private AccountBlocks? _blocks;
    private S3Endpoint? _endpoint;
    private WebsiteEndpoint? _websites;
    private AdminEndpoint? _admin;
    private IdentityDirectory? _identities;
    private IssuerKeys? _issuers;

    /// <summary>Ends what runs beside requests, before the store closes.</summary>
    private readonly CancellationTokenSource _closing = new();
    private Task _keeping = Task.CompletedTask;
    private Task _lifecycles = Task.CompletedTask;

    /// <summary>The root credentials; null until the server has started.</summary>
    public RootCredentials? Credentials { get; private set; }

    public Task HandleAsync(HttpContext http)
    {
        if (_endpoint is not { } endpoint || _admin is not { } admin || _websites is not { } websites)
        {
            throw new InvalidOperationException("The server takes requests once the application has started.");
        }

        // An address of its own is its alone; at the others, a website may have keys of these names.
        if (admin.Claims(http) && (options.AdminListen is not null || !websites.Claims(http)))
        {
            return admin.AnswerAsync(http);
        }

        _bodyRates?.Apply(http);
        return endpoint.HandleAsync(http);
    }

    /// <summary>Runs before any service of the application starts, its web server included.</summary>
    /// <exception cref="StoreOpenException">The store cannot be opened.</exception>
    /// <exception cref="SeedException">The seed file does not fit what is there.</exception>
    public async Task StartingAsync(CancellationToken cancellationToken)
    {
        _store = await LocalStore.OpenAsync(StoreOptions(), time, Report, cancellationToken);
        Credentials = RootCredentials.Establish(options);
        var addresser = new Addresser(options.Domains);
        var masterKey = await MasterKey.EstablishAsync(
            options.MasterKeyFile ?? Path.Combine(options.DataDirectory, MasterKey.FileName),
            _store.Documents,
            cancellationToken);
        var identities = _identities = await IdentityDirectory.OpenAsync(
            _store.Documents, masterKey, Credentials.ToKey(), time, cancellationToken);
        var uses = await KeyUses.OpenAsync(_store.Documents, options.Region, cancellationToken);
        _keeping = uses.KeepAsync(() => identities.Current, time, _closing.Token);
        var sessions = new Sessions(masterKey, () => identities.Current, time);
        var issuers = _issuers = new IssuerKeys(options.OidcIssuers, IssuerKeys.NewClient(), time);
        var authenticator = new Authenticator(() => identities.Current, sessions, options.Region, time);
        var queries = new QueryEndpoint(
            new QueryAuthenticator(() => identities.Current, sessions, options.Region, time),
            uses,
            _denials,
            options.Region,
            IamOperations.Over(identities, uses),
            StsOperations.Over(identities, sessions, issuers));
        _blocks = await AccountBlocks.OpenAsync(_store.Documents, cancellationToken);
        var rules = new AccessRules(
            identities, _blocks, new(options.ObjectOwnership, options.BlockPublicAccess));
        if (options.SeedFile is { } seed)
        {
            await new SeedPlanting(_store, identities, _blocks, rules.NewBuckets, options.Region)
                .PlantAsync(seed, cancellationToken);
        }

        var calendar = new LifecycleCalendar(options.LifecycleDay);
        var archives = new ArchiveRules(calendar, options.RestoreDelays, _store.Accesses);
        var previews = new LifecyclePreviews(
            authenticator, _store.Buckets, new LifecyclePreview(_store.Objects, _store.Uploads, calendar, time));
        _metrics.Observe(ReadStatisticsAsync);
        _metrics.Observe(() => (_gate.Running, _gate.Waiting));
        _bodyRates = new BodyRates(options.MaxBodyRate, options.MaxClientBodyRate, _metrics);
        var authorizer = new Authorizer(identities, _blocks.Of, _store.Objects, _denials);
        _websites = new WebsiteEndpoint(
            new WebsiteHosts(options.Region, addresser, options.WebsiteDomains),
            _store.Buckets,
            new GetObject(_store.Objects, archives, calendar),
            authorizer,
            options.Region,
            hasOwnAddress: options.WebsiteListen.Count > 0);
        _endpoint = new S3Endpoint(
            S3Operations.Over(_store, authenticator, rules, calendar, archives, options.Region, time),
            queries,
            _websites,
            uses,
            addresser,
            authenticator,
            authorizer,
            _denials,
            _store.Buckets,
            _requestRates,
            _gate,
            _metrics,
            logs.CreateLogger(AccessCategory),
            time,
            options.Region,
            hostId: Convert.ToBase64String(RandomNumberGenerator.GetBytes(48)));
        _admin = new AdminEndpoint(
            addresser, _metrics, new(authenticator, _denials), previews, FindTrouble, options.AdminListen is not null);
        _lifecycles = new LifecycleWorker(_store, calendar, options.LifecycleRate, _metrics, time, _log)
            .RunAsync(_closing.Token);
        ServerLog.StoreOpened(_log, Path.GetFullPath(options.DataDirectory));
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Runs after every service of the application has stopped: no request is left.</summary>
    public Task StoppedAsync(CancellationToken cancellationToken) => CloseAsync();

    public async ValueTask DisposeAsync()
    {
        await CloseAsync();
        _issuers?.Dispose();
        _identities?.Dispose();
        _blocks?.Dispose();
        _bodyRates?.Dispose();
        _requestRates.Dispose();
        _closing.Dispose();
        _metrics.Dispose();
        _gate.Dispose();
    }

    private async Task CloseAsync()
    {
        if (Interlocked.Exchange(ref _store, null) is { } store)
        {
            await _closing.CancelAsync();
            await _keeping;
            await _lifecycles;
            await store.DisposeAsync();
            ServerLog.StoreClosed(_log, Path.GetFullPath(options.DataDirectory));
        }
    }

    private LocalStoreOptions StoreOptions()
    {
        Directory.CreateDirectory(options.DataDirectory);
        return new LocalStoreOptions
        {
            DataDirectory = options.DataDirectory,
            InlineLimitBytes = options.InlineLimitBytes,
            ClassDirectories = options.StorageClasses,
            DiskReserveBytes = options.DiskReserveBytes
                ?? Math.Min(MaxDefaultReserveBytes, DiskSpace.Of(options.DataDirectory).TotalBytes / 100),
            Journal = new JournalOptions { IndexEngine = options.IndexEngine },
        };
    }

    private async ValueTask<StoreStatistics?> ReadStatisticsAsync(CancellationToken cancellation) =>
        _store is { } store ? await store.ReadStatisticsAsync(cancellation) : null;

    private string? FindTrouble() => _store?.ReadHealth() switch
    {
        null => "The store is closed.",
        { IsReadOnly: true } => "The store is read-only after a failed write.",
        { IsDiskNearlyFull: true } => "The disk is nearly full: only reads and deletes go on.",
        { Places: var places } when places.FirstOrDefault(place => place.Disk is null) is { } lost =>
            $"'{lost.Directory}', where the objects of {lost.StorageClass} lie, cannot be reached.",
        { Places: var places } when places.FirstOrDefault(place => place.IsDiskNearlyFull) is { } full =>
            $"The disk of '{full.Directory}' is nearly full: nothing more is written in the class {full.StorageClass}.",
        _ => null,
    };

    private void Report(StoreReport report) => StoreLog.Report(_log, report);
}
