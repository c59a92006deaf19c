using ObjectServer.Storage.Metadata;
using ObjectServer.Storage.Model;
using ObjectServer.Storage.Records;

namespace ObjectServer.Storage.Tests.Records;

/// <summary>
/// What is on disk must be read for as long as there are disks. These bytes were written once: a change here is a
/// change of the format, and needs another field number, not another expectation.
/// </summary>
public sealed class PersistedNumbersTests
{
    private static readonly Guid Id = new("00112233-4455-6677-8899-aabbccddeeff");
    private static readonly ObjectKey Key = ObjectKey.Parse("k/\u00e9");
    private static readonly DateTimeOffset Time = DateTimeOffset.FromUnixTimeMilliseconds(1_790_000_000_123);

    [Fact]
    public void Keys()
    {
        Assert.Equal("62" + "6E616D65", Hex(MetadataKeys.Bucket("name"u8)));
        Assert.Equal("6F" + "0102030405060708" + "6B2FC3A9", Hex(MetadataKeys.Current(0x0102030405060708, Key)));
        Assert.Equal("64" + "0102030405060708" + "6B2FC3A9", Hex(MetadataKeys.Marker(0x0102030405060708, Key)));
        Assert.Equal("6E" + "0102030405060708" + "6B2FC3A9", Hex(MetadataKeys.Null(0x0102030405060708, Key)));
        Assert.Equal(
            "76" + "0102030405060708" + "6B2FC3A900" + "FFFFFFFFFFFFFFF5",
            Hex(MetadataKeys.Older(0x0102030405060708, Key, 10)));
        Assert.Equal(
            "75" + "0102030405060708" + "6B2FC3A900" + "00112233445566778899AABBCCDDEEFF",
            Hex(MetadataKeys.Upload(0x0102030405060708, Key, Id)));
        Assert.Equal("70" + "00112233445566778899AABBCCDDEEFF" + "2710", Hex(MetadataKeys.Part(Id, 10_000)));
        Assert.Equal("66" + "00112233445566778899AABBCCDDEEFF", Hex(MetadataKeys.Completed(Id)));
        Assert.Equal("72" + "00112233445566778899AABBCCDDEEFF", Hex(MetadataKeys.Content(Id)));
        Assert.Equal("6D" + "00112233445566778899AABBCCDDEEFF", Hex(MetadataKeys.Manifest(Id)));
        Assert.Equal("69" + "6E616D65", Hex(MetadataKeys.Document("name"u8)));
    }

    [Fact]
    public void Numbers_of_enumerations()
    {
        Assert.Equal(
            "None=0 Inline=1 Blob=2 Manifest=3",
            Numbers<ContentKind>());
        Assert.Equal("Unversioned=0 Enabled=1 Suspended=2", Numbers<VersioningState>());
        Assert.Equal("FullObject=1 Composite=2", Numbers<ChecksumType>());
        Assert.Equal(
            "Crc32=1 Crc32C=2 Crc64Nvme=3 Sha1=4 Sha256=5 Sha512=6 Md5=7 XxHash64=8 XxHash3=9 XxHash128=10",
            Numbers<ChecksumAlgorithm>());
        Assert.Equal("Number=0 Bytes=1", Numbers<FieldKind>());
        Assert.Equal("Governance=1 Compliance=2", Numbers<RetentionMode>());
        Assert.Equal("Expedited=1 Standard=2 Bulk=3", Numbers<RetrievalTier>());
        Assert.Equal(
            "Policy=1 OwnershipControls=2 PublicAccessBlock=3 Acl=4 Cors=5 Website=6 Lifecycle=7 ObjectLock=8 "
            + "RequestPayment=9 Accelerate=10 Abac=11 PolicyLockout=12 IntelligentTiering=13 MfaDelete=14",
            Numbers<BucketSetting>());
    }

    [Fact]
    public void A_version()
    {
        var kept = Version();
        const string summary = "020A" + "05080102030405060708" + "06FBD8C1A28C34" + "0A05"
            + "0D10D41D8CD98F00B204E9800998ECF8427E" + "0E02" + "1320" + "ABABABABABABABABABABABABABABABAB"
            + "ABABABABABABABABABABABABABABABAB" + "170B5354414E444152445F4941" + "1801" + "1A02";
        Assert.Equal(summary, Hex(kept.EncodeSummary()));
        Assert.Equal(
            "0203" + "051000112233445566778899AABBCCDDEEFF" + "070401020304" + "0802" + "0B0174" + "0D0163"
            + "0F0164" + "110165" + "13016C" + "150178" + "170177" + "1906030161050162" + "1B06030174050176" + "1D0161",
            Hex(kept.EncodeRecord()));
        var read = KeptVersion.Decode(Key, Reading(kept.EncodeSummary(), kept.EncodeRecord()), isLatest: true);
        Assert.Equal(kept.Version.Tags, read.Version.Tags);
        Assert.Equal(kept.Version.Metadata.User, read.Version.Metadata.User);
        Assert.Equal(Hex(kept.EncodeSummary()), Hex(read.EncodeSummary()));
        Assert.Equal(Hex(kept.EncodeRecord()), Hex(read.EncodeRecord()));
    }

    [Fact]
    public void Locks()
    {
        var plain = Version();
        var kept = plain with
        {
            Version = plain.Version with { Retention = new(RetentionMode.Compliance, Time), LegalHold = true },
        };
        Assert.Equal(
            Hex(plain.EncodeRecord()) + "1E02" + "20FBD8C1A28C34" + "2202", Hex(kept.EncodeRecord()));
        Assert.Equal(Hex(plain.EncodeSummary()), Hex(kept.EncodeSummary()));
        var read = KeptVersion.Decode(Key, Reading(kept.EncodeSummary(), kept.EncodeRecord()), isLatest: true).Version;
        Assert.Equal((kept.Version.Retention, kept.Version.LegalHold), (read.Retention, read.LegalHold));

        var upload = new UploadRecord
        {
            UploadId = KeptUpload.FormatId(Id),
            Key = Key,
            Initiated = Time,
            OwnerId = "o",
            Retention = new(RetentionMode.Governance, Time),
            LegalHold = false,
        };
        Assert.Equal("1601" + "18FBD8C1A28C34" + "1A01", Hex(KeptUpload.EncodeRecord(upload)));
        var begun = KeptUpload.Decode(
            Key, Id, Reading(KeptUpload.EncodeSummary(upload), KeptUpload.EncodeRecord(upload)));
        Assert.Equal((upload.Retention, upload.LegalHold), (begun.Retention, begun.LegalHold));

        var ofDays = new DefaultRetention(RetentionMode.Governance, 36_500, IsInYears: false);
        var ofYears = new DefaultRetention(RetentionMode.Compliance, 100, IsInYears: true);
        Assert.Equal(("01008E94", "02010064"), (Hex(ofDays.ToDocument()), Hex(ofYears.ToDocument())));
        Assert.Equal(ofDays, DefaultRetention.FromDocument(ofDays.ToDocument()));
        Assert.Equal(ofYears, DefaultRetention.FromDocument(ofYears.ToDocument()));
        Assert.Throws<CorruptDataException>(() => DefaultRetention.FromDocument(new byte[] { 3, 0, 0, 1 }));
    }

    [Fact]
    public void An_older_version_s_successor()
    {
        var plain = Version();
        var kept = plain with { Version = plain.Version with { Successor = 300 } };
        Assert.Equal(Hex(plain.EncodeSummary()) + "24AC02", Hex(kept.EncodeSummary()));
        Assert.Equal(Hex(plain.EncodeRecord()), Hex(kept.EncodeRecord()));
        Assert.Equal(300ul, KeptVersion.DecodeSummary(Key, kept.EncodeSummary(), false, out _).Successor);
        Assert.Equal(
            300ul, KeptVersion.Decode(Key, Reading(kept.EncodeSummary(), kept.EncodeRecord()), false).Version.Successor);
    }

    [Fact]
    public void Places_restores_and_accesses()
    {
        var plain = Version();
        var kept = plain with
        {
            Content = new ContentReference(ContentKind.Blob, Id, 7),
            Version = plain.Version with
            {
                Storage = StorageState.Of("GLACIER") with
                {
                    Restore = new(Time, Time.AddSeconds(1), Time.AddDays(1), RetrievalTier.Bulk),
                    AccessedUntil = Time,
                },
            },
        };
        Assert.EndsWith("1CFBD8C1A28C34" + "1EE3E0C1A28C34" + "20FB90DBCB8C34" + "2203", Hex(kept.EncodeSummary()));
        Assert.EndsWith("2407" + "26FBD8C1A28C34", Hex(kept.EncodeRecord()));
        var read = KeptVersion.Decode(Key, Reading(kept.EncodeSummary(), kept.EncodeRecord()), isLatest: true);
        Assert.Equal((kept.Version.Storage, kept.Content), (read.Version.Storage, read.Content));
        Assert.Equal(
            kept.Version.Storage.Restore, KeptVersion.DecodeSummary(Key, kept.EncodeSummary(), true, out _).Storage.Restore);
        Assert.Equal(StorageState.Of("GLACIER"), (read.Version with { StorageClass = "GLACIER" }).Storage);

        var content = new KeptContent(ContentKind.Blob, 3, 1000, 7);
        Assert.Equal("0202" + "0403" + "06E807" + "0807", Hex(content.Encode()));
        Assert.Equal(content, KeptContent.Decode(Reading(content.Encode(), default)));
        ManifestPart[] parts = [new(1, 5, Id, null, 7)];
        Assert.EndsWith("0E07", Hex(KeptManifest.Encode(parts)));
        Assert.Equal(parts, KeptManifest.Decode(Reading(default, KeptManifest.Encode(parts))));
        var part = new KeptPart(new UploadPart(1, 5, "e", Time, null), Id, 7);
        Assert.EndsWith("1407", Hex(part.EncodeSummary()));
        Assert.Equal(part, KeptPart.DecodeSummary(Reading(part.EncodeSummary(), default) with { Key = MetadataKeys.Part(Id, 1) }));
        KeptPlace[] places = [new(1, "A", "/a"), new(2, "B", "/b")];
        Assert.Equal("0309" + "0201" + "050141" + "07022F61" + "0309" + "0202" + "050142" + "07022F62", Hex(KeptPlace.Encode(places)));
        Assert.Equal(places, KeptPlace.Decode(KeptPlace.Encode(places)));
        KeptPlace[] exchanged = [new(1, "A", "/a", Id), new(2, "B", "/b", Guid.Empty, Id)];
        var id = Convert.ToHexString(Id.ToByteArray(bigEndian: true));
        Assert.Equal(
            "031B" + "0201" + "050141" + "07022F61" + "0910" + id + "031B" + "0202" + "050142" + "07022F62" + "0B10" + id,
            Hex(KeptPlace.Encode(exchanged)));
        Assert.Equal(exchanged, KeptPlace.Decode(KeptPlace.Encode(exchanged)));
        Assert.Equal("storage-places", KeptPlace.DocumentName);
    }

    [Fact]
    public void A_bucket()
    {
        var bucket = new BucketRecord
        {
            Id = 5,
            Name = "n",
            Created = Time,
            OwnerId = "o",
            Region = "r",
            Versioning = VersioningState.Suspended,
            ObjectLockEnabled = true,
            Tags = [new Tag("t", "v")],
            Settings = BucketSettings.None.With(BucketSetting.Cors, "c"u8.ToArray()).With(BucketSetting.Policy, "p"u8.ToArray()),
        };
        Assert.Equal(
            "0205" + "05016E" + "06FBD8C1A28C34" + "09016F" + "0B0172" + "0C02" + "0E01" + "1106030174050176"
            + "130502010501" + "70" + "130502050501" + "63",
            Hex(KeptBucket.Encode(bucket)));
        var read = KeptBucket.Decode(Reading(default, KeptBucket.Encode(bucket)));
        Assert.Equal(bucket.Tags, read.Tags);
        Assert.Equal("p"u8.ToArray(), read.Settings.Find(BucketSetting.Policy)!.Bytes.ToArray());
        Assert.Equal(
            bucket with { Tags = [], Settings = BucketSettings.None },
            read with { Tags = [], Settings = BucketSettings.None });
    }

    [Fact]
    public void An_upload_its_parts_and_what_it_is_completed_to()
    {
        var upload = new UploadRecord
        {
            UploadId = KeptUpload.FormatId(Id),
            Key = Key,
            Initiated = Time,
            OwnerId = "o",
            StorageClass = "C",
            ChecksumAlgorithm = ChecksumAlgorithm.Sha1,
            ChecksumType = ChecksumType.Composite,
            Metadata = Version().Version.Metadata,
            Tags = [new Tag("t", "v")],
            InitiatorId = "i",
            Acl = new SettingDocument("a"u8.ToArray()),
        };
        Assert.Equal(
            "02FBD8C1A28C34" + "07016F" + "090143" + "0A04" + "0C02" + "110169", Hex(KeptUpload.EncodeSummary(upload)));
        Assert.Equal(
            "0F20" + "ABABABABABABABABABABABABABABABAB" + "ABABABABABABABABABABABABABABABAB",
            Hex(KeptUpload.EncodeSummary(upload with { InitiatorId = Version().Version.OwnerId }))[^68..]);
        Assert.Equal(
            "030174" + "050163" + "070164" + "090165" + "0B016C" + "0D0178" + "0F0177"
            + "1106030161050162" + "1306030174050176" + "150161",
            Hex(KeptUpload.EncodeRecord(upload)));
        var read = KeptUpload.Decode(
            Key, Id, Reading(KeptUpload.EncodeSummary(upload), KeptUpload.EncodeRecord(upload)));
        Assert.Equal(Hex(KeptUpload.EncodeSummary(upload)), Hex(KeptUpload.EncodeSummary(read)));
        Assert.Equal(Hex(KeptUpload.EncodeRecord(upload)), Hex(KeptUpload.EncodeRecord(read)));

        var checksum = new ObjectChecksum(ChecksumAlgorithm.Crc32, ChecksumType.FullObject, new byte[] { 1, 2, 3, 4 });
        var part = new KeptPart(
            new UploadPart(7, 5, "d41d8cd98f00b204e9800998ecf8427e", Time, checksum), Id);
        Assert.Equal(
            "0205" + "0510D41D8CD98F00B204E9800998ECF8427E" + "0AFBD8C1A28C34" + "0C01" + "0E01" + "110401020304"
            + "131000112233445566778899AABBCCDDEEFF",
            Hex(part.EncodeSummary()));
        Assert.Equal(part, KeptPart.DecodeSummary(
            Reading(part.EncodeSummary(), default) with { Key = MetadataKeys.Part(Id, 7) }));
        Assert.Equal("0302AABB", Hex(KeptPart.EncodeRecord([0xAA, 0xBB])));

        ManifestPart[] parts = [new(7, 5, Id, checksum), new(8, 0, Id, null)];
        Assert.Equal(
            "0320" + "0207" + "0405" + "071000112233445566778899AABBCCDDEEFF" + "0801" + "0A01" + "0D0401020304"
            + "0314" + "0208" + "071000112233445566778899AABBCCDDEEFF",
            Hex(KeptManifest.Encode(parts)));
        Assert.Equal(parts, KeptManifest.Decode(Reading(default, KeptManifest.Encode(parts))));

        Assert.Equal("02FBD8C1A28C34", Hex(KeptCompletion.EncodeSummary(Time)));
        var completion = Reading(default, KeptCompletion.EncodeRecord(5, Version()));
        Assert.StartsWith("0205" + "05046B2FC3A9" + "07", Hex(completion.Record), StringComparison.Ordinal);
        Assert.Equal(Version().Version.ETag, KeptCompletion.Decode(5, Key, completion)?.ETag);
        Assert.Null(KeptCompletion.Decode(6, Key, completion));
    }

    [Fact]
    public void Contents_null_pointers_and_documents()
    {
        var content = new KeptContent(ContentKind.Blob, 3, 1000);
        Assert.Equal("0202" + "0403" + "06E807", Hex(content.Encode()));
        Assert.Equal(content, KeptContent.Decode(Reading(content.Encode(), default)));
        Assert.Equal("020A", Hex(NullPointer.Encode(10)));
        Assert.Equal(10UL, NullPointer.Decode(Reading(default, NullPointer.Encode(10))));
        Assert.Equal("0303" + "7B217D", Hex(KeptDocument.Encode("{!}"u8)));
        Assert.Equal("{!}"u8.ToArray(), KeptDocument.Decode(Reading(default, KeptDocument.Encode("{!}"u8))).ToArray());
        Assert.Equal("0300", Hex(KeptDocument.Encode([])));
    }

    [Fact]
    public void Fields_of_a_later_version_are_skipped()
    {
        var kept = Version();
        var later = new FieldWriter();
        later.Number(100, 5UL);
        later.Text(101, "more");
        byte[] summary = [.. kept.EncodeSummary().Span, .. later.Written.Span];
        byte[] record = [.. later.Written.Span, .. kept.EncodeRecord().Span];
        var read = KeptVersion.Decode(Key, Reading(summary, record), isLatest: true);
        Assert.Equal(Hex(kept.EncodeSummary()), Hex(read.EncodeSummary()));
        Assert.Equal(Hex(kept.EncodeRecord()), Hex(read.EncodeRecord()));
    }

    [Fact]
    public void A_record_cut_anywhere_within_a_field_is_damage()
    {
        var record = Version().EncodeRecord();
        Assert.Throws<CorruptDataException>(() => KeptVersion.Decode(Key, Reading(default, record[..^1]), true));
        Assert.Throws<CorruptDataException>(() => KeptVersion.Decode(Key, Reading(default, new byte[] { 0x80 }), true));
    }

    [Fact]
    public void ETags_and_owners_of_any_form_come_back()
    {
        foreach (var eTag in (string[])
        [
            "", "d41d8cd98f00b204e9800998ecf8427e", "D41D8CD98F00B204E9800998ECF8427E", "weird",
            "d41d8cd98f00b204e9800998ecf8427e-1", "d41d8cd98f00b204e9800998ecf8427e-10000",
            "d41d8cd98f00b204e9800998ecf8427e-01", "d41d8cd98f00b204e9800998ecf8427e-",
            "d41d8cd98f00b204e9800998ecf8427e0",
        ])
        {
            foreach (var owner in (string[])["", "me", new string('a', 64), new string('A', 64), new string('g', 64)])
            {
                var kept = Version() with { Version = Version().Version with { ETag = eTag, OwnerId = owner } };
                var read = KeptVersion.DecodeSummary(Key, kept.EncodeSummary(), true, out _);
                Assert.Equal((eTag, owner), (read.ETag, read.OwnerId));
            }
        }
    }

    [Fact]
    public void Version_ids_give_their_sequence_back_and_nothing_else_does()
    {
        var id = VersionIds.Make(638_000_000_000_000_000, 0x0102030405060708);
        Assert.Equal(32, id.ToString().Length);
        Assert.True(VersionIds.TryRead(VersionId.Parse(id.ToString()), out var sequence, out var nonce));
        Assert.Equal((638_000_000_000_000_000UL, 0x0102030405060708UL), (sequence, nonce));
        var text = id.ToString();
        foreach (var other in (string[])["null", "", "x", text[1..], text[..31] + "!", new string('A', 32)])
        {
            Assert.False(VersionIds.TryRead(VersionId.Parse(other), out _, out _));
        }
    }

    private static KeptVersion Version() => new(
        new ObjectVersion
        {
            Key = Key,
            VersionId = VersionIds.Make(10, 0x0102030405060708),
            Sequence = 10,
            LastModified = Time,
            IsLatest = true,
            Size = 5,
            ETag = "d41d8cd98f00b204e9800998ecf8427e-2",
            OwnerId = string.Concat(Enumerable.Repeat("ab", 32)),
            StorageClass = "STANDARD_IA",
            Checksum = new ObjectChecksum(ChecksumAlgorithm.Crc32, ChecksumType.Composite, new byte[] { 1, 2, 3, 4 }),
            PartCount = 2,
            Tags = [new Tag("t", "v")],
            Acl = new SettingDocument("a"u8.ToArray()),
            Metadata = new ObjectMetadata
            {
                ContentType = "t",
                CacheControl = "c",
                ContentDisposition = "d",
                ContentEncoding = "e",
                ContentLanguage = "l",
                Expires = "x",
                WebsiteRedirectLocation = "w",
                User = [new("a", "b")],
            },
        },
        new ContentReference(ContentKind.Manifest, Id));

    private static string Numbers<T>()
        where T : struct, Enum =>
        string.Join(' ', Enum.GetValues<T>().Select(value => $"{value}={value:D}"));

    private static string Hex(ReadOnlyMemory<byte> bytes) => Convert.ToHexString(bytes.Span);

    private static MetadataReading Reading(ReadOnlyMemory<byte> summary, ReadOnlyMemory<byte> record) =>
        new(default, 1, 1, summary, record, default);
}
