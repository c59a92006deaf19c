using System.Text;
using ObjectServer.Storage.Metadata;
using ObjectServer.Storage.Model;
using ObjectServer.Storage.Tests.Contracts;
using ObjectServer.Storage.Tests.Disk;
using ObjectServer.Storage.Tests.Journal;

namespace ObjectServer.Storage.Tests;

/// <summary>Documents over the journal, and in a store on the disk.</summary>
public sealed class DocumentStoreTests : DocumentStoreContract
{
    private readonly JournalFixture _fixture = new();

    protected override ValueTask<IMetadataStore> OpenAsync() =>
        ValueTask.FromResult<IMetadataStore>(_fixture.Open());

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        _fixture.Dispose();
    }

    [Fact]
    public async Task Documents_are_there_after_a_restart_and_no_sweep_takes_them()
    {
        using var temporary = new TemporaryDirectory();
        var options = new LocalStoreOptions { DataDirectory = temporary["data"], DiskReserveBytes = 0 };
        var cancellation = TestContext.Current.CancellationToken;
        await using (var store = await LocalStore.OpenAsync(options, TimeProvider.System, cancellation))
        {
            Assert.True(await store.Documents.CommitAsync(
                new DocumentBatch().Put("account/1", Encoding.UTF8.GetBytes("one")), cancellation));
        }

        await using (var store = await LocalStore.OpenAsync(options, TimeProvider.System, cancellation))
        {
            await store.SweepAsync(cancellation);
            var page = await store.Documents.ListAsync("account/", "", 10, cancellation);
            Assert.Equal("one", Encoding.UTF8.GetString(Assert.Single(page.Documents).Bytes.Span));
        }
    }
}
