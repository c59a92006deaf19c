using System.Buffers;
using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using ObjectServer.Authentication;
using ObjectServer.Errors;

namespace ObjectServer.Body;

/// <summary>Reads aws-chunked bodies: signed and unsigned chunks, with and without a trailer.</summary>
/// <remarks>
/// A state machine with one small parser per mode. Content is given out as it arrives; of the wire it leaves at most
/// one line behind. A chunk's signature is judged after its last byte was given out, so whoever takes the bytes must
/// keep them invisible until <see cref="Finish"/> returns.
/// <code>
/// body    = *chunk last-chunk [*trailer [signature]] CRLF
/// chunk   = size [";chunk-signature=" 64HEXDIG] CRLF content CRLF
/// last    = "0"  [";chunk-signature=" 64HEXDIG] CRLF
/// trailer = name ":" value (CRLF / LF / LF CRLF)
/// </code>
/// AWS's own example ends a trailer with LF CRLF, the SDKs with CRLF.
/// https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming.html
/// https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming-trailers.html
/// </remarks>
internal sealed class ChunkedDecoder : BodyDecoder
{
    /// <summary>A chunk's size and signature, or a trailer: about a hundred bytes are needed.</summary>
    private const int MaxLineBytes = 1024;

    /// <summary>S3's own rule for every chunk but the last.</summary>
    private const int MinChunkBytes = 8 * 1024;

    /// <summary>As many hexadecimal digits as a positive 64-bit number always has room for.</summary>
    private const int MaxSizeDigits = 15;

    private const string TrailerSignature = "x-amz-trailer-signature";

    private readonly long _length;
    private readonly bool _hasTrailer;
    private readonly string? _trailerName;
    private readonly ChunkSigner? _signer;
    private readonly IncrementalHash? _sha256;

    private Mode _mode = Mode.ChunkHeader;
    private readonly byte[] _signature = new byte[2 * SHA256.HashSizeInBytes];
    private long _received;
    private long _chunkLength;
    private long _chunkRemaining;
    private int _chunks;
    private bool _endedWithLf;
    private bool _isTrailerSigned;
    private int _bytesAfterEnd;

    /// <param name="length">The content's length, <c>x-amz-decoded-content-length</c>.</param>
    /// <param name="mode">Which of the aws-chunked forms it is.</param>
    /// <param name="trailerName">The trailer that <c>x-amz-trailer</c> announces, in lower case; null for none.</param>
    /// <param name="signer">Judges the signatures; required where the chunks have them.</param>
    public ChunkedDecoder(long length, PayloadMode mode, string? trailerName, ChunkSigner? signer)
    {
        _length = length;
        _hasTrailer = mode.HasTrailer;
        _trailerName = trailerName;
        if (mode.HasChunkSignatures)
        {
            _signer = signer ?? throw new ArgumentNullException(nameof(signer));
            _sha256 = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        }
    }

    private enum Mode
    {
        ChunkHeader,
        ChunkContent,
        ChunkEnd,
        Trailer,
        LastLine,
        End,
    }

    /// <summary>The value of the announced trailer, once the body has ended.</summary>
    public string? TrailerValue { get; private set; }

    public override bool TryRead(ref ReadOnlySequence<byte> wire, out ReadOnlyMemory<byte> slice)
    {
        while (!wire.IsEmpty)
        {
            if (_mode is Mode.ChunkContent)
            {
                slice = Cut(ref wire, _chunkRemaining);
                TakeContent(slice.Span);
                return true;
            }

            var isComplete = _mode switch
            {
                Mode.ChunkHeader => TryReadChunkHeader(ref wire),
                Mode.ChunkEnd => TryReadChunkEnd(ref wire),
                Mode.Trailer => TryReadTrailer(ref wire),
                Mode.LastLine => TryReadLastLine(ref wire),
                _ => SkipAfterEnd(ref wire),
            };
            if (!isComplete)
            {
                break;
            }
        }

        slice = default;
        return false;
    }

    public override void Finish()
    {
        if (_mode is not Mode.End)
        {
            throw _received < _length ? WrongLength(_length, _received) : Malformed();
        }
    }

    public override void Dispose() => _sha256?.Dispose();

    private bool TryReadChunkHeader(ref ReadOnlySequence<byte> wire)
    {
        Span<byte> line = stackalloc byte[MaxLineBytes];
        if (!TryReadLine(ref wire, ref line, out var endedWithCrLf))
        {
            return false;
        }

        var semicolon = line.IndexOf((byte)';');
        var size = ParseSize(semicolon < 0 ? line : line[..semicolon]);
        var isSignatureInPlace = _signer is null ? semicolon < 0 : TryTakeSignature(line[(semicolon + 1)..]);
        if (!endedWithCrLf || !isSignatureInPlace)
        {
            throw Malformed();
        }

        BeginChunk(size);
        return true;
    }

    private void BeginChunk(long size)
    {
        _chunks++;
        if (size > 0 && _chunks > 1 && _chunkLength < MinChunkBytes)
        {
            // S3 notices a short chunk when the next one begins, and gives that one's number.
            throw new S3Exception(S3Errors.InvalidChunkSizeError
                .With("Chunk", _chunks.ToString(CultureInfo.InvariantCulture))
                .With("BadChunkSize", _chunkLength.ToString(CultureInfo.InvariantCulture)));
        }

        if (size > _length - _received || (size == 0 && _received < _length))
        {
            throw WrongLength(_length, _received + size);
        }

        _chunkLength = size;
        _chunkRemaining = size;
        _mode = Mode.ChunkContent;
        if (size == 0)
        {
            VerifyChunk();
            _mode = _hasTrailer ? Mode.Trailer : Mode.LastLine;
        }
    }

    private void TakeContent(ReadOnlySpan<byte> content)
    {
        _sha256?.AppendData(content);
        _received += content.Length;
        _chunkRemaining -= content.Length;
        if (_chunkRemaining == 0)
        {
            _mode = Mode.ChunkEnd;
        }
    }

    private bool TryReadChunkEnd(ref ReadOnlySequence<byte> wire)
    {
        if (wire.Length < 2)
        {
            return false;
        }

        SkipCrLf(ref wire);
        VerifyChunk();
        _mode = Mode.ChunkHeader;
        return true;
    }

    private bool TryReadLastLine(ref ReadOnlySequence<byte> wire)
    {
        if (wire.Length < 2)
        {
            return false;
        }

        SkipCrLf(ref wire);
        _mode = Mode.End;
        return true;
    }

    private bool TryReadTrailer(ref ReadOnlySequence<byte> wire)
    {
        Span<byte> line = stackalloc byte[MaxLineBytes];
        if (!TryReadLine(ref wire, ref line, out var endedWithCrLf))
        {
            return false;
        }

        if (line.IsEmpty)
        {
            // The CRLF of LF CRLF ends the line before; any other empty line ends the body.
            if (!_endedWithLf)
            {
                EndTrailer();
            }

            _endedWithLf = false;
            return true;
        }

        _endedWithLf = !endedWithCrLf;
        TakeTrailer(line);
        return true;
    }

    private void TakeTrailer(ReadOnlySpan<byte> line)
    {
        var colon = line.IndexOf((byte)':');
        if (colon <= 0 || !Ascii.IsValid(line) || _isTrailerSigned)
        {
            throw MalformedTrailer();
        }

        var name = Encoding.ASCII.GetString(line[..colon]).ToLowerInvariant();
        var value = Encoding.ASCII.GetString(line[(colon + 1)..]).Trim(' ', '\t');
        if (name == TrailerSignature && _signer is not null)
        {
            VerifyTrailer(value);
        }
        else if (name == _trailerName && TrailerValue is null)
        {
            TrailerValue = value;
        }
        else
        {
            throw MalformedTrailer();
        }
    }

    private void EndTrailer()
    {
        var isMissing = _trailerName is not null && TrailerValue is null;
        if (isMissing || (_signer is not null && !_isTrailerSigned))
        {
            throw MalformedTrailer();
        }

        _mode = Mode.End;
    }

    /// <summary>Some clients end the body with one CRLF more; nothing else may follow.</summary>
    private bool SkipAfterEnd(ref ReadOnlySequence<byte> wire)
    {
        var isAllowed = _bytesAfterEnd < 2 && Cut(ref wire, 1).Span[0] == "\r\n"u8[_bytesAfterEnd];
        _bytesAfterEnd++;
        return isAllowed ? true : throw Malformed();
    }

    private void VerifyChunk()
    {
        Span<byte> sha256 = stackalloc byte[SHA256.HashSizeInBytes];
        if (_sha256 is not null
            && !_signer!.Verify(sha256[.._sha256.GetHashAndReset(sha256)], _signature))
        {
            throw new S3Exception(S3Errors.SignatureDoesNotMatch);
        }
    }

    private void VerifyTrailer(string signature)
    {
        var signed = _trailerName is null || TrailerValue is null ? "" : $"{_trailerName}:{TrailerValue}\n";
        var sha256 = SHA256.HashData(Encoding.ASCII.GetBytes(signed));
        if (!_signer!.VerifyTrailer(sha256, Encoding.ASCII.GetBytes(signature)))
        {
            throw new S3Exception(S3Errors.SignatureDoesNotMatch);
        }

        _isTrailerSigned = true;
    }

    private bool TryTakeSignature(ReadOnlySpan<byte> extension)
    {
        var name = "chunk-signature="u8;
        if (!extension.StartsWith(name) || extension.Length != name.Length + _signature.Length)
        {
            return false;
        }

        extension[name.Length..].CopyTo(_signature);
        return true;
    }

    private static long ParseSize(ReadOnlySpan<byte> digits) =>
        digits.Length <= MaxSizeDigits
        && Utf8Parser.TryParse(digits, out long size, out var parsed, standardFormat: 'x')
        && parsed == digits.Length
            ? size
            : throw Malformed();

    /// <summary>Reads a line into <paramref name="line"/>, and shortens that to the line without its end.</summary>
    private bool TryReadLine(ref ReadOnlySequence<byte> wire, ref Span<byte> line, out bool endedWithCrLf)
    {
        endedWithCrLf = false;
        var feed = wire.PositionOf((byte)'\n');
        var whole = feed is null ? wire : wire.Slice(0, feed.Value);
        if (whole.Length > line.Length)
        {
            throw _mode is Mode.Trailer ? MalformedTrailer() : Malformed();
        }

        if (feed is null)
        {
            return false;
        }

        whole.CopyTo(line);
        line = line[..(int)whole.Length];
        endedWithCrLf = line.EndsWith("\r"u8);
        line = endedWithCrLf ? line[..^1] : line;
        wire = wire.Slice(wire.GetPosition(1, feed.Value));
        return true;
    }

    private static void SkipCrLf(ref ReadOnlySequence<byte> wire)
    {
        Span<byte> end = stackalloc byte[2];
        wire.Slice(0, 2).CopyTo(end);
        if (!end.SequenceEqual("\r\n"u8))
        {
            throw Malformed();
        }

        wire = wire.Slice(2);
    }

    private static S3Exception Malformed() =>
        new(S3Errors.IncompleteBody.Saying("The request body terminated unexpectedly"));

    private static S3Exception MalformedTrailer() => new(S3Errors.MalformedTrailerError);
}
