using System.Buffers.Text;
using System.Text;

namespace ObjectServer.Bench.Load;

/// <summary>ASCII text put together in a span that the caller owns and that must be large enough.</summary>
internal ref struct ByteText(Span<byte> destination)
{
    private readonly Span<byte> _destination = destination;

    public int Length { get; private set; }

    public readonly ReadOnlySpan<byte> Written => _destination[..Length];

    public void Add(scoped ReadOnlySpan<byte> text)
    {
        text.CopyTo(_destination[Length..]);
        Length += text.Length;
    }

    public void Add(string text) => Length += Encoding.ASCII.GetBytes(text, _destination[Length..]);

    public void Add(long number)
    {
        Utf8Formatter.TryFormat(number, _destination[Length..], out var written);
        Length += written;
    }

    public void AddHex(scoped ReadOnlySpan<byte> bytes)
    {
        Convert.TryToHexStringLower(bytes, _destination[Length..], out var written);
        Length += written;
    }
}
