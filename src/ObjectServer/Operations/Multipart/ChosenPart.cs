using System.Collections.Immutable;
using System.Globalization;
using ObjectServer.Checksums;
using ObjectServer.Errors;
using ObjectServer.Http;
using ObjectServer.Storage.Model;
using ObjectServer.Xml;

namespace ObjectServer.Operations.Multipart;

/// <summary>A part as a client names it to complete an upload.</summary>
/// <param name="Number">From 1 on.</param>
/// <param name="ETag">Without quotes, as the upload of the part answered it.</param>
/// <param name="Checksums">In base64, as the client wrote them; seldom more than one.</param>
internal sealed record ChosenPart(int Number, string ETag, ImmutableArray<ChosenChecksum> Checksums)
{
    /// <summary>Reads the document of CompleteMultipartUpload.</summary>
    /// <exception cref="S3Exception">
    /// MalformedXML: no part, more than 10,000, or one without number or ETag. InvalidArgument: a number below 1.
    /// InvalidPartOrder: the numbers do not ascend.
    /// </exception>
    public static IReadOnlyList<ChosenPart> ReadAll(ReadOnlyMemory<byte> document)
    {
        if (document.IsEmpty)
        {
            throw new S3Exception(S3Errors.MalformedXML);
        }

        var elements = S3XmlReader.Parse(document, "CompleteMultipartUpload").Children;
        if (elements.Count is 0 or > PartNumbers.Max)
        {
            throw new S3Exception(S3Errors.MalformedXML);
        }

        var parts = new List<ChosenPart>(elements.Count);
        foreach (var element in elements)
        {
            var part = Read(element);
            if (parts.Count > 0 && part.Number <= parts[^1].Number)
            {
                throw new S3Exception(S3Errors.InvalidPartOrder);
            }

            parts.Add(part);
        }

        return parts;
    }

    private static ChosenPart Read(S3XmlElement element)
    {
        int? number = null;
        string? eTag = null;
        var checksums = ImmutableArray.CreateBuilder<ChosenChecksum>(initialCapacity: 1);
        foreach (var child in element.Children)
        {
            switch (child.Name)
            {
                case "PartNumber":
                    number = ReadNumber(child.Text);
                    break;
                case "ETag":
                    eTag = EntityTags.Unquote(child.Text.Trim());
                    break;
                default:
                    checksums.Add(ChecksumNames.TryFromElement(child.Name, out var algorithm)
                        ? new(algorithm, child.Text.Trim())
                        : throw new S3Exception(S3Errors.MalformedXML));
                    break;
            }
        }

        return element.Name == "Part" && number is { } known && eTag is not null
            ? new ChosenPart(known, eTag, checksums.DrainToImmutable())
            : throw new S3Exception(S3Errors.MalformedXML);
    }

    private static int ReadNumber(string text)
    {
        if (!int.TryParse(text.Trim(), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number))
        {
            throw new S3Exception(S3Errors.MalformedXML);
        }

        return number >= 1
            ? number
            : throw new S3Exception(S3Errors.InvalidArgument
                .Saying("PartNumber must be >= 1")
                .With("ArgumentName", "partNumber")
                .With("ArgumentValue", text.Trim()));
    }
}

/// <summary>A checksum as a client names it of a part.</summary>
/// <param name="Algorithm">By the element's name.</param>
/// <param name="Base64">As written.</param>
internal readonly record struct ChosenChecksum(ChecksumAlgorithm Algorithm, string Base64);
