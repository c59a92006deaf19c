using ObjectServer.AccessControl;
using ObjectServer.Archives;
using ObjectServer.Authentication;
using ObjectServer.Identity;
using ObjectServer.Lifecycle;
using ObjectServer.Routing;
using ObjectServer.Storage;
using ObjectServer.Tests.AccessControl;

namespace ObjectServer.Tests.Routing;

/// <summary>The operation table as a server has it.</summary>
public sealed class ServedOperations : IAsyncLifetime
{
    private readonly TemporaryDirectory _directory = new();
    private LocalStore? _store;
    private AccountBlocks? _blocks;

    internal OperationTable Table { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        var options = new LocalStoreOptions { DataDirectory = _directory.Path, DiskReserveBytes = 0 };
        _store = await LocalStore.OpenAsync(options, TimeProvider.System, TestContext.Current.CancellationToken);
        var authenticator = new Authenticator(
            () => IdentitySnapshot.Empty, new NoSessions(), "us-east-1", TimeProvider.System);
        _blocks = await AccountBlocks.OpenAsync(_store.Documents, TestContext.Current.CancellationToken);
        var rules = new AccessRules(new KnownAccounts(), _blocks, new(ObjectOwnership.BucketOwnerEnforced, false));
        var calendar = new LifecycleCalendar(LifecycleCalendar.WholeDay);
        var archives = new ArchiveRules(calendar, new RestoreDelays(), _store.Accesses);
        Table = S3Operations.Over(
            _store, authenticator, rules, calendar, archives, "us-east-1", TimeProvider.System);
    }

    public async ValueTask DisposeAsync()
    {
        _blocks?.Dispose();
        if (_store is not null)
        {
            await _store.DisposeAsync();
        }

        _directory.Dispose();
    }
}
