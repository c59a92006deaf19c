using System.Buffers;
using System.Security.Cryptography;
using System.Text;
using ObjectServer.Authentication;

namespace ObjectServer.Tests.Body;

/// <summary>Writes aws-chunked bodies as a client does, signed with the secret of AWS's documented examples.</summary>
internal sealed class ChunkedWire
{
    public const string Seed = "4f232c4386841ef735655705268965c44a0e4690baa4adea153f7db9fa80a0a9";
    private const string Secret = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";
    private const string Time = "20130524T000000Z";
    private const string EmptySha256 = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

    private static readonly CredentialScope Scope = new("20130524", "us-east-1", "s3");
    private static readonly SigningKey Key = SigningKey.Derive(Secret, Scope);

    private readonly ArrayBufferWriter<byte> _wire = new();
    private readonly bool _isSigned;
    private string _previous;

    public ChunkedWire(PayloadMode mode, string seed = Seed)
    {
        _isSigned = mode.HasChunkSignatures;
        _previous = seed;
    }

    public static PayloadMode Signed { get; } = PayloadMode.Parse("STREAMING-AWS4-HMAC-SHA256-PAYLOAD");

    public static PayloadMode SignedTrailer { get; } = PayloadMode.Parse("STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER");

    public static PayloadMode UnsignedTrailer { get; } = PayloadMode.Parse("STREAMING-UNSIGNED-PAYLOAD-TRAILER");

    public static ChunkSigner SignerFor(string seed = Seed) => new(new RequestSignature(Key, Scope, Time, seed));

    /// <summary>A whole body of chunks of one size, with a trailer where the mode has one.</summary>
    public static byte[] Whole(PayloadMode mode, byte[] content, int chunkSize, string name, string value)
    {
        var wire = new ChunkedWire(mode);
        foreach (var chunk in content.Chunk(chunkSize))
        {
            wire.Chunk(chunk);
        }

        wire.Chunk([]);
        return mode.HasTrailer ? wire.Trailer(name, value).Text("\r\n").ToArray() : wire.Text("\r\n").ToArray();
    }

    public ChunkedWire Text(string text)
    {
        _wire.Write(Encoding.Latin1.GetBytes(text));
        return this;
    }

    /// <summary>One chunk; the last one has no line end of its own.</summary>
    public ChunkedWire Chunk(byte[] content)
    {
        var signature = Sign("AWS4-HMAC-SHA256-PAYLOAD", EmptySha256 + "\n", content);
        Text(content.Length.ToString("x", null)).Text(_isSigned ? $";chunk-signature={signature}\r\n" : "\r\n");
        _wire.Write(content);
        return content.Length == 0 ? this : Text("\r\n");
    }

    /// <summary>A trailer, and its signature where there is one.</summary>
    public ChunkedWire Trailer(string name, string value, string lineEnd = "\r\n")
    {
        Text($"{name}:{value}{lineEnd}");
        return _isSigned
            ? Text($"x-amz-trailer-signature:{SignTrailer($"{name}:{value}\n")}\r\n")
            : this;
    }

    public string SignTrailer(string signed) =>
        Sign("AWS4-HMAC-SHA256-TRAILER", "", Encoding.ASCII.GetBytes(signed));

    public byte[] ToArray() => _wire.WrittenSpan.ToArray();

    private string Sign(string algorithm, string beforeHash, byte[] content)
    {
        var hash = Convert.ToHexStringLower(SHA256.HashData(content));
        var hex = new byte[64];
        Key.Sign(Encoding.ASCII.GetBytes($"{algorithm}\n{Time}\n{Scope}\n{_previous}\n{beforeHash}{hash}"), hex);
        _previous = Encoding.ASCII.GetString(hex);
        return _previous;
    }
}
