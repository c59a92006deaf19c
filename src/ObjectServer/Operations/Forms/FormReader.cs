using System.Buffers;
using System.IO.Pipelines;
using System.Text;
using Microsoft.Net.Http.Headers;
using ObjectServer.Body;
using ObjectServer.Errors;

namespace ObjectServer.Operations.Forms;

/// <summary>Reads a browser's form as it arrives: the fields before the file whole, the file slice by slice.</summary>
/// <remarks>
/// What follows the file is taken in and ignored, as S3 does. Of the file no more is held than could be the
/// beginning of the boundary.
/// https://www.rfc-editor.org/rfc/rfc7578
/// https://www.rfc-editor.org/rfc/rfc2046#section-5.1.1
/// </remarks>
internal sealed class FormReader
{
    /// <summary>All that may stand before the file, by S3's rule.</summary>
    public const int MaxPreDataBytes = 20 * 1024;

    private const int MaxBoundaryLength = 70;

    private readonly RequestBody _body;
    private readonly byte[] _delimiter;
    private long _preDataBytes;

    /// <param name="body">Not read yet.</param>
    /// <param name="contentType">The request's, with the boundary.</param>
    /// <exception cref="S3Exception">MalformedPOSTRequest: there is no boundary.</exception>
    public FormReader(RequestBody body, string? contentType)
    {
        _body = body;
        var boundary = MediaTypeHeaderValue.TryParse(contentType, out var type)
            ? HeaderUtilities.RemoveQuotes(type.Boundary).ToString()
            : "";
        if (boundary.Length is 0 or > MaxBoundaryLength)
        {
            throw Malformed();
        }

        _delimiter = Encoding.Latin1.GetBytes("\r\n--" + boundary);
    }

    /// <summary>Reads up to the first byte of the file.</summary>
    /// <exception cref="S3Exception">
    /// MalformedPOSTRequest, MaxPostPreDataLengthExceeded; IncorrectNumberOfFilesInPostRequest: there is no file.
    /// </exception>
    public async ValueTask<FormFields> ReadFieldsAsync(CancellationToken cancellation)
    {
        // The first boundary has no line before it.
        await ReadThroughAsync(_delimiter.AsMemory(2), cancellation);
        var fields = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        while (true)
        {
            var lineAfterBoundary = await ReadThroughAsync("\r\n"u8.ToArray(), cancellation);
            if (lineAfterBoundary.AsSpan().StartsWith("--"u8))
            {
                throw new S3Exception(S3Errors.IncorrectNumberOfFilesInPostRequest);
            }

            var disposition = await ReadDispositionAsync(cancellation);
            var name = HeaderUtilities.RemoveQuotes(disposition.Name).ToString();
            if (name.Equals("file", StringComparison.OrdinalIgnoreCase))
            {
                return new(fields, FileNameOf(disposition));
            }

            var value = await ReadThroughAsync(_delimiter, cancellation);
            if (name.Length == 0 || !fields.TryAdd(name, Encoding.UTF8.GetString(value)))
            {
                throw Malformed();
            }
        }
    }

    /// <summary>Streams the file and takes in what follows it. Call it once, after the fields were read.</summary>
    /// <param name="write">Takes each piece in order; the memory is reused once it completes.</param>
    /// <param name="cancellation">Ends the copy.</param>
    /// <exception cref="S3Exception">MalformedPOSTRequest: the form ends within the file.</exception>
    public async ValueTask CopyFileAsync(
        Func<ReadOnlyMemory<byte>, CancellationToken, ValueTask> write, CancellationToken cancellation)
    {
        for (var isOver = false; !isOver;)
        {
            var read = await _body.ReadRawAsync(cancellation);
            var buffer = read.Buffer;
            var rest = buffer;
            try
            {
                isOver = TryCut(ref rest, _delimiter, out var content);
                if (!isOver)
                {
                    // The end may be the boundary's beginning.
                    var certain = Math.Max(0, buffer.Length - _delimiter.Length + 1);
                    content = buffer.Slice(0, certain);
                    rest = buffer.Slice(certain);
                }

                foreach (var slice in content)
                {
                    await write(slice, cancellation);
                }
            }
            finally
            {
                _body.AdvanceRaw(rest.Start, isOver ? rest.Start : rest.End);
            }

            if (!isOver && read.IsCompleted)
            {
                throw Malformed();
            }
        }

        await SkipRestAsync(cancellation);
    }

    private async ValueTask SkipRestAsync(CancellationToken cancellation)
    {
        ReadResult read;
        do
        {
            read = await _body.ReadRawAsync(cancellation);
            _body.AdvanceRaw(read.Buffer.End, read.Buffer.End);
        }
        while (!read.IsCompleted);
    }

    private async ValueTask<ContentDispositionHeaderValue> ReadDispositionAsync(CancellationToken cancellation)
    {
        ContentDispositionHeaderValue? disposition = null;
        while (await ReadThroughAsync("\r\n"u8.ToArray(), cancellation) is { Length: > 0 } line)
        {
            var header = Encoding.UTF8.GetString(line);
            var colon = header.IndexOf(':', StringComparison.Ordinal);
            if (colon < 0)
            {
                throw Malformed();
            }

            if (header.AsSpan(0, colon).Trim().Equals("Content-Disposition", StringComparison.OrdinalIgnoreCase)
                && !ContentDispositionHeaderValue.TryParse(header[(colon + 1)..].Trim(), out disposition))
            {
                throw Malformed();
            }
        }

        return disposition ?? throw Malformed();
    }

    /// <summary>Some browsers send the path; only what follows its last separator is the name.</summary>
    private static string FileNameOf(ContentDispositionHeaderValue disposition)
    {
        var name = HeaderUtilities.RemoveQuotes(disposition.FileName).ToString();
        return name[(name.AsSpan().LastIndexOfAny('/', '\\') + 1)..];
    }

    /// <summary>Reads up to a mark and past it, within what may stand before the file.</summary>
    /// <returns>What stands before the mark.</returns>
    private async ValueTask<byte[]> ReadThroughAsync(ReadOnlyMemory<byte> mark, CancellationToken cancellation)
    {
        while (true)
        {
            var read = await _body.ReadRawAsync(cancellation);
            var rest = read.Buffer;
            if (TryCut(ref rest, mark.Span, out var before))
            {
                var taken = before.ToArray();
                _body.AdvanceRaw(rest.Start, rest.Start);
                _preDataBytes += taken.Length + mark.Length;
                return _preDataBytes <= MaxPreDataBytes ? taken : throw TooLong();
            }

            var pending = read.Buffer.Length;
            _body.AdvanceRaw(read.Buffer.Start, read.Buffer.End);
            if (_preDataBytes + pending > MaxPreDataBytes)
            {
                throw TooLong();
            }

            if (read.IsCompleted)
            {
                throw Malformed();
            }
        }
    }

    /// <summary>Cuts what stands before a mark, and the mark, off the front.</summary>
    private static bool TryCut(
        ref ReadOnlySequence<byte> rest, ReadOnlySpan<byte> mark, out ReadOnlySequence<byte> before)
    {
        var reader = new SequenceReader<byte>(rest);
        if (!reader.TryReadTo(out before, mark))
        {
            return false;
        }

        rest = reader.UnreadSequence;
        return true;
    }

    private static S3Exception Malformed() => new(S3Errors.MalformedPOSTRequest);

    private static S3Exception TooLong() => new(S3Errors.MaxPostPreDataLengthExceeded);
}

/// <summary>What a form says before its file.</summary>
/// <param name="Values">By name, found in any case.</param>
/// <param name="FileName">The file's name without a path; empty where the browser gave none.</param>
internal sealed record FormFields(IReadOnlyDictionary<string, string> Values, string FileName);
