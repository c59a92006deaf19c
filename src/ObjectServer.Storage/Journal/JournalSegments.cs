using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using ObjectServer.Storage.Index;
using ObjectServer.Storage.Model;

namespace ObjectServer.Storage.Journal;

/// <summary>One open segment.</summary>
/// <param name="firstLsn">Its first log sequence number, and its name.</param>
/// <param name="nonce">The seed of its records' checksums.</param>
/// <param name="file">Its bytes.</param>
internal sealed class JournalSegment(ulong firstLsn, ulong nonce, IJournalFile file)
{
    private long _length = JournalFormat.SegmentHeaderBytes;

    public ulong FirstLsn { get; } = firstLsn;

    public ulong Nonce { get; } = nonce;

    public IJournalFile File { get; } = file;

    public string Name => JournalFormat.SegmentName(FirstLsn);

    /// <summary>The end of its last durable record.</summary>
    public long Length
    {
        get => Volatile.Read(ref _length);
        set => Volatile.Write(ref _length, value);
    }
}

/// <summary>The open segments of a journal. Readers find theirs from any thread.</summary>
internal sealed class JournalSegments(IJournalDirectory directory, Guid storeId) : IDisposable
{
    private readonly ConcurrentDictionary<ulong, JournalSegment> _byFirstLsn = new();

    /// <summary>All segments in their order.</summary>
    public IReadOnlyList<JournalSegment> InOrder => [.. _byFirstLsn.Values.OrderBy(segment => segment.FirstLsn)];

    public int Count => _byFirstLsn.Count;

    /// <summary>The segment that is written to.</summary>
    public JournalSegment Head => InOrder[^1];

    public bool TryGet(ulong firstLsn, [NotNullWhen(true)] out JournalSegment? segment) =>
        _byFirstLsn.TryGetValue(firstLsn, out segment);

    /// <summary>Opens every segment that the directory holds.</summary>
    /// <exception cref="StoreOpenException">One is damaged or not of this store.</exception>
    public void OpenAll()
    {
        var numbers = directory.List().Select(JournalFormat.FirstLsn).OfType<ulong>().Order().ToList();
        foreach (var firstLsn in numbers)
        {
            var name = JournalFormat.SegmentName(firstLsn);
            var file = Open(name);
            var header = new byte[JournalFormat.SegmentHeaderBytes];
            var length = ReadHeader(name, file, header);
            var isLast = firstLsn == numbers[^1];
            if (isLast && (length < header.Length || IsBlank(file, header)))
            {
                // A crash cut its creation short: its header is synced before the first record is written. A header of
                // zeros before anything else is damage.
                file.Dispose();
                directory.Delete(name);
                continue;
            }

            var wrong = JournalFormat.ReadSegmentHeader(header.AsSpan(0, length), storeId, firstLsn, out var nonce);
            if (wrong is not null)
            {
                file.Dispose();
                throw Unusable(name, wrong);
            }

            _byFirstLsn[firstLsn] = new JournalSegment(firstLsn, nonce, file) { Length = file.Length };
        }
    }

    private IJournalFile Open(string name)
    {
        try
        {
            return directory.Open(name);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw Unusable(name, failure.Message, failure);
        }
    }

    private static int ReadHeader(string name, IJournalFile file, Span<byte> header)
    {
        try
        {
            return file.Read(header, 0);
        }
        catch (IOException failure)
        {
            file.Dispose();
            throw Unusable(name, failure.Message, failure);
        }
    }

    private static bool IsBlank(IJournalFile file, ReadOnlySpan<byte> header) =>
        !header.ContainsAnyExcept((byte)0)
        && new SegmentReader(file, 0, JournalFormat.SegmentHeaderBytes).IsZeroToEnd();

    private static StoreOpenException Unusable(string name, string why, Exception? cause = null) =>
        new($"The journal segment '{name}' cannot be used. {why}", cause);

    /// <summary>Makes the segment that begins with a number. Durable once this returns.</summary>
    public JournalSegment Create(ulong firstLsn)
    {
        var nonce = BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(8));
        var file = directory.Create(JournalFormat.SegmentName(firstLsn));
        try
        {
            file.Write([JournalFormat.EncodeSegmentHeader(storeId, firstLsn, nonce)], 0);
            file.Sync();
        }
        catch
        {
            file.Dispose();
            throw;
        }

        return _byFirstLsn[firstLsn] = new JournalSegment(firstLsn, nonce, file);
    }

    /// <summary>
    /// Removes a segment for good. A read of it that is under way ends well; later ones look elsewhere.
    /// </summary>
    public void Delete(JournalSegment segment)
    {
        _byFirstLsn.TryRemove(segment.FirstLsn, out _);
        segment.File.Dispose();
        directory.Delete(segment.Name);
    }

    /// <summary>Reads one entry and verifies it; null if its segment is gone: its key has moved meanwhile.</summary>
    /// <exception cref="CorruptDataException">The bytes fail their checksum or are another key's.</exception>
    public StoredEntry? Read(ReadOnlySpan<byte> key, in RecordLocation location, bool withContent)
    {
        if (!TryGet(location.Segment, out var segment))
        {
            return null;
        }

        var length = withContent ? location.TotalBytes : location.HeadBytes;
        var bytes = GC.AllocateUninitializedArray<byte>((int)length);
        int filled;
        try
        {
            filled = segment.File.Read(bytes, location.Offset);
        }
        catch (ObjectDisposedException)
        {
            return null;
        }

        var entry = filled == length ? JournalRecord.ReadVerified(bytes, location) : null;
        return entry is { IsRemoval: false } found && found.Key.Span.SequenceEqual(key)
            ? found
            : throw new CorruptDataException(
                $"The record at offset {location.Offset} of journal segment '{segment.Name}' fails its checksum.");
    }

    public void Dispose()
    {
        foreach (var segment in _byFirstLsn.Values)
        {
            segment.File.Dispose();
        }
    }
}
