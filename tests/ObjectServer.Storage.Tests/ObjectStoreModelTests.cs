using System.Security.Cryptography;
using CsCheck;
using ObjectServer.CrashWriter;
using ObjectServer.Storage.Blobs;
using ObjectServer.Storage.Metadata;
using ObjectServer.Storage.Model;
using ObjectServer.Storage.Records;
using ObjectServer.Storage.Tests.Disk;
using ObjectServer.Storage.Tests.Journal;

namespace ObjectServer.Storage.Tests;

/// <summary>
/// Random histories against a model of S3 that is nothing but lists: after every step the store answers gets, listings
/// and version listings as the model does, and holds exactly the blobs that its versions reference.
/// </summary>
public sealed class ObjectStoreModelTests
{
    private static readonly string[] Keys = ["a", "a/", "a/b", "a\u0001", "\u00e9", "\ud83d\ude00"];

    private static readonly string[] Classes = ["STANDARD", StorageRig.SlowClass, "GLACIER"];

    private enum Move
    {
        Put,
        Delete,
        DeleteVersion,
        Copy,
        Rename,
        Upload,
        AbortedUpload,
        Tag,
        Version,
        Transition,
    }

    [Fact]
    public Task Any_history_in_memory_ends_as_the_model_does() =>
        Histories(1, 60).SampleAsync(async history =>
        {
            await using var rig = StorageRig.InMemory();
            await RunAsync(rig, history, "bucket");
        }, iter: 300, threads: 2);

    [Fact]
    public async Task Any_history_on_the_disk_ends_as_the_model_does()
    {
        using var journal = new JournalFixture();
        using var blobs = new TemporaryDirectory();
        using var slow = new TemporaryDirectory();
        await using var rig = new StorageRig(
            journal.Open(), new FileBlobStore(blobs.Root, 0, TimeProvider.System), TimeProvider.System,
            slow: new FileBlobStore(slow.Root, 0, TimeProvider.System, place: 1));
        var names = 0;
        await Histories(1, 40).SampleAsync(
            history => RunAsync(rig, history, $"bucket-{names++}"), iter: 15, threads: 1);
    }

    private static Gen<(Move, int, int, int)[]> Histories(int shortest, int longest) =>
        Gen.Select(Gen.Enum<Move>(), Gen.Int[0, 5], Gen.Int[0, 5], Gen.Int[0, 40]).Array[shortest, longest];

    private static async Task RunAsync(StorageRig rig, (Move Move, int Key, int Other, int Size)[] history, string name)
    {
        var bucket = await rig.BucketAsync(name);
        var model = new Model();
        foreach (var (step, (move, at, to, size)) in history.Index())
        {
            var (key, other) = (Keys[at], Keys[to]);
            var bytes = SHA512.HashData(BitConverter.GetBytes(step))[..size];
            switch (move)
            {
                case Move.Put:
                    model.Push(key, await rig.PutAsync(bucket, key, bytes), bytes);
                    break;
                case Move.Upload:
                    var parts = bytes.Chunk(15).Append([]).ToArray();
                    model.Push(key, await rig.UploadAsync(bucket, key, parts), bytes);
                    break;
                case Move.AbortedUpload:
                    var upload = await rig.BeginUploadAsync(bucket, key);
                    await rig.PutPartAsync(bucket, upload, 1, bytes);
                    await rig.PutPartAsync(bucket, upload, 1, [1]);
                    Assert.Equal(AbortOutcome.Aborted, await rig.Uploads.AbortAsync(
                        bucket, upload.Key, upload.UploadId, null, TestContext.Current.CancellationToken));
                    break;
                case Move.Delete:
                    var outcome = Assert.IsType<DeleteOutcome.Deleted>(await rig.DeleteAsync(bucket, key));
                    model.Delete(key, outcome.VersionId, bucket.Versioning);
                    break;
                case Move.DeleteVersion:
                    var doomed = model.At(key, size % 4);
                    await rig.DeleteAsync(bucket, key, doomed?.Id ?? VersionId.Null);
                    model.DeleteVersion(key, doomed?.Id ?? VersionId.Null);
                    break;
                case Move.Copy when model.At(key, size % 4) is { IsMarker: false } copied:
                    var source = await rig.Objects.FindAsync(
                        bucket, ObjectKey.Parse(key), copied.Id, TestContext.Current.CancellationToken);
                    var copy = Assert.IsType<WriteOutcome.Written>(await rig.CopyAsync(
                        bucket, source!, other, storageClass: Classes[size % 3]));
                    model.Push(other, copy.Version, copied.Bytes);
                    break;
                case Move.Rename when model.At(key, 0) is { IsMarker: false } moved:
                    var leaving = await rig.Objects.FindAsync(
                        bucket, ObjectKey.Parse(key), null, TestContext.Current.CancellationToken);
                    var arrived = Assert.IsType<WriteOutcome.Written>(await rig.Objects.RenameAsync(
                        bucket,
                        leaving!,
                        ObjectKey.Parse(other),
                        WriteConditions.None,
                        TestContext.Current.CancellationToken)).Version;
                    if (key != other)
                    {
                        model.Push(other, arrived, moved.Bytes);
                        var left = await rig.Objects.FindAsync(
                            bucket, ObjectKey.Parse(key), null, TestContext.Current.CancellationToken);
                        model.Delete(key, left?.VersionId, bucket.Versioning);
                    }

                    break;
                case Move.Tag when model.At(key, size % 4) is { IsMarker: false } tagged:
                    var updated = await rig.Objects.UpdateAsync(
                        bucket,
                        ObjectKey.Parse(key),
                        tagged.Id,
                        version => version with { Tags = [new Tag("step", $"{step}")] },
                        TestContext.Current.CancellationToken);
                    Assert.Single(updated!.Tags);
                    break;
                case Move.Transition when model.At(key, size % 4) is { } aged:
                    var before = await rig.Objects.FindAsync(
                        bucket, ObjectKey.Parse(key), aged.Id, TestContext.Current.CancellationToken);
                    var (wanted, moving) = (Classes[size % 3], before!);
                    var transition = await rig.Objects.MoveAsync(
                        bucket, moving, wanted, TestContext.Current.CancellationToken);
                    Assert.Equal(
                        aged.IsMarker ? TransitionOutcome.Gone
                        : moving.StorageClass == wanted ? TransitionOutcome.AlreadyThere
                        : TransitionOutcome.Moved,
                        transition);
                    var after = await rig.Objects.FindAsync(
                        bucket, ObjectKey.Parse(key), aged.Id, TestContext.Current.CancellationToken);
                    Assert.Equal(aged.IsMarker ? moving.StorageClass : wanted, after!.StorageClass);
                    Assert.Equal(
                        (moving.VersionId, moving.LastModified, moving.ETag, moving.Checksum, moving.PartCount),
                        (after.VersionId, after.LastModified, after.ETag, after.Checksum, after.PartCount));
                    Assert.Equal(moving.Tags, after.Tags);
                    break;
                case Move.Version:
                    bucket = await rig.SetVersioningAsync(
                        bucket.Name, size % 2 == 0 ? VersioningState.Enabled : VersioningState.Suspended);
                    break;
            }

            await CompareAsync(rig, bucket, model);
        }
    }

    private static async Task CompareAsync(StorageRig rig, BucketRecord bucket, Model model)
    {
        var versions = await rig.VersionsAsync(bucket);
        Assert.Equal(
            model.InOrder().Select(row => (row.Key, row.Version.Id, row.IsLatest, row.Version.IsMarker)),
            versions.Select(row => (row.Key.ToString(), row.VersionId, row.IsLatest, row.IsDeleteMarker)));

        var listed = await rig.Objects.ListAsync(
            bucket, new ObjectListing(default, default, default, 1000), TestContext.Current.CancellationToken);
        Assert.Equal(
            model.InOrder().Where(row => row.IsLatest && !row.Version.IsMarker)
                .Select(row => (row.Key, row.Version.Id, row.Version.Bytes.LongLength)),
            listed.Objects.Select(row => (row.Key.ToString(), row.VersionId, row.Size)));

        foreach (var key in Keys)
        {
            var current = model.At(key, 0);
            Assert.Equal(current is { IsMarker: false } ? current.Bytes : null, await rig.GetAsync(bucket, key));
            var found = await rig.Objects.FindAsync(
                bucket, ObjectKey.Parse(key), null, TestContext.Current.CancellationToken);
            Assert.Equal((current?.Id, current?.IsMarker), (found?.VersionId, found?.IsDeleteMarker));
        }

        foreach (var (key, version, _) in model.InOrder())
        {
            Assert.Equal(version.IsMarker ? null : version.Bytes, await rig.GetAsync(bucket, key, version.Id));
        }

        var tally = (await rig.Metadata.ReadTalliesAsync(TestContext.Current.CancellationToken))
            .SingleOrDefault(sums => sums.Group == bucket.Id);
        Assert.Equal(
            (model.InOrder().Count(), model.InOrder().Sum(row => row.Version.Bytes.LongLength)),
            (tally.Objects, tally.Bytes));
        await References.AssertExactAsync(rig);
    }

    /// <summary>Keys with their versions, newest first.</summary>
    private sealed class Model
    {
        private readonly SortedDictionary<ObjectKey, List<Row>> _keys = [];

        public sealed record Row(VersionId Id, bool IsMarker, byte[] Bytes);

        public void Push(string key, ObjectVersion version, byte[] bytes) =>
            Push(key, new Row(version.VersionId, IsMarker: false, bytes));

        public Row? At(string key, int age) =>
            _keys.GetValueOrDefault(ObjectKey.Parse(key)) is { Count: > 0 } rows ? rows[age % rows.Count] : null;

        public void Delete(string key, VersionId? marker, VersioningState versioning)
        {
            if (versioning == VersioningState.Unversioned)
            {
                DeleteVersion(key, VersionId.Null);
            }
            else
            {
                Push(key, new Row(marker!.Value, IsMarker: true, []));
            }
        }

        public void DeleteVersion(string key, VersionId id)
        {
            if (_keys.TryGetValue(ObjectKey.Parse(key), out var rows))
            {
                rows.RemoveAll(row => row.Id == id);
            }
        }

        public IEnumerable<(string Key, Row Version, bool IsLatest)> InOrder() =>
            _keys.SelectMany(pair => pair.Value.Select((row, age) => (pair.Key.ToString(), row, age == 0)));

        private void Push(string key, Row row)
        {
            if (row.Id.IsNull)
            {
                DeleteVersion(key, VersionId.Null);
            }

            if (!_keys.TryGetValue(ObjectKey.Parse(key), out var rows))
            {
                _keys.Add(ObjectKey.Parse(key), rows = []);
            }

            rows.Insert(0, row);
        }
    }
}

/// <summary>
/// What must hold of every store at rest: what is referenced is there, and what is there is referenced.
/// </summary>
internal static class References
{
    public static async Task AssertExactAsync(StorageRig rig)
    {
        var counted = new Dictionary<Guid, KeptContent>();
        foreach (var reading in await ScanAsync(rig, MetadataKeys.ContentSpace))
        {
            counted.Add(MetadataKeys.Id(reading.Key.Span), KeptContent.Decode(reading));
        }

        var references = new Dictionary<Guid, ulong>();
        foreach (var space in (byte[])[MetadataKeys.ObjectSpace, MetadataKeys.MarkerSpace, MetadataKeys.OlderSpace])
        {
            foreach (var reading in await ScanAsync(rig, space))
            {
                var full = await rig.Metadata.ReadAsync(reading.Key, TestContext.Current.CancellationToken);
                var version = KeptVersion.Decode(default, full, isLatest: false);
                var content = version.Content;
                await AssertPlaceAsync(rig, version);
                if (content.IsCounted)
                {
                    references[content.Id] = references.GetValueOrDefault(content.Id) + 1;
                }
            }
        }

        var manifests = await ScanAsync(rig, MetadataKeys.ManifestSpace);
        foreach (var reading in manifests)
        {
            var full = await rig.Metadata.ReadAsync(reading.Key, TestContext.Current.CancellationToken);
            foreach (var part in KeptManifest.Decode(full))
            {
                references.Add(part.Blob, 1);
            }
        }

        foreach (var reading in await ScanAsync(rig, MetadataKeys.PartSpace))
        {
            references.Add(KeptPart.DecodeSummary(reading).Blob, 1);
        }

        Assert.Equal(
            references.OrderBy(pair => pair.Key),
            counted.Select(pair => KeyValuePair.Create(pair.Key, pair.Value.References)).OrderBy(pair => pair.Key));
        Assert.Equal(
            counted.Where(pair => pair.Value.Kind == ContentKind.Manifest).Select(pair => pair.Key).Order(),
            manifests.Select(reading => MetadataKeys.Id(reading.Key.Span)).Order());
        var slow = counted.Values.Where(content => content.Place == 1).ToList();
        Assert.Equal(
            (slow.Count, slow.Sum(content => content.Length)),
            (await rig.Metadata.ReadTalliesAsync(TestContext.Current.CancellationToken))
                .Where(tally => tally.Group == 1).Select(tally => (tally.Objects, tally.Bytes)).SingleOrDefault());
        Assert.Equal(
            counted.Where(pair => pair.Value.Kind == ContentKind.Blob)
                .Select(pair => (pair.Key, pair.Value.Length)).Order(),
            (await rig.BlobsAsync()).Select(blob => (blob.Id.Value, blob.Length)).Order());
    }

    /// <summary>The bytes of a version lie where those of its class do.</summary>
    private static async Task AssertPlaceAsync(StorageRig rig, KeptVersion kept)
    {
        var place = rig.Contents.Blobs.Of(kept.Version.StorageClass);
        switch (kept.Content.Kind)
        {
            case ContentKind.Inline:
                Assert.True(place == 0 || kept.Version.Size == 0);
                break;
            case ContentKind.Blob:
                Assert.Equal(place, kept.Content.Place);
                break;
            case ContentKind.Manifest:
                var manifest = await rig.Metadata.ReadAsync(
                    MetadataKeys.Manifest(kept.Content.Id), TestContext.Current.CancellationToken);
                Assert.All(KeptManifest.Decode(manifest), part => Assert.Equal(place, part.Place));
                break;
        }
    }

    private static async Task<IReadOnlyList<MetadataReading>> ScanAsync(StorageRig rig, byte space) =>
        await rig.Metadata.ScanAsync(
            MetadataRange.WithPrefix(MetadataKeys.Space(space)), int.MaxValue, TestContext.Current.CancellationToken);
}
