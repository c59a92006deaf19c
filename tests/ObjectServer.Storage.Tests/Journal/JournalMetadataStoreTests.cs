using ObjectServer.Storage.Disk;
using ObjectServer.Storage.Index;
using ObjectServer.Storage.Journal;
using ObjectServer.Storage.Metadata;
using ObjectServer.Storage.Tests.Contracts;
using ObjectServer.Storage.Tests.Disk;

namespace ObjectServer.Storage.Tests.Journal;

/// <summary>The contract on real files, with everything still pending.</summary>
public sealed class JournalMetadataStoreTests : MetadataStoreContract
{
    private readonly TemporaryDirectory _temporary = new();
    private DataDirectory? _directory;

    protected override async ValueTask<IMetadataStore> OpenAsync()
    {
        _directory = DataDirectory.Open(_temporary["data"]);
        return await JournalMetadataStore.OpenAsync(
            _directory, new JournalOptions(), TimeProvider.System, _ => { }, Cancellation);
    }

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        _directory?.Dispose();
        _temporary.Dispose();
    }
}

/// <summary>The contract while entries move from the pending table to the index.</summary>
public class FlushedJournalMetadataStoreTests : MetadataStoreContract
{
    private readonly JournalFixture _fixture = new();

    private protected virtual IndexEngine Engine => IndexEngine.LiteDb;

    protected override ValueTask<IMetadataStore> OpenAsync()
    {
        _fixture.Options = _fixture.Options with { IndexEngine = Engine };
        return ValueTask.FromResult<IMetadataStore>(_fixture.Open());
    }

    protected override async ValueTask<IMetadataStore> DisturbAsync(IMetadataStore store)
    {
        await ((JournalMetadataStore)store).FlushAsync();
        return store;
    }

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        _fixture.Dispose();
        GC.SuppressFinalize(this);
    }
}

/// <summary>The same with the other engine.</summary>
public sealed class FlushedToRocksDbTests : FlushedJournalMetadataStoreTests
{
    private protected override IndexEngine Engine => IndexEngine.RocksDb;
}

/// <summary>The contract across restarts, each with an index made anew, while small segments are compacted.</summary>
public class RebuiltJournalMetadataStoreTests : MetadataStoreContract
{
    private readonly JournalFixture _fixture = new()
    {
        Options = new JournalOptions
        {
            IndexInterval = TimeSpan.FromHours(1),
            SegmentBytes = 2048,
            CompactAboveDeadRatio = 0.2,
        },
    };

    private protected virtual IndexEngine Engine => IndexEngine.LiteDb;

    protected override ValueTask<IMetadataStore> OpenAsync()
    {
        _fixture.Options = _fixture.Options with { IndexEngine = Engine };
        return ValueTask.FromResult<IMetadataStore>(_fixture.Open());
    }

    protected override async ValueTask<IMetadataStore> DisturbAsync(IMetadataStore store)
    {
        await ((JournalMetadataStore)store).CompactAsync(Cancellation);
        await store.DisposeAsync();
        _fixture.DeleteIndex();
        return _fixture.Open();
    }

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        _fixture.Dispose();
        GC.SuppressFinalize(this);
    }
}

/// <summary>The same with the other engine.</summary>
public sealed class RebuiltInRocksDbTests : RebuiltJournalMetadataStoreTests
{
    private protected override IndexEngine Engine => IndexEngine.RocksDb;
}
