using System.Buffers;
using System.Text;

namespace ObjectServer.Authentication;

/// <summary>UTF-8 text that grows in a pooled buffer. Pass it by reference; dispose of it once.</summary>
internal ref struct PooledText : IDisposable
{
    private byte[] _buffer;
    private int _length;

    public PooledText()
    {
        _buffer = ArrayPool<byte>.Shared.Rent(1024);
    }

    /// <summary>What was appended so far. Good until the next append.</summary>
    public readonly ReadOnlySpan<byte> Utf8 => _buffer.AsSpan(0, _length);

    public void Append(scoped ReadOnlySpan<byte> utf8) => utf8.CopyTo(Room(utf8.Length));

    public void Append(scoped ReadOnlySpan<char> text) =>
        Encoding.UTF8.GetBytes(text, Room(Encoding.UTF8.GetByteCount(text)));

    /// <summary>Appends text and a line feed.</summary>
    public void AppendLine(scoped ReadOnlySpan<char> text)
    {
        Append(text);
        Append("\n"u8);
    }

    /// <summary>Appends the lower-case hexadecimal digits of bytes.</summary>
    public void AppendHex(scoped ReadOnlySpan<byte> bytes) =>
        Convert.TryToHexStringLower(bytes, Room(2 * bytes.Length), out _);

    public readonly void Dispose() => ArrayPool<byte>.Shared.Return(_buffer);

    public override readonly string ToString() => Encoding.UTF8.GetString(Utf8);

    private Span<byte> Room(int bytes)
    {
        if (_buffer.Length - _length < bytes)
        {
            var larger = ArrayPool<byte>.Shared.Rent(Math.Max(2 * _buffer.Length, _length + bytes));
            Utf8.CopyTo(larger);
            ArrayPool<byte>.Shared.Return(_buffer);
            _buffer = larger;
        }

        var room = _buffer.AsSpan(_length, bytes);
        _length += bytes;
        return room;
    }
}
