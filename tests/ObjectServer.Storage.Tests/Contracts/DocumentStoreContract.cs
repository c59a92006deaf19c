using System.Text;
using ObjectServer.Storage.Metadata;
using ObjectServer.Storage.Model;

namespace ObjectServer.Storage.Tests.Contracts;

/// <summary>What the store of documents promises, over every metadata store.</summary>
public abstract class DocumentStoreContract : IAsyncLifetime
{
    private IMetadataStore? _metadata;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private DocumentStore Documents => new(_metadata!);

    /// <summary>Opens an empty store, or, after the first call, what the last one left.</summary>
    protected abstract ValueTask<IMetadataStore> OpenAsync();

    public async ValueTask InitializeAsync() => _metadata = await OpenAsync();

    public virtual async ValueTask DisposeAsync()
    {
        if (_metadata is not null)
        {
            await _metadata.DisposeAsync();
        }

        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task A_name_never_written_has_no_document()
    {
        var reading = await Documents.ReadAsync("nothing", Cancellation);

        Assert.False(reading.Exists);
        Assert.True(reading.Bytes.IsEmpty);
    }

    [Fact]
    public async Task Documents_are_read_back_empty_ones_too()
    {
        Assert.True(await PutAsync("some", "text"));
        Assert.True(await PutAsync("empty", ""));

        Assert.Equal("text", Text(await Documents.ReadAsync("some", Cancellation)));
        Assert.True((await Documents.ReadAsync("empty", Cancellation)).Exists);
    }

    [Fact]
    public async Task A_batch_commits_whole_or_not_at_all()
    {
        await PutAsync("old", "1");
        var old = await Documents.ReadAsync("old", Cancellation);
        var absent = await Documents.ReadAsync("new", Cancellation);
        await PutAsync("old", "2");

        Assert.False(await Documents.CommitAsync(
            new DocumentBatch().Require(old).Require(absent).Put("new", Bytes("x")).Remove("old"), Cancellation));
        Assert.False((await Documents.ReadAsync("new", Cancellation)).Exists);
        Assert.Equal("2", Text(await Documents.ReadAsync("old", Cancellation)));

        old = await Documents.ReadAsync("old", Cancellation);
        Assert.True(await Documents.CommitAsync(
            new DocumentBatch().Require(old).Require(absent).Put("new", Bytes("x")).Remove("old"), Cancellation));
        Assert.Equal("x", Text(await Documents.ReadAsync("new", Cancellation)));
        Assert.False((await Documents.ReadAsync("old", Cancellation)).Exists);
    }

    [Fact]
    public async Task Of_those_who_require_a_name_to_be_free_one_gets_it()
    {
        var absent = await Documents.ReadAsync("name", Cancellation);
        var won = await Task.WhenAll(Enumerable.Range(0, 8).Select(number => Documents.CommitAsync(
            new DocumentBatch().Require(absent).Put("name", Bytes($"{number}")), Cancellation).AsTask()));

        Assert.Single(won, committed => committed);
    }

    [Fact]
    public async Task Pages_go_through_a_prefix_in_byte_order_and_through_nothing_else()
    {
        string[] names = ["a", "b/", "b/1", "b/10", "b/2", "b/\u00e9", "b/\U0001F600", "b0", "c"];
        foreach (var name in names.Reverse())
        {
            await PutAsync(name, name);
        }

        foreach (var limit in (int[])[1, 2, 3, 100])
        {
            Assert.Equal(names[1..7], await ListAsync("b/", limit));
            Assert.Equal(names, await ListAsync("", limit));
        }

        Assert.Empty(await ListAsync("d", 10));
        Assert.Empty((await Documents.ListAsync("b/", "c", 10, Cancellation)).Documents);
    }

    [Fact]
    public async Task Names_that_UTF_8_cannot_hold_are_refused() =>
        await Assert.ThrowsAnyAsync<ArgumentException>(() => PutAsync("\ud800", "x"));

    [Fact]
    public async Task A_commit_that_nobody_waits_for_any_more_does_not_begin()
    {
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Documents.CommitAsync(
            new DocumentBatch().Put("name", Bytes("x")), new CancellationToken(canceled: true)).AsTask());

        Assert.False((await Documents.ReadAsync("name", Cancellation)).Exists);
    }

    private async Task<bool> PutAsync(string name, string text) =>
        await Documents.CommitAsync(new DocumentBatch().Put(name, Bytes(text)), Cancellation);

    private async Task<List<string>> ListAsync(string prefix, int limit)
    {
        var names = new List<string>();
        for (string? after = ""; after is not null;)
        {
            var page = await Documents.ListAsync(prefix, after, limit, Cancellation);
            Assert.All(page.Documents, document => Assert.Equal(document.Name, Text(document)));
            names.AddRange(page.Documents.Select(document => document.Name));
            after = page.Last;
        }

        return names;
    }

    private static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);

    private static string Text(DocumentReading reading) => Encoding.UTF8.GetString(reading.Bytes.Span);
}
