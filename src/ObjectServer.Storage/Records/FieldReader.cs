using System.Buffers.Binary;
using System.Text;
using ObjectServer.Storage.Model;

namespace ObjectServer.Storage.Records;

/// <summary>Reads what <see cref="FieldWriter"/> wrote, field by field; callers skip the numbers they do not know.</summary>
internal ref struct FieldReader(ReadOnlySpan<byte> record)
{
    private ReadOnlySpan<byte> _rest = record;

    /// <summary>The number of the field that was read last.</summary>
    public int Field { get; private set; }

    /// <summary>The value of a number field.</summary>
    public ulong Value { get; private set; }

    /// <summary>The value of a bytes field.</summary>
    public ReadOnlySpan<byte> Bytes { get; private set; }

    /// <summary>Reads the next field; false at the record's end.</summary>
    /// <exception cref="CorruptDataException">The record is cut off or was never written by this code.</exception>
    public bool Next()
    {
        if (_rest.IsEmpty)
        {
            return false;
        }

        var tag = Varint();
        Field = (int)(tag >> 1);
        Value = Varint();
        Bytes = default;
        if ((FieldKind)(tag & 1) == FieldKind.Bytes)
        {
            if (Value > (ulong)_rest.Length)
            {
                throw Malformed();
            }

            Bytes = _rest[..(int)Value];
            _rest = _rest[(int)Value..];
        }

        return true;
    }

    public readonly long Signed => checked((long)Value);

    public readonly byte Byte => Value <= byte.MaxValue ? (byte)Value : throw Malformed();

    public readonly bool Flag => Value != 0;

    public readonly DateTimeOffset Time => DateTimeOffset.FromUnixTimeMilliseconds(Signed);

    public readonly string Text => Encoding.UTF8.GetString(Bytes);

    public readonly ulong Fixed =>
        Bytes.Length == sizeof(ulong) ? BinaryPrimitives.ReadUInt64BigEndian(Bytes) : throw Malformed();

    public readonly SettingDocument Document => new(Bytes.ToArray());

    public readonly Guid Id => Bytes.Length == 16 ? new Guid(Bytes, bigEndian: true) : throw Malformed();

    /// <summary>The name and the value of a pair.</summary>
    public readonly KeyValuePair<string, string> Pair
    {
        get
        {
            var (name, value) = ("", "");
            var pair = new FieldReader(Bytes);
            while (pair.Next())
            {
                switch (pair.Field)
                {
                    case 1:
                        name = pair.Text;
                        break;
                    case 2:
                        value = pair.Text;
                        break;
                }
            }

            return new(name, value);
        }
    }

    public readonly Tag Tag => new(Pair.Key, Pair.Value);

    private ulong Varint()
    {
        var value = 0UL;
        for (var at = 0; at < Math.Min(_rest.Length, 10); at++)
        {
            value |= (ulong)(_rest[at] & 0x7F) << (7 * at);
            if (_rest[at] < 0x80)
            {
                _rest = _rest[(at + 1)..];
                return value;
            }
        }

        throw Malformed();
    }

    private static CorruptDataException Malformed() => new("A metadata record is malformed.");
}
