// Writes to a store until it is killed, or until it dies at a named point, and says on standard output what it is about
// to do and what was acknowledged.
using System.Globalization;
using ObjectServer.CrashWriter;
using ObjectServer.Storage;
using ObjectServer.Storage.Disk;
using ObjectServer.Storage.Index;
using ObjectServer.Storage.Model;

var (directory, round) = (args[0], int.Parse(args[1], CultureInfo.InvariantCulture));
var engine = IndexEngineNames.Parse(args[2])!.Value;
var (name, occurrence) = (args[3], int.Parse(args[4], CultureInfo.InvariantCulture));
var cancellation = CancellationToken.None;
using var output = Console.OpenStandardOutput();
var gate = new Lock();
await using var store = await LocalStore.OpenAsync(
    CrashStore.Options(directory, engine),
    new DeadlyDisk(SystemDisk.Instance, new KillPoint(name, occurrence, Say)),
    TimeProvider.System,
    _ => { },
    cancellation);
var bucket = (await store.Buckets.CreateAsync(CrashStore.Bucket, "owner", "region", false, cancellation)).Bucket;
await Task.WhenAll(Enumerable.Range(0, CrashStore.Workers).Select(worker => Task.Run(() => WorkAsync(worker))));

async Task WorkAsync(int worker)
{
    var random = new Random(HashCode.Combine(round, worker));
    for (var step = 0; ; step++)
    {
        var key = CrashStore.Key(worker, random.Next(CrashStore.KeysPerWorker));
        var length = random.Next(3) == 0 ? random.Next(50_000) : random.Next(3000);
        var storageClass = CrashStore.Classes[random.Next(CrashStore.Classes.Count)];
        var content = new CrashContent((((round * CrashStore.Workers) + worker) * 10_000) + step, length, storageClass);
        switch (random.Next(14))
        {
            case 1:
                await ExpireAsync(worker, random);
                continue;
            case 0:
                content = CrashContent.Absent;
                Say($"TRY {key} {content}");
                await store.Objects.DeleteAsync(
                    bucket,
                    ObjectKey.Parse(key),
                    null,
                    "owner",
                    WriteConditions.None,
                    bypassesGovernance: false,
                    cancellation);
                break;
            case 2:
                Say($"TRY {key} {content}");
                Require(await UploadAsync(key, content), true);
                break;
            case 3:
                var from = ObjectKey.Parse(CrashStore.Key(worker, random.Next(CrashStore.KeysPerWorker)));
                if (await store.Objects.FindAsync(bucket, from, null, cancellation) is not { } source)
                {
                    continue;
                }

                content = CrashContent.Of(source) with { Class = storageClass };
                Say($"TRY {key} {content}");
                Require(
                    await store.Objects.CopyAsync(bucket, source, bucket, content.Object(key), cancellation), true);
                break;
            case 4:
                // Nobody else writes this worker's keys, so it knows how a condition must be judged.
                var current = await store.Objects.FindAsync(bucket, ObjectKey.Parse(key), null, cancellation);
                Require(await PutAsync(key, content, new WriteConditions { IfMatch = ["other"] }), false);
                content = content with { Seed = content.Seed + 5_000 };
                Say($"TRY {key} {content}");
                Require(
                    await PutAsync(key, content, current is null
                        ? new WriteConditions { IfNoneMatch = ["*"] }
                        : new WriteConditions { IfMatch = [current.ETag] }),
                    true);
                break;
            case 5 or 6:
                if (await store.Objects.FindAsync(bucket, ObjectKey.Parse(key), null, cancellation) is not { } found)
                {
                    continue;
                }

                content = CrashContent.Of(found) with { Class = storageClass };
                Say($"TRY {key} {content}");
                var outcome = await store.Objects.MoveAsync(bucket, found, storageClass, cancellation);
                var expected = found.StorageClass == storageClass
                    ? TransitionOutcome.AlreadyThere
                    : TransitionOutcome.Moved;
                if (outcome != expected)
                {
                    throw new InvalidOperationException($"Unexpected outcome: {outcome}");
                }

                break;
            default:
                Say($"TRY {key} {content}");
                Require(await PutAsync(key, content, WriteConditions.None), true);
                break;
        }

        Say($"ACK {key} {content}");
    }
}

// What lifecycle rules end, they end many at a time.
async Task ExpireAsync(int worker, Random random)
{
    var expired = new List<ExpiredVersion>();
    for (var at = 0; at < CrashStore.KeysPerWorker; at++)
    {
        var key = ObjectKey.Parse(CrashStore.Key(worker, at));
        if (random.Next(3) == 0 && await store.Objects.FindAsync(bucket, key, null, cancellation) is { } found)
        {
            expired.Add(new ExpiredVersion(key, found.Sequence, Expiry.Current, found.Tags));
            Say($"TRY {key} {CrashContent.Absent}");
        }
    }

    var outcomes = await store.Objects.ExpireAsync(bucket, expired, cancellation);
    if (outcomes.Any(outcome => outcome != ExpiryOutcome.Removed))
    {
        throw new InvalidOperationException($"Unexpected outcomes: {string.Join(", ", outcomes)}");
    }

    expired.ForEach(version => Say($"ACK {version.Key} {CrashContent.Absent}"));
}

async Task<WriteOutcome> PutAsync(string key, CrashContent content, WriteConditions conditions)
{
    await using var written = await store.Objects.BeginContentAsync(
        content.Class, content.Seed % 2 == 0 ? content.Length : null, cancellation);
    await written.WriteAsync(content.Bytes(), cancellation);
    return await store.Objects.PutAsync(bucket, content.Object(key, conditions), written, cancellation);
}

async Task<WriteOutcome> UploadAsync(string key, CrashContent content)
{
    var upload = await store.Uploads.CreateAsync(
        bucket,
        new NewUpload { Key = ObjectKey.Parse(key), OwnerId = "owner", StorageClass = content.Class },
        cancellation);
    var parts = new List<UploadPart>();
    foreach (var bytes in content.Bytes().Chunk(20_000))
    {
        await using var written = await store.Objects.BeginContentAsync(content.Class, bytes.Length, cancellation);
        await written.WriteAsync(bytes, cancellation);
        var outcome = await store.Uploads.PutPartAsync(
            bucket, upload!, parts.Count + 1, "part", null, written, cancellation);
        parts.Add(((PartOutcome.Written)outcome).Part);
    }

    return await store.Uploads.CompleteAsync(
        bucket,
        new UploadCompletion { Upload = upload!, Parts = parts, ETag = content.ETag },
        cancellation);
}

void Require(WriteOutcome outcome, bool isWritten)
{
    if (outcome is WriteOutcome.Written != isWritten)
    {
        throw new InvalidOperationException($"Unexpected outcome: {outcome}");
    }
}

void Say(string line)
{
    lock (gate)
    {
        output.Write(System.Text.Encoding.ASCII.GetBytes(line + "\n"));
    }
}
