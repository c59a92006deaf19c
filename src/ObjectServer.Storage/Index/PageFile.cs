using System.Buffers.Binary;
using System.IO.Hashing;
using ObjectServer.Storage.Disk;

namespace ObjectServer.Storage.Index;

/// <summary>
/// A file of LiteDB's, whose pages have no checksums of their own: each is kept in a slot with one behind it, and a page
/// that is not what was written is never given out.
/// </summary>
/// <remarks>
/// <para>A slot is the page, 8,192 bytes, and 8 bytes: the XXH3-64 of the page, seeded with the page's number and with
/// which file it belongs to, so that a page in the wrong place fails like a damaged one. A slot at the end that is not
/// whole is the write that a kill cut short, and counts as not there.</para>
/// <para>LiteDB asks for whole pages, and one caller at a time: it locks the stream. What it makes of exceptions decides
/// which are thrown here. At an <see cref="IOException"/> it closes itself, and then every key is lost to the process for
/// the sake of one page; so none is thrown. It writes its log from a thread of its own, and waits for ever for one that
/// met any exception; so a write to the log that fails is kept in memory and told by <see cref="Failure"/>.</para>
/// </remarks>
internal sealed class PageFile : Stream
{
    /// <summary>The size of LiteDB's pages.</summary>
    public const int PageBytes = 8192;

    private const int SlotBytes = PageBytes + sizeof(ulong);

    private readonly IDiskFile _file;
    private readonly string _path;
    private readonly long _seed;
    private readonly bool _isLog;
    private readonly byte[] _slot = new byte[SlotBytes];
    private readonly ReadOnlyMemory<byte>[] _written;
    private readonly Dictionary<long, byte[]> _unwritten = [];
    private long _length;

    private PageFile(IDisk disk, string path, bool isLog)
    {
        _path = path;
        _isLog = isLog;
        _written = [_slot];
        _seed = isLog ? 1L << 62 : 0;
        _file = File.Exists(path) ? disk.Open(path) : disk.Create(path, expectedBytes: 0);
        _length = _file.Length / SlotBytes * PageBytes;
    }

    /// <summary>Why a page of the log could not be written; it is read back from memory until the file is closed.</summary>
    public Exception? Failure { get; private set; }

    /// <summary>The pages that are there.</summary>
    public long Pages => _length / PageBytes;

    public override bool CanRead => true;

    public override bool CanSeek => true;

    public override bool CanWrite => true;

    public override long Length => _length;

    public override long Position { get; set; }

    /// <summary>Opens the file of the database's pages, making an empty one if there is none.</summary>
    public static PageFile OpenData(IDisk disk, string path) => new(disk, path, isLog: false);

    /// <summary>Opens the file of the write-ahead log's pages, making an empty one if there is none.</summary>
    public static PageFile OpenLog(IDisk disk, string path) => new(disk, path, isLog: true);

    /// <summary>Reads one page.</summary>
    /// <exception cref="InvalidDataException">It is damaged, missing or cannot be read; the message names it.</exception>
    public override int Read(byte[] buffer, int offset, int count)
    {
        var page = PageAt(count);
        if (_unwritten.TryGetValue(page, out var kept))
        {
            kept.CopyTo(buffer, offset);
        }
        else
        {
            ReadSlot(page);
            _slot.AsSpan(0, PageBytes).CopyTo(buffer.AsSpan(offset));
        }

        Position += PageBytes;
        return PageBytes;
    }

    /// <summary>Writes one page, and blank ones where it begins behind the end.</summary>
    /// <exception cref="InvalidDataException">The data file cannot be written.</exception>
    public override void Write(byte[] buffer, int offset, int count)
    {
        var page = PageAt(count);
        for (var missing = Pages; missing < page; missing++)
        {
            Write(missing, new byte[PageBytes]);
        }

        Write(page, buffer.AsSpan(offset, count));
        Position += PageBytes;
    }

    /// <summary>Cuts the file.</summary>
    public override void SetLength(long value)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(value, _length);
        ArgumentOutOfRangeException.ThrowIfNotEqual(value % PageBytes, 0);
        foreach (var page in _unwritten.Keys.Where(page => page >= value / PageBytes).ToList())
        {
            _unwritten.Remove(page);
        }

        try
        {
            _file.SetLength(value / PageBytes * SlotBytes);
            _length = value;
        }
        catch (IOException failure)
        {
            throw new InvalidDataException($"{Name} cannot be cut: {failure.Message}", failure);
        }
    }

    /// <summary>Nothing is held back; what has to survive a power loss is synced by <see cref="Sync"/>.</summary>
    public override void Flush()
    {
    }

    /// <summary>Makes everything written so far durable.</summary>
    public void Sync()
    {
        lock (this)
        {
            _file.Sync();
        }
    }

    /// <summary>Reads a page from the disk, whatever LiteDB remembers, and says what is wrong with it; null: nothing.</summary>
    public string? FindDamage(long page)
    {
        lock (this)
        {
            try
            {
                if (page < Pages && !_unwritten.ContainsKey(page))
                {
                    ReadSlot(page);
                }

                return null;
            }
            catch (InvalidDataException damage)
            {
                return damage.Message;
            }
        }
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    /// <summary>What a page and the number of its slot add up to.</summary>
    private ulong ChecksumOf(long page) => XxHash3.HashToUInt64(_slot.AsSpan(0, PageBytes), _seed + page);

    private string Name => Path.GetFileName(_path);

    private long PageAt(int count)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(count, PageBytes);
        ArgumentOutOfRangeException.ThrowIfNotEqual(Position % PageBytes, 0);
        return Position / PageBytes;
    }

    private void ReadSlot(long page)
    {
        int read;
        try
        {
            read = _file.Read(_slot, page * SlotBytes);
        }
        catch (IOException failure)
        {
            throw new InvalidDataException($"Page {page} of {Name} cannot be read: {failure.Message}", failure);
        }

        if (read < SlotBytes)
        {
            throw new InvalidDataException($"Page {page} of {Name} is missing.");
        }

        if (BinaryPrimitives.ReadUInt64LittleEndian(_slot.AsSpan(PageBytes)) != ChecksumOf(page))
        {
            throw new InvalidDataException($"Page {page} of {Name} fails its checksum.");
        }
    }

    private void Write(long page, ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(_slot);
        BinaryPrimitives.WriteUInt64LittleEndian(_slot.AsSpan(PageBytes), ChecksumOf(page));
        try
        {
            _file.Write(_written, page * SlotBytes);
            _unwritten.Remove(page);
        }
        catch (IOException failure) when (_isLog)
        {
            Failure ??= failure;
            _unwritten[page] = bytes.ToArray();
        }
        catch (IOException failure)
        {
            throw new InvalidDataException($"Page {page} of {Name} cannot be written: {failure.Message}", failure);
        }

        _length = Math.Max(_length, (page + 1) * PageBytes);
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _file.Dispose();
        }

        base.Dispose(disposing);
    }
}
