using BenchmarkDotNet.Attributes;
using ObjectServer.Storage.Journal;
using ObjectServer.Storage.Metadata;
using ObjectServer.Storage.Model;
using ObjectServer.Storage.Records;

namespace ObjectServer.Bench.Micro;

/// <summary>The forms in which an object of 4 KiB is kept: its key, its version, and the journal's record of both.</summary>
public class Records
{
    private readonly string _text = "some/folder/of/a/tenant/object-00000001.bin";
    private readonly ObjectKey _key;
    private readonly byte[] _content = new byte[4096];
    private readonly KeptVersion _version;
    private readonly MetadataReading _reading;
    private readonly JournalRecord _journalled;

    public Records()
    {
        _key = ObjectKey.Parse(_text);
        _version = new KeptVersion(
            new ObjectVersion
            {
                Key = _key,
                VersionId = VersionId.Null,
                LastModified = DateTimeOffset.FromUnixTimeMilliseconds(1_369_353_600_000),
                IsLatest = true,
                Size = _content.Length,
                ETag = "0123456789abcdef0123456789abcdef",
                OwnerId = new string('7', 64),
                Metadata = new ObjectMetadata
                {
                    ContentType = "application/octet-stream",
                    User = [new("colour", "blue")],
                },
                Checksum = new ObjectChecksum(ChecksumAlgorithm.Crc64Nvme, ChecksumType.FullObject, new byte[8]),
            },
            new ContentReference(ContentKind.Inline));
        _reading = new MetadataReading(
            MetadataKeys.Current(1, _key), 1, 1, _version.EncodeSummary(), _version.EncodeRecord(), _content);
        var encoded = RecordEncoder.EncodeBatch(Batch());
        var bytes = encoded.Stamp(1, 0, nonce: 1).ToArray();
        encoded.Release();
        _journalled = new JournalRecord(0, 1, 0, RecordType.Batch, bytes);
    }

    [Benchmark]
    public byte[] Key() => MetadataKeys.Current(1, _key);

    [Benchmark]
    public ObjectKey KeyOfText() => ObjectKey.Parse(_text);

    [Benchmark]
    public int EncodeVersion() => _version.EncodeSummary().Length + _version.EncodeRecord().Length;

    [Benchmark]
    public object DecodeVersion() => KeptVersion.Decode(_key, _reading, isLatest: true);

    [Benchmark]
    public object DecodeListed() => KeptVersion.DecodeSummary(_key, _reading.Summary, isLatest: true, out _);

    [Benchmark]
    public int EncodeRecord()
    {
        var record = RecordEncoder.EncodeBatch(Batch());
        record.Stamp(1, 0, nonce: 1);
        record.Release();
        return record.Length;
    }

    [Benchmark]
    public long DecodeRecord()
    {
        var bytes = 0L;
        foreach (var entry in _journalled.Entries())
        {
            bytes += entry.Location.TotalBytes;
        }

        return bytes;
    }

    private MetadataBatch Batch() => new MetadataBatch()
        .Put(_reading.Key, _reading.Summary, _reading.Record, _content)
        .Tally(1, 1, _content.Length);
}
