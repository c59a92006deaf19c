using System.Buffers;
using System.Globalization;
using System.IO.Pipelines;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http;
using ObjectServer.Authentication;
using ObjectServer.Checksums;
using ObjectServer.Checksums.Lanes;
using ObjectServer.Errors;
using ObjectServer.Storage.Model;

namespace ObjectServer.Body;

/// <summary>The body of one request, as operations take it: decoded, hashed, and verified before it is whole.</summary>
/// <remarks>
/// It is read once, by one of its methods. Until that is called nothing is read, so a client that sent
/// <c>Expect: 100-continue</c> has not begun to send. A client that goes away is
/// <see cref="S3Errors.ConnectionClosedByRequester"/>, one that sends too slowly
/// <see cref="S3Errors.RequestTimeout"/>, one that stops early <see cref="S3Errors.IncompleteBody"/>; whatever else
/// is thrown comes from the writer, unwrapped.
/// </remarks>
internal sealed class RequestBody
{
    private const string DecodedLengthHeader = "x-amz-decoded-content-length";

    private readonly PipeReader _reader;
    private readonly IHeaderDictionary _headers;
    private readonly PayloadMode _mode;
    private readonly ChunkSigner? _signer;
    private readonly Md5Lanes _lanes;
    private bool _isTaken;
    private ReadOnlySequence<byte> _arrived;
    private long _heldBytes;

    private RequestBody(
        PipeReader reader,
        IHeaderDictionary headers,
        PayloadMode mode,
        ChunkSigner? signer,
        long? length,
        Md5Lanes lanes)
    {
        _reader = reader;
        _headers = headers;
        _mode = mode;
        _signer = signer;
        _lanes = lanes;
        Length = length;
    }

    /// <summary>The content's bytes, without any framing; null where the client did not say.</summary>
    public long? Length { get; }

    /// <summary>
    /// Bytes that have been read from the connection: with the framing of aws-chunked, without that of HTTP itself.
    /// </summary>
    public long ReceivedBytes { get; private set; }

    /// <summary>Whether the client says what the content's MD5 or checksum is, now or at its end.</summary>
    /// <exception cref="S3Exception">What it says is malformed: InvalidDigest, InvalidRequest.</exception>
    public bool IsVouchedFor => DeclaredDigests.Read(_headers, _mode).SatisfyRequirement;

    /// <summary>Opens a body without reading of it.</summary>
    /// <param name="reader">The request's own reader.</param>
    /// <param name="headers">The request's headers.</param>
    /// <param name="mode">How the body comes.</param>
    /// <param name="signer">Judges chunk signatures; required where <paramref name="mode"/> has them.</param>
    /// <param name="lanes">Where the MD5 of a large body is computed beside those of others.</param>
    /// <exception cref="S3Exception">
    /// MissingContentLength: an aws-chunked body does not say how long its content is. InvalidArgument: not a length.
    /// </exception>
    public static RequestBody Open(
        PipeReader reader, IHeaderDictionary headers, PayloadMode mode, ChunkSigner? signer, Md5Lanes lanes)
    {
        var decodedLength = ReadDecodedLength(headers);
        var length = mode.IsChunked
            ? decodedLength ?? throw new S3Exception(S3Errors.MissingContentLength)
            : headers.ContentLength ?? decodedLength;
        return new RequestBody(reader, headers, mode, signer, length, lanes);
    }

    /// <summary>Streams the content to a writer and verifies everything that the client said of it.</summary>
    /// <param name="write">Takes each piece in order; the memory is reused once it completes.</param>
    /// <param name="required">
    /// The upload's algorithm: a client that sends another is refused, for one that sends none it is computed. Null
    /// takes the client's, or CRC64NVME.
    /// </param>
    /// <param name="maxLength">The most bytes that are taken.</param>
    /// <param name="cancellation">Ends the copy.</param>
    /// <returns>What was received. Only now may the content become visible.</returns>
    /// <exception cref="S3Exception">
    /// Before anything is read: EntityTooLarge, InvalidDigest, InvalidRequest. After: IncompleteBody, EntityTooLarge,
    /// SignatureDoesNotMatch, InvalidChunkSizeError, MalformedTrailerError, XAmzContentSHA256Mismatch, BadDigest.
    /// </exception>
    public async ValueTask<ReceivedContent> CopyToAsync(
        Func<ReadOnlyMemory<byte>, CancellationToken, ValueTask> write,
        ChecksumAlgorithm? required,
        long maxLength,
        CancellationToken cancellation)
    {
        var declared = DeclaredDigests.Read(_headers, _mode);
        if (required is { } expected && declared.Algorithm is { } actual && actual != expected)
        {
            throw new S3Exception(S3Errors.InvalidRequest.Saying(
                $"Checksum Type mismatch occurred, expected checksum Type: {WireName(expected)}, "
                + $"actual checksum Type: {WireName(actual)}"));
        }

        var limit = new Limit(maxLength, proposed => S3Errors.EntityTooLarge
            .With("ProposedSize", Text(proposed))
            .With("MaxSizeAllowed", Text(maxLength)));
        return await ReceiveAsync(declared, required, write, limit, cancellation);
    }

    /// <summary>Reads a document (XML, JSON) whole and verifies it like content.</summary>
    /// <param name="maxBytes">The most bytes that are taken.</param>
    /// <param name="checksumRequired">Whether S3 demands a Content-MD5 or a checksum of this operation.</param>
    /// <param name="cancellation">Ends the reading.</param>
    /// <returns>The document; empty where there is no body.</returns>
    /// <exception cref="S3Exception">MaxMessageLengthExceeded; all that <see cref="CopyToAsync"/> refuses.</exception>
    public ValueTask<ReadOnlyMemory<byte>> ReadDocumentAsync(
        int maxBytes, bool checksumRequired, CancellationToken cancellation)
    {
        var declared = DeclaredDigests.Read(_headers, _mode);
        if (checksumRequired && !declared.SatisfyRequirement)
        {
            throw new S3Exception(S3Errors.InvalidRequest.Saying(
                "Missing required header for this request: Content-MD5 OR x-amz-checksum-*"));
        }

        return ReadDocumentAsync(declared, maxBytes, cancellation);
    }

    /// <summary>
    /// Reads the document of CompleteMultipartUpload, whose checksum headers speak of the object and not of the body.
    /// </summary>
    /// <exception cref="S3Exception">As <see cref="ReadDocumentAsync(int, bool, CancellationToken)"/>.</exception>
    public ValueTask<ReadOnlyMemory<byte>> ReadCompletionAsync(int maxBytes, CancellationToken cancellation) =>
        ReadDocumentAsync(DeclaredDigests.ReadWithoutChecksum(_headers, _mode), maxBytes, cancellation);

    /// <summary>
    /// Begins to take in what an operation finds elsewhere, a form's file or a stretch of a stored object, with the
    /// means of this body. See the constructor of <see cref="ContentIntake"/>.
    /// </summary>
    public ContentIntake BeginIntake(
        Func<ReadOnlyMemory<byte>, CancellationToken, ValueTask> write,
        ChecksumAlgorithm algorithm,
        bool needsSha256,
        long? expectedLength) => new(write, algorithm, needsSha256, expectedLength, _lanes);

    /// <summary>
    /// Reads what has arrived of a body that is framed in its own way, a browser's form: nothing is decoded, hashed or
    /// verified. <see cref="AdvanceRaw"/> follows each reading.
    /// </summary>
    /// <exception cref="S3Exception">ConnectionClosedByRequester, RequestTimeout, IncompleteBody.</exception>
    public ValueTask<ReadResult> ReadRawAsync(CancellationToken cancellation)
    {
        _isTaken = true;
        return ReadWireAsync(cancellation);
    }

    /// <summary>Says what of a raw reading was taken, and what was looked at.</summary>
    public void AdvanceRaw(SequencePosition consumed, SequencePosition examined) => Advance(consumed, examined);

    private async ValueTask<ReadOnlyMemory<byte>> ReadDocumentAsync(
        DeclaredDigests declared, int maxBytes, CancellationToken cancellation)
    {
        var limit = new Limit(maxBytes, _ => S3Errors.MaxMessageLengthExceeded
            .With("MaxMessageLengthBytes", Text(maxBytes)));
        var document = new ArrayBufferWriter<byte>();
        await ReceiveAsync(declared, required: null, Append, limit, cancellation);
        return document.WrittenMemory;

        ValueTask Append(ReadOnlyMemory<byte> bytes, CancellationToken _)
        {
            document.Write(bytes.Span);
            return ValueTask.CompletedTask;
        }
    }

    private async ValueTask<ReceivedContent> ReceiveAsync(
        DeclaredDigests declared,
        ChecksumAlgorithm? required,
        Func<ReadOnlyMemory<byte>, CancellationToken, ValueTask> write,
        Limit limit,
        CancellationToken cancellation)
    {
        limit.Check(Length ?? 0);
        if (_isTaken)
        {
            throw new InvalidOperationException("A body can be read only once.");
        }

        _isTaken = true;
        var algorithm = declared.Algorithm ?? required ?? ContentHashes.DefaultAlgorithm;
        using var decoder = CreateDecoder(declared);
        await using var intake = BeginIntake(write, algorithm, declared.Sha256Hex is not null, Length);
        await PumpAsync(decoder, intake, limit, cancellation);
        decoder.Finish();
        var computed = await intake.FinishAsync(cancellation);
        declared.Verify(computed, (decoder as ChunkedDecoder)?.TrailerValue);
        return new ReceivedContent(
            intake.Length,
            computed.Md5,
            new ObjectChecksum(algorithm, ChecksumType.FullObject, computed.Checksum));
    }

    private async ValueTask PumpAsync(
        BodyDecoder decoder, ContentIntake intake, Limit limit, CancellationToken cancellation)
    {
        var isLast = false;
        while (!isLast)
        {
            var read = await ReadWireAsync(cancellation);
            var wire = read.Buffer;
            isLast = read.IsCompleted;
            try
            {
                while (decoder.TryRead(ref wire, out var slice))
                {
                    limit.Check(intake.Length + slice.Length);
                    await intake.AppendAsync(slice, cancellation);
                }
            }
            finally
            {
                Advance(wire.Start, wire.End);
            }
        }
    }

    /// <summary>Reads what has arrived. Every fault in here is the client's or the network's.</summary>
    private async ValueTask<ReadResult> ReadWireAsync(CancellationToken cancellation)
    {
        try
        {
            var read = await _reader.ReadAsync(cancellation);
            _arrived = read.Buffer;
            ReceivedBytes += _arrived.Length - _heldBytes;
            return read.IsCanceled ? throw new OperationCanceledException(cancellation) : read;
        }
        catch (BadHttpRequestException bad)
        {
            throw new S3Exception(RefusalFor(bad), bad);
        }
        catch (Exception gone) when (gone is IOException or ConnectionAbortedException)
        {
            throw new S3Exception(S3Errors.ConnectionClosedByRequester, gone);
        }
    }

    /// <summary>Gives back what was taken; the rest is held, and seen again by the next reading.</summary>
    private void Advance(SequencePosition consumed, SequencePosition examined)
    {
        _heldBytes = _arrived.Slice(consumed).Length;
        _arrived = default;
        _reader.AdvanceTo(consumed, examined);
    }

    private static S3Error RefusalFor(BadHttpRequestException bad) => bad.StatusCode switch
    {
        StatusCodes.Status408RequestTimeout => S3Errors.RequestTimeout,
        StatusCodes.Status413PayloadTooLarge => S3Errors.EntityTooLarge,
        _ => S3Errors.IncompleteBody,
    };

    private BodyDecoder CreateDecoder(DeclaredDigests declared) => _mode.IsChunked
        ? new ChunkedDecoder(Length!.Value, _mode, declared.TrailerName, _signer)
        : new PlainDecoder(Length);

    private static long? ReadDecodedLength(IHeaderDictionary headers)
    {
        if (!headers.TryGetValue(DecodedLengthHeader, out var value))
        {
            return null;
        }

        return long.TryParse(value.ToString(), NumberStyles.None, CultureInfo.InvariantCulture, out var length)
            ? length
            : throw new S3Exception(S3Errors.InvalidArgument
                .Saying($"Value for {DecodedLengthHeader} header is invalid.")
                .With("ArgumentName", DecodedLengthHeader)
                .With("ArgumentValue", value.ToString()));
    }

    private static string WireName(ChecksumAlgorithm algorithm) =>
        ChecksumNames.Of(algorithm).Name.ToLowerInvariant();

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);

    /// <summary>How much is taken, and the refusal of more, given the size that was proposed.</summary>
    private readonly record struct Limit(long MaxBytes, Func<long, S3Error> Refusal)
    {
        public void Check(long length)
        {
            if (length > MaxBytes)
            {
                throw new S3Exception(Refusal(length));
            }
        }
    }
}
