using System.Collections.Concurrent;
using ObjectServer.Storage.Journal;

namespace ObjectServer.Bench.Micro;

/// <summary>
/// A journal's files on a disk that takes everything at once and keeps nothing but lengths: what remains of an append
/// is the journal's own work. Good for appending to a new journal; nothing can be read back.
/// </summary>
internal sealed class MemorylessDisk : IJournalDirectory
{
    private readonly ConcurrentDictionary<string, Lengths> _files = new(StringComparer.Ordinal);

    public IReadOnlyList<string> List() => [.. _files.Keys];

    public IJournalFile Create(string name) => _files[name] = new Lengths();

    public IJournalFile Open(string name) => _files[name];

    public void Delete(string name) => _files.TryRemove(name, out _);

    private sealed class Lengths : IJournalFile
    {
        private long _length;

        public long Length => Volatile.Read(ref _length);

        public int Read(Span<byte> buffer, long offset) =>
            throw new NotSupportedException("This disk keeps no bytes.");

        public void Write(IReadOnlyList<ReadOnlyMemory<byte>> buffers, long offset)
        {
            foreach (var buffer in buffers)
            {
                offset += buffer.Length;
            }

            Volatile.Write(ref _length, Math.Max(_length, offset));
        }

        public void Sync()
        {
        }

        public void Truncate(long length) => Volatile.Write(ref _length, length);

        public void Dispose()
        {
        }
    }
}
