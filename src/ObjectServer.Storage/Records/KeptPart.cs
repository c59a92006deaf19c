using ObjectServer.Storage.Metadata;
using ObjectServer.Storage.Model;

namespace ObjectServer.Storage.Records;

/// <summary>
/// A part of an upload in progress, in the space <c>p</c>. The summary holds all of a part, so that ten thousand of
/// them are completed from one scan; the record names the upload's own key, for the sweep of parts that lost it.
/// </summary>
internal sealed record KeptPart(UploadPart Part, Guid Blob, byte Place = 0)
{
    public ReadOnlyMemory<byte> EncodeSummary()
    {
        var writer = new FieldWriter();
        writer.Number(1, Part.Size);
        writer.ETag(2, 3, 4, Part.ETag);
        writer.Time(5, Part.LastModified);
        if (Part.Checksum is { } checksum)
        {
            writer.Number(6, (ulong)checksum.Algorithm);
            writer.Number(7, (ulong)checksum.Type);
            writer.Bytes(8, checksum.Digest.Span);
        }

        writer.Id(9, Blob);
        writer.Number(10, (ulong)Place);
        return writer.Written;
    }

    public static ReadOnlyMemory<byte> EncodeRecord(ReadOnlySpan<byte> uploadKey)
    {
        var writer = new FieldWriter(uploadKey.Length + 8);
        writer.Bytes(1, uploadKey);
        return writer.Written;
    }

    /// <summary>The key of the upload that the part belongs to.</summary>
    public static byte[] DecodeUploadKey(MetadataReading reading)
    {
        byte[] key = [];
        var fields = new FieldReader(reading.Record.Span);
        while (fields.Next())
        {
            if (fields.Field == 1)
            {
                key = fields.Bytes.ToArray();
            }
        }

        return key;
    }

    public static KeptPart DecodeSummary(MetadataReading reading)
    {
        var (size, modified, blob, place) = (0L, DateTimeOffset.UnixEpoch, Guid.Empty, (byte)0);
        ReadOnlySpan<byte> eTagDigest = default;
        var (eTagParts, eTag) = (0UL, "");
        var (algorithm, type) = (default(ChecksumAlgorithm), default(ChecksumType));
        ReadOnlyMemory<byte> digest = default;
        var fields = new FieldReader(reading.Summary.Span);
        while (fields.Next())
        {
            switch (fields.Field)
            {
                case 1:
                    size = fields.Signed;
                    break;
                case 2:
                    eTagDigest = fields.Bytes;
                    break;
                case 3:
                    eTagParts = fields.Value;
                    break;
                case 4:
                    eTag = fields.Text;
                    break;
                case 5:
                    modified = fields.Time;
                    break;
                case 6:
                    algorithm = (ChecksumAlgorithm)fields.Value;
                    break;
                case 7:
                    type = (ChecksumType)fields.Value;
                    break;
                case 8:
                    digest = fields.Bytes.ToArray();
                    break;
                case 9:
                    blob = fields.Id;
                    break;
                case 10:
                    place = fields.Byte;
                    break;
            }
        }

        var part = new UploadPart(
            MetadataKeys.PartNumber(reading.Key.Span),
            size,
            eTagDigest.IsEmpty ? eTag : CompactFields.ETag(eTagDigest, eTagParts),
            modified,
            algorithm == default ? null : new ObjectChecksum(algorithm, type, digest));
        return new KeptPart(part, blob, place);
    }
}
