using ObjectServer.Authentication;
using ObjectServer.Identity;
using ObjectServer.Routing;
using ObjectServer.Storage;

namespace ObjectServer.Tests.Routing;

/// <summary>The operation table as a server has it.</summary>
public sealed class ServedOperations : IAsyncLifetime
{
    private readonly TemporaryDirectory _directory = new();
    private LocalStore? _store;

    internal OperationTable Table { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        var options = new LocalStoreOptions { DataDirectory = _directory.Path, DiskReserveBytes = 0 };
        _store = await LocalStore.OpenAsync(options, TimeProvider.System, TestContext.Current.CancellationToken);
        var authenticator = new Authenticator(
            () => IdentitySnapshot.Empty, new NoSessions(), "us-east-1", TimeProvider.System);
        Table = S3Operations.Over(_store, authenticator, "us-east-1", TimeProvider.System);
    }

    public async ValueTask DisposeAsync()
    {
        if (_store is not null)
        {
            await _store.DisposeAsync();
        }

        _directory.Dispose();
    }
}
