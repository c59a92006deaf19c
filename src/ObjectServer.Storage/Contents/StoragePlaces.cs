using System.Collections.Immutable;
using System.Text;
using ObjectServer.Storage.Disk;
using ObjectServer.Storage.Index;
using ObjectServer.Storage.Metadata;
using ObjectServer.Storage.Model;
using ObjectServer.Storage.Records;

namespace ObjectServer.Storage.Contents;

/// <summary>The directories that storage classes have of their own, opened, and which class has which number.</summary>
/// <remarks>
/// A number is recorded before a blob bears it, and stays its class's. How many blobs lie in each place is counted with
/// the commits that name them, so a start knows at once whether a directory that it was not given is missed.
/// <para>
/// Which of two copies of a store a directory goes with, its turn says. It is exchanged in three steps, each durable
/// before the next: the store keeps the next one beside the old, the directory's mark gets it, the store forgets the old.
/// A crash between them leaves a mark that the store still knows, and a copy that was made earlier knows neither.
/// </para>
/// </remarks>
internal sealed class StoragePlaces : IDisposable
{
    private readonly IMetadataStore _metadata;
    private readonly ImmutableArray<OpenPlace> _opened;
    private ImmutableArray<KeptPlace> _known;

    private StoragePlaces(
        IMetadataStore metadata, ImmutableArray<KeptPlace> known, ImmutableArray<OpenPlace> opened)
    {
        _metadata = metadata;
        _known = known;
        _opened = opened;
    }

    /// <summary>The directories, each with its number.</summary>
    public ImmutableArray<OpenPlace> Opened => _opened;

    /// <summary>Opens every directory.</summary>
    /// <param name="metadata">The store's own.</param>
    /// <param name="home">The store's data directory.</param>
    /// <param name="given">Storage class to directory; null for those in which something lies, as they are known.</param>
    /// <param name="isForReading">Whether nothing is to be changed: who only looks takes no directory from anybody.</param>
    /// <param name="disk">What writes.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <exception cref="StoreOpenException">
    /// One that holds blobs was not given; one is not what it should be, or cannot be made. None was claimed for that.
    /// </exception>
    public static async ValueTask<StoragePlaces> OpenAsync(
        IMetadataStore metadata,
        DataDirectory home,
        IReadOnlyDictionary<string, string>? given,
        bool isForReading,
        IDisk disk,
        CancellationToken cancellation)
    {
        try
        {
            var known = await ReadAsync(metadata, cancellation);
            var blobs = (await metadata.ReadTalliesAsync(cancellation)).ToDictionary(tally => tally.Group);
            var candidates = Candidates();
            DemandApart(home, candidates);
            foreach (var candidate in candidates)
            {
                Attend(candidate, candidate.Demand);
            }

            return isForReading
                ? new StoragePlaces(metadata, known, [.. candidates.Where(IsThere).Select(Open)])
                : await TakeAsync(metadata, home, known, candidates);

            ImmutableArray<Candidate> Candidates()
            {
                var directories = given ?? known.Where(HoldsBlobs)
                    .ToDictionary(place => place.StorageClass, place => place.Directory, StringComparer.Ordinal);
                if (known.FirstOrDefault(place =>
                    HoldsBlobs(place) && !directories.ContainsKey(place.StorageClass)) is { } missed)
                {
                    throw new StoreOpenException(
                        $"Objects of this store lie in '{missed.Directory}', the directory of the storage class "
                        + $"{missed.StorageClass}: name it, --storage-class {missed.StorageClass}={missed.Directory}");
                }

                return
                [
                    .. from pair in directories.OrderBy(pair => pair.Key, StringComparer.Ordinal)
                    let place = known.FirstOrDefault(place => place.StorageClass == pair.Key)
                    select new Candidate(
                        new ClassDirectory(pair.Value, home.StoreId, pair.Key, disk),
                        place,
                        place is not null && HoldsBlobs(place)),
                ];
            }

            bool HoldsBlobs(KeptPlace place) => blobs.GetValueOrDefault(place.Number).Objects > 0;

            static bool IsThere(Candidate candidate) => candidate is { Known: not null, Directory.IsThere: true };

            static OpenPlace Open(Candidate candidate) => new(candidate.Known!.Number, candidate.Directory);
        }
        catch (Exception failure) when (IsRefusal(failure))
        {
            throw new StoreOpenException(
                $"The directories of storage classes cannot be opened: {failure.Message}", failure);
        }
    }

    /// <summary>
    /// Exchanges the turns once more, so that a copy of the data directory that was made meanwhile is told from it. Not
    /// where a directory went away: its mark would be made in what is there instead.
    /// </summary>
    public async ValueTask CloseAsync()
    {
        if (_opened.Any(place => !place.Directory.IsThere))
        {
            return;
        }

        try
        {
            await ExchangeAsync();
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            // The next start knows both turns, and whatever of this was kept.
        }
    }

    /// <summary>Leaves the directories to whoever opens them next.</summary>
    public void Dispose()
    {
        foreach (var place in _opened)
        {
            place.Directory.Dispose();
        }
    }

    private static async ValueTask<StoragePlaces> TakeAsync(
        IMetadataStore metadata,
        DataDirectory home,
        ImmutableArray<KeptPlace> known,
        ImmutableArray<Candidate> candidates)
    {
        try
        {
            var opened = ImmutableArray.CreateBuilder<OpenPlace>();
            foreach (var candidate in candidates)
            {
                // What was true before the directory was this process's may have changed until it was.
                Attend(candidate, candidate.Directory.Take);
                Attend(candidate, candidate.Demand);
                var number = candidate.Known?.Number ?? checked((byte)(known.Length + 1));
                var place = new KeptPlace(
                    number,
                    candidate.Directory.StorageClass,
                    candidate.Directory.Root,
                    candidate.Directory.FindTurn() ?? Guid.Empty);
                known = candidate.Known is null ? known.Add(place) : known.Replace(candidate.Known, place);
                opened.Add(new OpenPlace(number, candidate.Directory));
            }

            var places = new StoragePlaces(metadata, known, opened.DrainToImmutable());
            if (!places.Opened.IsEmpty)
            {
                home.RaiseFormat(DataDirectory.PlacesFormat);
                await places.ExchangeAsync();
            }

            return places;
        }
        catch
        {
            foreach (var candidate in candidates)
            {
                candidate.Directory.Dispose();
            }

            throw;
        }
    }

    private async ValueTask ExchangeAsync()
    {
        if (_opened.IsEmpty)
        {
            return;
        }

        var next = Guid.NewGuid();
        await KeepAsync(place => place with { NextTurn = next });
        foreach (var place in _opened)
        {
            place.Directory.Mark(next);
        }

        await KeepAsync(place => place with { Turn = next, NextTurn = null });
    }

    /// <summary>Keeps what changed of the open places; the others stay as they are known.</summary>
    private async ValueTask KeepAsync(Func<KeptPlace, KeptPlace> change)
    {
        _known = [.. _known.Select(place => _opened.Any(open => open.Number == place.Number) ? change(place) : place)];
        var batch = new MetadataBatch { MayUseReserve = true }.Put(
            MetadataKeys.Document(Encoding.UTF8.GetBytes(KeptPlace.DocumentName)),
            default,
            KeptDocument.Encode(KeptPlace.Encode(_known).Span));
        await _metadata.CommitAsync(batch, CancellationToken.None);
    }

    private static async ValueTask<ImmutableArray<KeptPlace>> ReadAsync(
        IMetadataStore metadata, CancellationToken cancellation)
    {
        try
        {
            var reading = await metadata.ReadAsync(
                MetadataKeys.Document(Encoding.UTF8.GetBytes(KeptPlace.DocumentName)), cancellation);
            return reading.Exists ? KeptPlace.Decode(KeptDocument.Decode(reading)) : [];
        }
        catch (IOException failure) when (failure is not IndexDamagedException)
        {
            throw new StoreOpenException(
                $"Which directories storage classes have cannot be read: {failure.Message}", failure);
        }
    }

    /// <summary>Demands that no directory holds another, or the data directory, or lies in it, by whatever name.</summary>
    private static void DemandApart(DataDirectory home, ImmutableArray<Candidate> candidates)
    {
        List<(string Name, string Path)> taken = [("the data directory", SymbolicLink.Resolve(home.Root))];
        foreach (var directory in candidates.Select(candidate => candidate.Directory))
        {
            var path = SymbolicLink.Resolve(directory.Root);
            if (taken.FirstOrDefault(other => AreWithinOneAnother(path, other.Path)) is { Name: { } name })
            {
                throw new StoreOpenException(
                    $"The directory '{directory.Root}' of the storage class {directory.StorageClass} and {name} lie within "
                    + "one another. Each needs a directory of its own.");
            }

            taken.Add(($"that of {directory.StorageClass}", path));
        }
    }

    private static bool AreWithinOneAnother(string one, string other)
    {
        return IsWithin(one, other) || IsWithin(other, one);

        static bool IsWithin(string inner, string outer) => inner == outer || inner.StartsWith(
            Path.TrimEndingDirectorySeparator(outer) + Path.DirectorySeparatorChar, StringComparison.Ordinal);
    }

    /// <summary>Does something with a directory; what keeps it from that is said with its name.</summary>
    private static void Attend(Candidate candidate, Action action)
    {
        try
        {
            action();
        }
        catch (Exception failure) when (IsRefusal(failure))
        {
            throw new StoreOpenException(
                $"The directory '{candidate.Directory.Root}' of the storage class {candidate.Directory.StorageClass} cannot be "
                + $"opened: {failure.Message}",
                failure);
        }
    }

    private static bool IsRefusal(Exception failure) =>
        failure is IOException and not (StoreOpenException or IndexDamagedException) or UnauthorizedAccessException;

    /// <summary>A directory that is to be opened.</summary>
    /// <param name="Directory">As it was named.</param>
    /// <param name="Known">As what it was kept; null where the class never had one.</param>
    /// <param name="HoldsBlobs">Whether objects of the store lie in the class's directory.</param>
    private sealed record Candidate(ClassDirectory Directory, KeptPlace? Known, bool HoldsBlobs)
    {
        /// <summary>Demands that it is the class's directory, or may become it. Changes nothing.</summary>
        public void Demand()
        {
            Directory.RefuseLinks();
            if (Directory.FindTurn() is { } turn)
            {
                if (Known is null || (turn != Known.Turn && turn != Known.NextTurn))
                {
                    throw new StoreOpenException(DescribeOtherCopy(turn));
                }

                if (HoldsBlobs)
                {
                    Directory.DemandBlobs();
                }
            }
            else if (HoldsBlobs)
            {
                throw new StoreOpenException(
                    $"'{Directory.Root}' is not the directory in which the objects of {Directory.StorageClass} lie: it has no "
                    + $"file '{Directory.MarkPath}'. Mount their disk there, or name the directory that has them.");
            }
            else if (Known is { IsClaimed: true } && Known.Directory == Directory.Root)
            {
                throw new StoreOpenException(
                    $"'{Directory.Root}' was made the directory of {Directory.StorageClass} by an earlier start, and the file "
                    + $"'{Directory.MarkPath}' is missing. Mount its disk there, or name another directory.");
            }
            else
            {
                Directory.DemandClaimable();
            }
        }

        private string DescribeOtherCopy(Guid turn)
        {
            var since = $"'{Directory.Root}', the directory of {Directory.StorageClass}, was last opened by another copy of this "
                + $"store (its turn is {turn}). What that copy has written there would be removed, and what it has removed "
                + "would be missed. Start the store with the data directory that was in use last, or restore both from "
                + "one backup. ";
            return Known is { Turn: var mine } && mine != Guid.Empty
                ? since + $"To go on with this data directory all the same, write 'turn: {mine}' into '{Directory.MarkPath}'."
                : since + "To begin anew with this data directory, name an empty directory.";
        }
    }
}

/// <summary>A directory of a storage class, opened.</summary>
/// <param name="Number">What blobs name it by.</param>
/// <param name="Directory">The directory.</param>
internal sealed record OpenPlace(byte Number, ClassDirectory Directory);
