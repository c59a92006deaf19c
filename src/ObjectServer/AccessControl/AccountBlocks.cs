using System.Collections.Immutable;
using ObjectServer.Storage;
using ObjectServer.Storage.Model;

namespace ObjectServer.AccessControl;

/// <summary>The blocks of public access that accounts put on all their buckets: in memory, and kept as documents.</summary>
/// <remarks>
/// A block is committed before anybody finds it. Two that are put at once both become durable, and the one that is found
/// is the later one.
/// </remarks>
internal sealed class AccountBlocks : IDisposable
{
    /// <summary>What the names of their documents begin with; the account's canonical id follows.</summary>
    public const string Prefix = "public-access-block/";

    private const int PageDocuments = 1000;

    private readonly DocumentStore _documents;
    private readonly SemaphoreSlim _turn = new(1, 1);
    private volatile ImmutableDictionary<string, PublicAccessBlock> _blocks;

    private AccountBlocks(DocumentStore documents, ImmutableDictionary<string, PublicAccessBlock> blocks)
    {
        _documents = documents;
        _blocks = blocks;
    }

    /// <summary>Reads all of them.</summary>
    /// <exception cref="CorruptDataException">A document cannot be read.</exception>
    public static async ValueTask<AccountBlocks> OpenAsync(DocumentStore documents, CancellationToken cancellation)
    {
        var blocks = ImmutableDictionary.CreateBuilder<string, PublicAccessBlock>(StringComparer.Ordinal);
        for (string? after = ""; after is not null;)
        {
            var page = await documents.ListAsync(Prefix, after, PageDocuments, cancellation);
            foreach (var document in page.Documents)
            {
                blocks[document.Name[Prefix.Length..]] = PublicAccessBlock.Decode(document.Bytes);
            }

            after = page.Last;
        }

        return new(documents, blocks.ToImmutable());
    }

    /// <summary>The block of the account of that canonical id; null where it has none.</summary>
    public PublicAccessBlock? Find(string canonicalId) => _blocks.GetValueOrDefault(canonicalId);

    /// <summary>What holds for every bucket of an account.</summary>
    public PublicAccessBlock Of(string canonicalId) => Find(canonicalId) ?? PublicAccessBlock.None;

    /// <summary>What holds for a bucket: its own block and its account's, the stricter one of each part.</summary>
    public PublicAccessBlock On(BucketRecord bucket) => Of(bucket.OwnerId).And(PublicAccessBlock.Find(bucket));

    /// <summary>Puts a block on an account, or takes it away. Durable once this returns.</summary>
    /// <param name="canonicalId">The account.</param>
    /// <param name="block">Null for none.</param>
    /// <param name="cancellation">Ends the wait; a commit that has begun ends.</param>
    /// <exception cref="StoreUnavailableException">The store takes no writes now; nothing was changed.</exception>
    public async ValueTask PutAsync(string canonicalId, PublicAccessBlock? block, CancellationToken cancellation)
    {
        await _turn.WaitAsync(cancellation);
        try
        {
            var name = Prefix + canonicalId;
            var batch = block is null ? new DocumentBatch().Remove(name) : new DocumentBatch().Put(name, block.Encode());

            // It requires nothing, so it is committed, or throws.
            await _documents.CommitAsync(batch, cancellation);
            _blocks = block is null ? _blocks.Remove(canonicalId) : _blocks.SetItem(canonicalId, block);
        }
        finally
        {
            _turn.Release();
        }
    }

    public void Dispose() => _turn.Dispose();
}
