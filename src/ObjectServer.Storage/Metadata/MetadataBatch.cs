namespace ObjectServer.Storage.Metadata;

/// <summary>Conditions and changes that commit together or not at all.</summary>
public sealed class MetadataBatch
{
    private readonly List<MetadataReading> _required = [];
    private readonly List<ReadOnlyMemory<byte>> _empty = [];
    private readonly List<MetadataChange> _changes = [];
    private readonly List<MetadataTally> _tallies = [];

    /// <summary>Readings that must still stand: the same revision, or still absent.</summary>
    public IReadOnlyList<MetadataReading> Required => _required;

    /// <summary>Prefixes under which no key may exist.</summary>
    public IReadOnlyList<ReadOnlyMemory<byte>> RequiredEmpty => _empty;

    /// <summary>The changes, in order; a later change of a key replaces an earlier one.</summary>
    public IReadOnlyList<MetadataChange> Changes => _changes;

    /// <summary>What to add to tally groups.</summary>
    public IReadOnlyList<MetadataTally> Tallies => _tallies;

    /// <summary>
    /// What the data directory holds more of in the end, in bytes of content: inline, and in its blobs. Less than zero: the
    /// batch makes room there.
    /// </summary>
    public long HomeBytes { get; private set; }

    /// <summary>Whether it is taken however little room is left: a few bytes without which the store does not open.</summary>
    public bool MayUseReserve { get; init; }

    /// <summary>Commit only if what was read still stands.</summary>
    public MetadataBatch Require(MetadataReading reading)
    {
        _required.Add(reading);
        return this;
    }

    /// <summary>Commit only if no key begins with <paramref name="prefix"/>.</summary>
    public MetadataBatch RequireEmpty(ReadOnlyMemory<byte> prefix)
    {
        _empty.Add(prefix);
        return this;
    }

    /// <summary>Writes a record, replacing what the key held.</summary>
    /// <param name="key">1 to 2,048 bytes.</param>
    /// <param name="summary">What scans return: short, it is kept in the index.</param>
    /// <param name="record">The full record.</param>
    /// <param name="content">Bytes to keep with the record, e.g. a small object's.</param>
    public MetadataBatch Put(
        ReadOnlyMemory<byte> key,
        ReadOnlyMemory<byte> summary,
        ReadOnlyMemory<byte> record,
        ReadOnlyMemory<byte> content = default)
    {
        _changes.Add(new MetadataChange(key, IsRemoval: false, summary, record, content));
        return this;
    }

    /// <summary>Removes a record, if there is one.</summary>
    public MetadataBatch Remove(ReadOnlyMemory<byte> key)
    {
        _changes.Add(new MetadataChange(key, IsRemoval: true, default, default, default));
        return this;
    }

    /// <summary>Adds to a group's sums; counts may be negative.</summary>
    public MetadataBatch Tally(ulong group, long objects, long bytes)
    {
        _tallies.Add(new MetadataTally(group, objects, bytes));
        return this;
    }

    /// <summary>Counts the blobs of a place, in the group of its number; of place 0, the data directory, bytes alone.</summary>
    public MetadataBatch TallyPlace(byte place, long blobs, long bytes) =>
        place == 0 ? TallyHome(bytes) : Tally(place, blobs, bytes);

    /// <summary>Counts what the data directory holds more, or less.</summary>
    public MetadataBatch TallyHome(long bytes)
    {
        HomeBytes += bytes;
        return this;
    }
}

/// <summary>One key's change within a batch.</summary>
public readonly record struct MetadataChange(
    ReadOnlyMemory<byte> Key,
    bool IsRemoval,
    ReadOnlyMemory<byte> Summary,
    ReadOnlyMemory<byte> Record,
    ReadOnlyMemory<byte> Content);
