using System.Collections.Immutable;

namespace ObjectServer.Storage.Records;

/// <summary>A directory that a storage class has, or had, of its own.</summary>
/// <param name="Number">What blobs name it by: 1 to 255, never given to another class.</param>
/// <param name="StorageClass">E.g. <c>STANDARD_IA</c>.</param>
/// <param name="Directory">Its full path when the store was last opened with it, for messages.</param>
/// <param name="Turn">The turn that its mark names; empty before it has one.</param>
/// <param name="NextTurn">The one that it is being given; null else. A crash leaves either in the mark.</param>
internal sealed record KeptPlace(
    byte Number, string StorageClass, string Directory, Guid Turn = default, Guid? NextTurn = null)
{
    /// <summary>The name of the document that lists them all.</summary>
    public const string DocumentName = "storage-places";

    /// <summary>Whether the directory was given its first mark, as far as anybody can know.</summary>
    public bool IsClaimed => NextTurn is null || Turn != Guid.Empty;

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
            if (place.Turn != Guid.Empty)
            {
                nested.Id(4, place.Turn);
            }

            if (place.NextTurn is { } next)
            {
                nested.Id(5, next);
            }

            writer.Nested(1, nested);
        }

        return writer.Written;
    }

    /// <exception cref="Model.CorruptDataException">It is no such document.</exception>
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
        var place = new KeptPlace(0, "", "");
        var fields = new FieldReader(record);
        while (fields.Next())
        {
            place = fields.Field switch
            {
                1 => place with { Number = fields.Byte },
                2 => place with { StorageClass = fields.Text },
                3 => place with { Directory = fields.Text },
                4 => place with { Turn = fields.Id },
                5 => place with { NextTurn = fields.Id },
                _ => place,
            };
        }

        return place;
    }
}
