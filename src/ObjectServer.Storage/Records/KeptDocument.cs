using ObjectServer.Storage.Metadata;

namespace ObjectServer.Storage.Records;

/// <summary>The record in the space <c>i</c>: a document as it was given.</summary>
internal static class KeptDocument
{
    public static ReadOnlyMemory<byte> Encode(ReadOnlySpan<byte> document)
    {
        var writer = new FieldWriter(document.Length + 16);
        writer.Bytes(1, document);
        return writer.Written;
    }

    public static ReadOnlyMemory<byte> Decode(MetadataReading reading)
    {
        var document = ReadOnlyMemory<byte>.Empty;
        var fields = new FieldReader(reading.Record.Span);
        while (fields.Next())
        {
            if (fields.Field == 1)
            {
                document = fields.Bytes.ToArray();
            }
        }

        return document;
    }
}
