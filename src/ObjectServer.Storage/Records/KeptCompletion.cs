using ObjectServer.Storage.Metadata;
using ObjectServer.Storage.Model;

namespace ObjectServer.Storage.Records;

/// <summary>
/// What an upload was completed to, in the space <c>f</c>: the version as it was then, for a client that lost the
/// answer and asks again.
/// </summary>
internal static class KeptCompletion
{
    /// <summary>When it was completed: the sweep that forgets it a day later needs no more.</summary>
    public static ReadOnlyMemory<byte> EncodeSummary(DateTimeOffset completed)
    {
        var writer = new FieldWriter(16);
        writer.Time(1, completed);
        return writer.Written;
    }

    public static DateTimeOffset DecodeSummary(ReadOnlyMemory<byte> summary)
    {
        var completed = DateTimeOffset.UnixEpoch;
        var fields = new FieldReader(summary.Span);
        while (fields.Next())
        {
            if (fields.Field == 1)
            {
                completed = fields.Time;
            }
        }

        return completed;
    }

    public static ReadOnlyMemory<byte> EncodeRecord(ulong bucketId, KeptVersion completed)
    {
        var writer = new FieldWriter(256);
        writer.Number(1, bucketId);
        writer.Bytes(2, completed.Version.Key.Utf8);
        writer.Bytes(3, completed.EncodeSummary().Span);
        writer.Bytes(4, completed.EncodeRecord().Span);
        return writer.Written;
    }

    /// <summary>Null where the upload was one of another bucket or key.</summary>
    public static ObjectVersion? Decode(ulong bucketId, ObjectKey key, MetadataReading reading)
    {
        var ofBucket = 0UL;
        ReadOnlyMemory<byte> ofKey = default, summary = default, record = default;
        var fields = new FieldReader(reading.Record.Span);
        while (fields.Next())
        {
            switch (fields.Field)
            {
                case 1:
                    ofBucket = fields.Value;
                    break;
                case 2:
                    ofKey = fields.Bytes.ToArray();
                    break;
                case 3:
                    summary = fields.Bytes.ToArray();
                    break;
                case 4:
                    record = fields.Bytes.ToArray();
                    break;
            }
        }

        return ofBucket == bucketId && key.Utf8.SequenceEqual(ofKey.Span)
            ? KeptVersion.Decode(key, reading with { Summary = summary, Record = record }, isLatest: true).Version
            : null;
    }
}
