using System.Collections.Immutable;

namespace ObjectServer.Storage.Records;

/// <summary>A directory that a storage class has, or had, of its own.</summary>
/// <param name="Number">What blobs name it by: 1 to 255, never given to another class.</param>
/// <param name="StorageClass">E.g. <c>STANDARD_IA</c>.</param>
/// <param name="Directory">Its full path when the store was last opened with it, for messages.</param>
internal sealed record KeptPlace(byte Number, string StorageClass, string Directory)
{
    /// <summary>The name of the document that lists them all.</summary>
    public const string DocumentName = "storage-places";

    /// <summary>The document: a record for each, in the order of their numbers.</summary>
    public static ReadOnlyMemory<byte> Encode(IEnumerable<KeptPlace> places)
    {
        var writer = new FieldWriter();
        foreach (var place in places)
        {
            var nested = new FieldWriter();
            nested.Number(1, (ulong)place.Number);
            nested.Text(2, place.StorageClass);
            nested.Text(3, place.Directory);
            writer.Nested(1, nested);
        }

        return writer.Written;
    }

    public static ImmutableArray<KeptPlace> Decode(ReadOnlyMemory<byte> document)
    {
        var places = ImmutableArray.CreateBuilder<KeptPlace>();
        var fields = new FieldReader(document.Span);
        while (fields.Next())
        {
            if (fields.Field == 1)
            {
                places.Add(DecodeOne(fields.Bytes));
            }
        }

        return places.DrainToImmutable();
    }

    private static KeptPlace DecodeOne(ReadOnlySpan<byte> record)
    {
        var (number, storageClass, directory) = ((byte)0, "", "");
        var fields = new FieldReader(record);
        while (fields.Next())
        {
            switch (fields.Field)
            {
                case 1:
                    number = fields.Byte;
                    break;
                case 2:
                    storageClass = fields.Text;
                    break;
                case 3:
                    directory = fields.Text;
                    break;
            }
        }

        return new KeptPlace(number, storageClass, directory);
    }
}
