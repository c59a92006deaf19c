using System.Buffers;

namespace ObjectServer.Body;

/// <summary>A body that is its own content.</summary>
/// <param name="length">The bytes that must come; null where the client did not say.</param>
internal sealed class PlainDecoder(long? length) : BodyDecoder
{
    private long _received;

    public override bool TryRead(ref ReadOnlySequence<byte> wire, out ReadOnlyMemory<byte> slice)
    {
        slice = default;
        if (wire.IsEmpty)
        {
            return false;
        }

        slice = Cut(ref wire, long.MaxValue);
        _received += slice.Length;
        return _received > length ? throw WrongLength(length.Value, _received) : true;
    }

    public override void Finish()
    {
        if (_received < length)
        {
            throw WrongLength(length.Value, _received);
        }
    }

    public override void Dispose()
    {
    }
}
