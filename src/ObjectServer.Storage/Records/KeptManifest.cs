using System.Collections.Immutable;
using ObjectServer.Storage.Metadata;
using ObjectServer.Storage.Model;

namespace ObjectServer.Storage.Records;

/// <summary>One part of a manifest.</summary>
internal readonly record struct ManifestPart(
    int Number, long Size, Guid Blob, ObjectChecksum? Checksum, byte Place = 0);

/// <summary>The parts that a completed object is made of, in object order: the record in the space <c>m</c>.</summary>
/// <remarks>One part is a record within the record, so parts can learn new fields like everything else.</remarks>
internal static class KeptManifest
{
    public static ReadOnlyMemory<byte> Encode(IReadOnlyList<ManifestPart> parts)
    {
        var writer = new FieldWriter(Math.Max(64, parts.Count * 48));
        foreach (var part in parts)
        {
            var nested = new FieldWriter(96);
            nested.Number(1, part.Number);
            nested.Number(2, part.Size);
            nested.Id(3, part.Blob);
            if (part.Checksum is { } checksum)
            {
                nested.Number(4, (ulong)checksum.Algorithm);
                nested.Number(5, (ulong)checksum.Type);
                nested.Bytes(6, checksum.Digest.Span);
            }

            nested.Number(7, (ulong)part.Place);
            writer.Nested(1, nested);
        }

        return writer.Written;
    }

    public static ImmutableArray<ManifestPart> Decode(MetadataReading reading)
    {
        var parts = ImmutableArray.CreateBuilder<ManifestPart>();
        var fields = new FieldReader(reading.Record.Span);
        while (fields.Next())
        {
            if (fields.Field == 1)
            {
                parts.Add(DecodePart(fields.Bytes));
            }
        }

        return parts.DrainToImmutable();
    }

    private static ManifestPart DecodePart(ReadOnlySpan<byte> record)
    {
        var (number, size, id, place) = (0, 0L, Guid.Empty, (byte)0);
        var (algorithm, type) = (default(ChecksumAlgorithm), default(ChecksumType));
        ReadOnlyMemory<byte> digest = default;
        var fields = new FieldReader(record);
        while (fields.Next())
        {
            switch (fields.Field)
            {
                case 1:
                    number = checked((int)fields.Value);
                    break;
                case 2:
                    size = fields.Signed;
                    break;
                case 3:
                    id = fields.Id;
                    break;
                case 4:
                    algorithm = (ChecksumAlgorithm)fields.Value;
                    break;
                case 5:
                    type = (ChecksumType)fields.Value;
                    break;
                case 6:
                    digest = fields.Bytes.ToArray();
                    break;
                case 7:
                    place = fields.Byte;
                    break;
            }
        }

        return new ManifestPart(
            number, size, id, algorithm == default ? null : new ObjectChecksum(algorithm, type, digest), place);
    }
}
