using System.Security.Cryptography;
using System.Text;

namespace ObjectServer.Authentication;

/// <summary>
/// Verifies the signatures of an aws-chunked body, one after another: each covers the one before, the first covers
/// the request's own, and the trailer's covers the last chunk's. Costs no allocation per chunk.
/// </summary>
/// <remarks>
/// https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming.html,
/// https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming-trailers.html
/// </remarks>
internal sealed class ChunkSigner
{
    private readonly SigningKey _key;
    private readonly ChunkText _chunk;
    private readonly ChunkText _trailer;
    private readonly byte[] _previous;

    /// <summary>Starts the chain at the signature of the request that carries the body.</summary>
    public ChunkSigner(RequestSignature seed)
    {
        _key = seed.Key;
        _chunk = new("AWS4-HMAC-SHA256-PAYLOAD", seed, beforeHash: PayloadMode.EmptySha256 + "\n");
        _trailer = new("AWS4-HMAC-SHA256-TRAILER", seed, beforeHash: "");
        _previous = Encoding.ASCII.GetBytes(seed.Hex);
    }

    /// <summary>Whether the next chunk, the empty last one included, bears the signature it must.</summary>
    /// <param name="chunkSha256">The digest of the chunk's bytes: 32 bytes.</param>
    /// <param name="signatureHex">What the client sent after <c>chunk-signature=</c>, ASCII.</param>
    public bool Verify(ReadOnlySpan<byte> chunkSha256, ReadOnlySpan<byte> signatureHex) =>
        Verify(_chunk, chunkSha256, signatureHex);

    /// <summary>Whether the trailer, which comes after the empty last chunk, bears the signature it must.</summary>
    /// <param name="trailerSha256">The digest of the trailing headers, each as <c>name:value\n</c>: 32 bytes.</param>
    /// <param name="signatureHex">What the client sent as <c>x-amz-trailer-signature</c>, ASCII.</param>
    public bool VerifyTrailer(ReadOnlySpan<byte> trailerSha256, ReadOnlySpan<byte> signatureHex) =>
        Verify(_trailer, trailerSha256, signatureHex);

    private bool Verify(ChunkText text, ReadOnlySpan<byte> sha256, ReadOnlySpan<byte> signatureHex)
    {
        // The chain goes on from the signature we computed: after a mismatch there is nothing to go on to.
        _key.Sign(text.With(_previous, sha256), _previous);
        return CryptographicOperations.FixedTimeEquals(_previous, signatureHex);
    }

    /// <summary>A string to sign in which nothing but the previous signature and the hash ever changes.</summary>
    private sealed class ChunkText
    {
        private readonly byte[] _text;
        private readonly int _previousAt;

        public ChunkText(string algorithm, RequestSignature seed, string beforeHash)
        {
            var head = $"{algorithm}\n{seed.Timestamp}\n{seed.Scope}\n";
            _text = Encoding.UTF8.GetBytes($"{head}{seed.Hex}\n{beforeHash}{PayloadMode.EmptySha256}");
            _previousAt = Encoding.UTF8.GetByteCount(head);
        }

        public ReadOnlySpan<byte> With(ReadOnlySpan<byte> previousHex, ReadOnlySpan<byte> sha256)
        {
            previousHex.CopyTo(_text.AsSpan(_previousAt));
            Convert.TryToHexStringLower(sha256, _text.AsSpan(_text.Length - (2 * SHA256.HashSizeInBytes)), out _);
            return _text;
        }
    }
}
