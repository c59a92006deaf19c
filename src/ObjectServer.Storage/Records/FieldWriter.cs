using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Numerics;
using System.Text;
using ObjectServer.Storage.Model;

namespace ObjectServer.Storage.Records;

/// <summary>
/// Writes a record as tagged fields: a varint of <c>number &lt;&lt; 1 | kind</c>, then the value: a varint (kind 0), or a
/// length and as many bytes (kind 1). Varints are seven bits a byte, lowest first. What is absent has its default, and
/// a reader skips the numbers that it does not know, so records grow without a new format.
/// </summary>
internal sealed class FieldWriter(int capacity = 128)
{
    private byte[] _buffer = new byte[capacity];
    private int _length;

    public ReadOnlyMemory<byte> Written => _buffer.AsMemory(0, _length);

    /// <summary>Writes a number; zero is the default and is left out.</summary>
    public void Number(int field, ulong value)
    {
        if (value == 0)
        {
            return;
        }

        Tag(field, FieldKind.Number);
        Varint(value);
    }

    public void Number(int field, long value) => Number(field, checked((ulong)value));

    public void Time(int field, DateTimeOffset time) => Number(field, time.ToUnixTimeMilliseconds());

    public void Flag(int field, bool value) => Number(field, value ? 1UL : 0);

    /// <summary>Writes eight bytes in big-endian order: numbers that are random, and zero as well.</summary>
    public void Fixed(int field, ulong value)
    {
        Span<byte> bytes = stackalloc byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64BigEndian(bytes, value);
        Bytes(field, bytes);
    }

    public void Id(int field, Guid id)
    {
        Span<byte> bytes = stackalloc byte[16];
        id.TryWriteBytes(bytes, bigEndian: true, out _);
        Bytes(field, bytes);
    }

    /// <summary>Writes bytes, an empty run of them too.</summary>
    public void Bytes(int field, ReadOnlySpan<byte> bytes)
    {
        Tag(field, FieldKind.Bytes);
        Varint((ulong)bytes.Length);
        bytes.CopyTo(Reserve(bytes.Length));
        _length += bytes.Length;
    }

    /// <summary>Writes text as UTF-8; null is the default and is left out.</summary>
    public void Text(int field, string? text)
    {
        if (text is null)
        {
            return;
        }

        var count = Encoding.UTF8.GetByteCount(text);
        Tag(field, FieldKind.Bytes);
        Varint((ulong)count);
        Encoding.UTF8.GetBytes(text, Reserve(count));
        _length += count;
    }

    /// <summary>Writes a document; null is the default and is left out.</summary>
    public void Document(int field, SettingDocument? document)
    {
        if (document is not null)
        {
            Bytes(field, document.Bytes.Span);
        }
    }

    /// <summary>Writes a record within the record.</summary>
    public void Nested(int field, FieldWriter record) => Bytes(field, record.Written.Span);

    /// <summary>Writes a name and a value as a record within the record, for each pair, in order.</summary>
    public void Pairs(int field, ImmutableArray<KeyValuePair<string, string>> pairs)
    {
        foreach (var (name, value) in pairs)
        {
            Pair(field, name, value);
        }
    }

    public void Tags(int field, ImmutableArray<Tag> tags)
    {
        foreach (var (name, value) in tags)
        {
            Pair(field, name, value);
        }
    }

    private void Pair(int field, string name, string value)
    {
        var pair = new FieldWriter(64);
        pair.Text(1, name);
        pair.Text(2, value);
        Nested(field, pair);
    }

    private void Tag(int field, FieldKind kind) => Varint(((ulong)field << 1) | (ulong)kind);

    private void Varint(ulong value)
    {
        var at = Reserve(10);
        var count = 0;
        while (value >= 0x80)
        {
            at[count++] = (byte)(value | 0x80);
            value >>= 7;
        }

        at[count++] = (byte)value;
        _length += count;
    }

    private Span<byte> Reserve(int count)
    {
        if (_buffer.Length - _length < count)
        {
            Array.Resize(ref _buffer, (int)BitOperations.RoundUpToPowerOf2((uint)(_length + count)));
        }

        return _buffer.AsSpan(_length);
    }
}

/// <summary>How a field's value is written. The numbers are on disk.</summary>
internal enum FieldKind : byte
{
    Number = 0,
    Bytes = 1,
}
