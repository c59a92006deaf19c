using System.Collections.Frozen;
using System.Runtime.CompilerServices;
using ObjectServer.Storage.Model;

namespace ObjectServer.Storage.Blobs;

/// <summary>
/// Where the blobs of a store lie: in the data directory, which is place 0, and in the directories that storage classes
/// have of their own.
/// </summary>
internal sealed class BlobPlaces : IAsyncDisposable
{
    private readonly FrozenDictionary<byte, IBlobStore> _stores;
    private readonly FrozenDictionary<string, byte> _byClass;

    /// <param name="home">The blobs of the data directory.</param>
    /// <param name="places">The other places: number, storage class and blobs.</param>
    public BlobPlaces(IBlobStore home, params IEnumerable<(byte Place, string StorageClass, IBlobStore Blobs)> places)
    {
        _stores = places.Select(place => KeyValuePair.Create(place.Place, place.Blobs))
            .Append(KeyValuePair.Create((byte)0, home))
            .ToFrozenDictionary();
        _byClass = places.ToFrozenDictionary(place => place.StorageClass, place => place.Place, StringComparer.Ordinal);
    }

    /// <summary>Whether there are any but the data directory.</summary>
    public bool AreMany => _byClass.Count > 0;

    /// <summary>Where new bytes of a storage class go.</summary>
    public byte Of(string storageClass) => AreMany ? _byClass.GetValueOrDefault(storageClass) : (byte)0;

    /// <summary>Begins a new blob in a place.</summary>
    /// <exception cref="StoreUnavailableException">No room on its disk.</exception>
    public ValueTask<BlobWriter> CreateAsync(byte place, long? expectedLength, CancellationToken cancellation) =>
        _stores[place].CreateAsync(expectedLength, cancellation);

    /// <summary>
    /// Refuses to go on where the data directory has no room for so many bytes more: what names a blob lies there, whatever
    /// place the blob has.
    /// </summary>
    /// <exception cref="StoreUnavailableException">No room on its disk.</exception>
    public void RefuseIfHomeIsNearlyFull(long moreBytes) => _stores[0].RefuseIfNearlyFull(moreBytes);

    /// <summary>Opens a sealed blob; null if there is none.</summary>
    public ValueTask<BlobReader?> OpenAsync(BlobId id, CancellationToken cancellation) =>
        _stores.TryGetValue(id.Place, out var store)
            ? store.OpenAsync(id, cancellation)
            : ValueTask.FromResult<BlobReader?>(null);

    /// <summary>Removes a blob, if there is one.</summary>
    public ValueTask DeleteAsync(BlobId id, CancellationToken cancellation) =>
        _stores.TryGetValue(id.Place, out var store) ? store.DeleteAsync(id, cancellation) : ValueTask.CompletedTask;

    /// <summary>Every sealed blob of every place.</summary>
    public async IAsyncEnumerable<BlobListing> ListAsync([EnumeratorCancellation] CancellationToken cancellation)
    {
        foreach (var store in _stores.Values)
        {
            await foreach (var blob in store.ListAsync(cancellation))
            {
                yield return blob;
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var store in _stores.Values)
        {
            await store.DisposeAsync();
        }
    }
}
