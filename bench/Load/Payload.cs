using System.Security.Cryptography;

namespace ObjectServer.Bench.Load;

/// <summary>
/// What is uploaded: <see cref="SizeBytes"/> bytes that no compression shortens, made of one block that repeats, so
/// that the driver's memory does not depend on the size.
/// </summary>
internal sealed class Payload
{
    private const int MaxBlockBytes = 1 << 20;

    public static readonly Payload None = new([], 0);

    private readonly byte[] _block;

    private Payload(byte[] block, long sizeBytes)
    {
        _block = block;
        SizeBytes = sizeBytes;
    }

    public long SizeBytes { get; }

    /// <summary>Bytes of one size from a fixed seed: every run sends the same.</summary>
    public static Payload OfSize(long sizeBytes)
    {
        var block = new byte[Math.Min(sizeBytes, MaxBlockBytes)];
        new Random(20_240_229).NextBytes(block);
        return new Payload(block, sizeBytes);
    }

    /// <summary>The longest run of bytes that starts at <paramref name="offset"/> and lies in memory as one.</summary>
    public ReadOnlyMemory<byte> From(long offset)
    {
        var start = (int)(offset % _block.Length);
        return _block.AsMemory(start, (int)Math.Min(_block.Length - start, SizeBytes - offset));
    }

    /// <summary>The SHA-256 of all bytes in lower-case hexadecimal, as x-amz-content-sha256 wants it.</summary>
    public string Sha256Hex()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        for (var offset = 0L; offset < SizeBytes;)
        {
            var run = From(offset);
            hash.AppendData(run.Span);
            offset += run.Length;
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
