using System.Buffers;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using BenchmarkDotNet.Attributes;
using ObjectServer.Authentication;
using ObjectServer.Body;

namespace ObjectServer.Bench.Micro;

/// <summary>Decoding 1 MiB of aws-chunked body that lies in memory, as the SDKs frame it.</summary>
public class ChunkedBodies
{
    private const int ContentBytes = 1 << 20;

    private RequestSignature _seed = null!;
    private byte[] _unsigned = [];
    private byte[] _signed = [];

    [Params(8 * 1024, 64 * 1024)]
    public int ChunkBytes { get; set; }

    [GlobalSetup]
    public void Frame()
    {
        var scope = new CredentialScope("20130524", "us-east-1", "s3");
        _seed = new RequestSignature(
            SigningKey.Derive("a secret", scope), scope, "20130524T000000Z", PayloadMode.EmptySha256);
        _unsigned = FrameChunks(signs: false, "x-amz-checksum-crc32:AAAAAA==\r\n\r\n");
        _signed = FrameChunks(signs: true, "\r\n");
    }

    [Benchmark]
    public long UnsignedWithTrailer()
    {
        using var decoder = new ChunkedDecoder(
            ContentBytes, PayloadMode.Parse("STREAMING-UNSIGNED-PAYLOAD-TRAILER"), "x-amz-checksum-crc32", signer: null);
        return Decode(decoder, _unsigned);
    }

    [Benchmark]
    public long Signed()
    {
        using var decoder = new ChunkedDecoder(
            ContentBytes,
            PayloadMode.Parse("STREAMING-AWS4-HMAC-SHA256-PAYLOAD"),
            trailerName: null,
            new ChunkSigner(_seed));
        return Decode(decoder, _signed);
    }

    private static long Decode(ChunkedDecoder decoder, byte[] body)
    {
        var wire = new ReadOnlySequence<byte>(body);
        var received = 0L;
        while (decoder.TryRead(ref wire, out var slice))
        {
            received += slice.Length;
        }

        decoder.Finish();
        return received;
    }

    private byte[] FrameChunks(bool signs, string end)
    {
        var body = new MemoryStream();
        var content = new byte[ChunkBytes];
        new Random(1).NextBytes(content);
        var previous = _seed.Hex;
        for (var remaining = ContentBytes; ; remaining -= ChunkBytes)
        {
            var chunk = content.AsSpan(0, Math.Min(ChunkBytes, remaining));
            body.Write(Encoding.ASCII.GetBytes(chunk.Length.ToString("x", CultureInfo.InvariantCulture)));
            if (signs)
            {
                previous = Sign(previous, chunk);
                body.Write(Encoding.ASCII.GetBytes($";chunk-signature={previous}"));
            }

            body.Write("\r\n"u8);
            if (chunk.IsEmpty)
            {
                body.Write(Encoding.ASCII.GetBytes(end));
                return body.ToArray();
            }

            body.Write(chunk);
            body.Write("\r\n"u8);
        }
    }

    private string Sign(string previous, ReadOnlySpan<byte> chunk)
    {
        var text = $"AWS4-HMAC-SHA256-PAYLOAD\n{_seed.Timestamp}\n{_seed.Scope}\n{previous}\n"
            + $"{PayloadMode.EmptySha256}\n{Convert.ToHexStringLower(SHA256.HashData(chunk))}";
        Span<byte> hex = stackalloc byte[2 * SHA256.HashSizeInBytes];
        _seed.Key.Sign(Encoding.ASCII.GetBytes(text), hex);
        return Encoding.ASCII.GetString(hex);
    }
}
