using ObjectServer.Storage.Journal;

namespace ObjectServer.Storage.Tests.Journal;

/// <summary>
/// Journal files in memory that remember what was synced, fail as told, and can be looked at as a crash would leave
/// them.
/// </summary>
internal sealed class JournalInMemory : IJournalDirectory
{
    private readonly Lock _gate = new();
    private readonly SortedDictionary<string, Bytes> _files = new(StringComparer.Ordinal);

    /// <summary>Called before every write; throws to make it fail.</summary>
    public Action OnWrite { get; set; } = () => { };

    /// <summary>Called before every sync; throws to make it fail.</summary>
    public Action OnSync { get; set; } = () => { };

    /// <summary>Called before every removal of a file; throws to make it fail.</summary>
    public Action OnDelete { get; set; } = () => { };

    public int Syncs { get; private set; }

    public IReadOnlyList<string> List()
    {
        lock (_gate)
        {
            return [.. _files.Keys];
        }
    }

    public IJournalFile Create(string name)
    {
        lock (_gate)
        {
            _files.Add(name, new Bytes());
            return new OpenFile(this, _files[name]);
        }
    }

    public IJournalFile Open(string name)
    {
        lock (_gate)
        {
            return new OpenFile(this, _files[name]);
        }
    }

    public void Delete(string name)
    {
        OnDelete();
        lock (_gate)
        {
            _files.Remove(name);
        }
    }

    /// <summary>A file's bytes, to look at or to damage.</summary>
    public byte[] this[string name]
    {
        get
        {
            lock (_gate)
            {
                return [.. _files[name].Content];
            }
        }

        set
        {
            lock (_gate)
            {
                _files[name] = new Bytes { Content = [.. value] };
            }
        }
    }

    public void Remove(string name)
    {
        lock (_gate)
        {
            _files.Remove(name);
        }
    }

    /// <summary>The same files, as another process would find them.</summary>
    public JournalInMemory Copy()
    {
        var copy = new JournalInMemory();
        foreach (var name in List())
        {
            copy[name] = this[name];
        }

        return copy;
    }

    private sealed class Bytes
    {
        public byte[] Content { get; set; } = [];
    }

    private sealed class OpenFile(JournalInMemory directory, Bytes bytes) : IJournalFile
    {
        private bool _isDisposed;

        public long Length
        {
            get
            {
                lock (directory._gate)
                {
                    return bytes.Content.Length;
                }
            }
        }

        public int Read(Span<byte> buffer, long offset)
        {
            lock (directory._gate)
            {
                ObjectDisposedException.ThrowIf(_isDisposed, this);
                var from = (int)Math.Min(offset, bytes.Content.Length);
                var length = Math.Min(buffer.Length, bytes.Content.Length - from);
                bytes.Content.AsSpan(from, length).CopyTo(buffer);
                return length;
            }
        }

        public void Write(IReadOnlyList<ReadOnlyMemory<byte>> buffers, long offset)
        {
            directory.OnWrite();
            lock (directory._gate)
            {
                var length = offset + buffers.Sum(buffer => (long)buffer.Length);
                var content = bytes.Content;
                if (content.Length < length)
                {
                    Array.Resize(ref content, (int)length);
                }

                foreach (var buffer in buffers)
                {
                    buffer.Span.CopyTo(content.AsSpan((int)offset));
                    offset += buffer.Length;
                }

                bytes.Content = content;
            }
        }

        public void Sync()
        {
            directory.OnSync();
            directory.Syncs++;
        }

        public void Truncate(long length)
        {
            lock (directory._gate)
            {
                var content = bytes.Content;
                Array.Resize(ref content, (int)length);
                bytes.Content = content;
            }
        }

        public void Dispose() => _isDisposed = true;
    }
}
