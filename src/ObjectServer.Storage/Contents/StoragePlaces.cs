using System.Collections.Immutable;
using System.Text;
using ObjectServer.Storage.Disk;
using ObjectServer.Storage.Index;
using ObjectServer.Storage.Metadata;
using ObjectServer.Storage.Model;
using ObjectServer.Storage.Records;

namespace ObjectServer.Storage.Contents;

/// <summary>Opens the directories that storage classes have of their own, and keeps which class has which number.</summary>
/// <remarks>
/// A number is recorded before a blob bears it, and stays its class's. How many blobs lie in each place is counted with
/// the commits that name them, so a start knows at once whether a directory that it was not given is missed.
/// </remarks>
internal static class StoragePlaces
{
    /// <summary>Opens every directory.</summary>
    /// <param name="metadata">The store's own.</param>
    /// <param name="given">Storage class to directory; null for those in which something lies, as they are known.</param>
    /// <param name="storeId">The store.</param>
    /// <param name="disk">What writes.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <exception cref="StoreOpenException">
    /// One that holds blobs was not given; one is not what it should be, or cannot be made.
    /// </exception>
    public static async ValueTask<ImmutableArray<OpenPlace>> OpenAsync(
        IMetadataStore metadata,
        IReadOnlyDictionary<string, string>? given,
        Guid storeId,
        IDisk disk,
        CancellationToken cancellation)
    {
        var reading = await ReadAsync(metadata, cancellation);
        var known = reading.Exists ? KeptPlace.Decode(KeptDocument.Decode(reading)) : [];
        if (known.IsEmpty && given is not { Count: > 0 })
        {
            return [];
        }

        var blobs = (await metadata.ReadTalliesAsync(cancellation)).ToDictionary(tally => tally.Group);
        var directories = given ?? known
            .Where(place => blobs.GetValueOrDefault(place.Number).Objects > 0)
            .ToDictionary(place => place.StorageClass, place => place.Directory, StringComparer.Ordinal);
        foreach (var place in known.Where(place => !directories.ContainsKey(place.StorageClass)))
        {
            if (blobs.GetValueOrDefault(place.Number).Objects > 0)
            {
                throw new StoreOpenException(
                    $"Objects of this store lie in '{place.Directory}', the directory of the storage class {place.StorageClass}: "
                    + $"name it, --storage-class {place.StorageClass}={place.Directory}");
            }
        }

        var opened = ImmutableArray.CreateBuilder<OpenPlace>();
        var all = known.ToDictionary(place => place.StorageClass, StringComparer.Ordinal);
        foreach (var (storageClass, path) in directories.OrderBy(pair => pair.Key, StringComparer.Ordinal))
        {
            var number = all.TryGetValue(storageClass, out var earlier) ? earlier.Number : checked((byte)(all.Count + 1));
            var directory = ClassDirectory.Open(
                path, storeId, storageClass, blobs.GetValueOrDefault(number).Objects > 0, disk);
            var place = all[storageClass] = new KeptPlace(number, storageClass, directory.Root);
            opened.Add(new(place, directory));
        }

        var changed = all.Values.OrderBy(place => place.Number).ToImmutableArray();
        if (!changed.SequenceEqual(known))
        {
            // One process at a time has the store open: nobody else can have changed it since.
            await metadata.CommitAsync(
                new MetadataBatch()
                    .Require(reading)
                    .Put(reading.Key, default, KeptDocument.Encode(KeptPlace.Encode(changed).Span)),
                CancellationToken.None);
        }

        return opened.DrainToImmutable();
    }

    private static async ValueTask<MetadataReading> ReadAsync(IMetadataStore metadata, CancellationToken cancellation)
    {
        try
        {
            return await metadata.ReadAsync(
                MetadataKeys.Document(Encoding.UTF8.GetBytes(KeptPlace.DocumentName)), cancellation);
        }
        catch (IOException failure) when (failure is not IndexDamagedException)
        {
            throw new StoreOpenException(
                $"Which directories storage classes have cannot be read: {failure.Message}", failure);
        }
    }
}

/// <summary>A directory of a storage class, opened.</summary>
internal sealed record OpenPlace(KeptPlace Place, ClassDirectory Directory);
