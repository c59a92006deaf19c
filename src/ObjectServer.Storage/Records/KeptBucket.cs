using System.Collections.Immutable;
using ObjectServer.Storage.Metadata;
using ObjectServer.Storage.Model;

namespace ObjectServer.Storage.Records;

/// <summary>A bucket's record in the space <c>b</c>. It has no summary: whoever lists buckets wants the records.</summary>
internal static class KeptBucket
{
    public static ReadOnlyMemory<byte> Encode(BucketRecord bucket)
    {
        var writer = new FieldWriter();
        writer.Number(1, bucket.Id);
        writer.Text(2, bucket.Name);
        writer.Time(3, bucket.Created);
        writer.Text(4, bucket.OwnerId);
        writer.Text(5, bucket.Region);
        writer.Number(6, (ulong)bucket.Versioning);
        writer.Flag(7, bucket.ObjectLockEnabled);
        writer.Tags(8, bucket.Tags);
        foreach (var (setting, document) in bucket.Settings.All)
        {
            var kept = new FieldWriter(document.Bytes.Length + 16);
            kept.Number(1, (ulong)setting);
            kept.Bytes(2, document.Bytes.Span);
            writer.Nested(9, kept);
        }

        return writer.Written;
    }

    public static BucketRecord Decode(MetadataReading reading)
    {
        var (id, name, created, owner, region) = (0UL, "", DateTimeOffset.UnixEpoch, "", "");
        var (versioning, objectLock) = (VersioningState.Unversioned, false);
        var tags = ImmutableArray.CreateBuilder<Tag>();
        var settings = BucketSettings.None;
        var fields = new FieldReader(reading.Record.Span);
        while (fields.Next())
        {
            switch (fields.Field)
            {
                case 1:
                    id = fields.Value;
                    break;
                case 2:
                    name = fields.Text;
                    break;
                case 3:
                    created = fields.Time;
                    break;
                case 4:
                    owner = fields.Text;
                    break;
                case 5:
                    region = fields.Text;
                    break;
                case 6:
                    versioning = (VersioningState)fields.Value;
                    break;
                case 7:
                    objectLock = fields.Flag;
                    break;
                case 8:
                    tags.Add(fields.Tag);
                    break;
                case 9:
                    settings = WithSetting(settings, fields.Bytes);
                    break;
            }
        }

        return new BucketRecord
        {
            Id = id,
            Name = name,
            Created = created,
            OwnerId = owner,
            Region = region,
            Versioning = versioning,
            ObjectLockEnabled = objectLock,
            Tags = tags.DrainToImmutable(),
            Settings = settings,
        };
    }

    private static BucketSettings WithSetting(BucketSettings settings, ReadOnlySpan<byte> kept)
    {
        var setting = default(BucketSetting);
        byte[] document = [];
        var fields = new FieldReader(kept);
        while (fields.Next())
        {
            switch (fields.Field)
            {
                case 1:
                    setting = (BucketSetting)fields.Value;
                    break;
                case 2:
                    document = fields.Bytes.ToArray();
                    break;
            }
        }

        return settings.With(setting, document);
    }
}
