using ObjectServer.Storage.Metadata;

namespace ObjectServer.Storage.Records;

/// <summary>How often a blob or a manifest is referenced, and how long it is, and where: the record in the space <c>r</c>.</summary>
/// <remarks>All of it is in the summary: maintenance scans it, and nothing else is kept.</remarks>
internal readonly record struct KeptContent(ContentKind Kind, ulong References, long Length, byte Place = 0)
{
    public ReadOnlyMemory<byte> Encode()
    {
        var writer = new FieldWriter(16);
        writer.Number(1, (ulong)Kind);
        writer.Number(2, References);
        writer.Number(3, Length);
        writer.Number(4, (ulong)Place);
        return writer.Written;
    }

    public static KeptContent Decode(MetadataReading reading)
    {
        var kept = default(KeptContent);
        var fields = new FieldReader(reading.Summary.Span);
        while (fields.Next())
        {
            switch (fields.Field)
            {
                case 1:
                    kept = kept with { Kind = (ContentKind)fields.Value };
                    break;
                case 2:
                    kept = kept with { References = fields.Value };
                    break;
                case 3:
                    kept = kept with { Length = fields.Signed };
                    break;
                case 4:
                    kept = kept with { Place = fields.Byte };
                    break;
            }
        }

        return kept;
    }
}
