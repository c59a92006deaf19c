using ObjectServer.Storage.Metadata;

namespace ObjectServer.Storage.Records;

/// <summary>The record in the space <c>n</c>: the sequence of the null version while it is an older version.</summary>
internal static class NullPointer
{
    public static ReadOnlyMemory<byte> Encode(ulong sequence)
    {
        var writer = new FieldWriter(16);
        writer.Number(1, sequence);
        return writer.Written;
    }

    public static ulong Decode(MetadataReading reading)
    {
        var sequence = 0UL;
        var fields = new FieldReader(reading.Record.Span);
        while (fields.Next())
        {
            if (fields.Field == 1)
            {
                sequence = fields.Value;
            }
        }

        return sequence;
    }
}
