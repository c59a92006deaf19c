using System.Globalization;
using ObjectServer.Errors;
using ObjectServer.Http;
using ObjectServer.Messages;

namespace ObjectServer.Operations.Multipart;

/// <summary>Which bytes of its source an UploadPartCopy takes.</summary>
/// <remarks>
/// Stricter than the Range of a read: both ends must be named, and must be there.
/// https://docs.aws.amazon.com/AmazonS3/latest/API/API_UploadPartCopy.html
/// </remarks>
internal static class CopySourceRange
{
    private const string Header = "x-amz-copy-source-range";
    private const string Unit = "bytes=";

    /// <summary>Reads the header for a source of known size; without it, everything.</summary>
    /// <exception cref="S3Exception">InvalidArgument: another form. InvalidRange: beyond the source's end.</exception>
    public static ByteRange Read(S3Request request, long size)
    {
        if (request.Header(Header) is not { } text)
        {
            return new ByteRange(0, size);
        }

        var ends = text.StartsWith(Unit, StringComparison.Ordinal) ? text[Unit.Length..].Split('-') : [];
        if (ends is not [var firstText, var lastText]
            || !long.TryParse(firstText, NumberStyles.None, CultureInfo.InvariantCulture, out var first)
            || !long.TryParse(lastText, NumberStyles.None, CultureInfo.InvariantCulture, out var last)
            || last < first)
        {
            throw new S3Exception(S3Errors.InvalidArgument
                .Saying(
                    $"The {Header} value must be of the form bytes=first-last where first and last are the zero-based "
                    + "offsets of the first and last bytes to copy")
                .With("ArgumentName", Header)
                .With("ArgumentValue", text));
        }

        return last < size
            ? new ByteRange(first, last - first + 1)
            : throw new S3Exception(S3Errors.InvalidRange
                .With("RangeRequested", text)
                .With("ActualObjectSize", size.ToString(CultureInfo.InvariantCulture)));
    }
}
