// Writes to a store until it is killed, and says on standard output what it is about to do and what was acknowledged.
using ObjectServer.CrashWriter;
using ObjectServer.Storage;
using ObjectServer.Storage.Index;
using ObjectServer.Storage.Model;

var (directory, round) = (args[0], int.Parse(args[1], System.Globalization.CultureInfo.InvariantCulture));
var engine = IndexEngineNames.Parse(args[2])!.Value;
var cancellation = CancellationToken.None;
await using var store = await LocalStore.OpenAsync(CrashStore.Options(directory, engine), TimeProvider.System, cancellation);
var bucket = (await store.Buckets.CreateAsync(CrashStore.Bucket, "owner", "region", false, cancellation)).Bucket;
using var output = Console.OpenStandardOutput();
var gate = new Lock();
await Task.WhenAll(Enumerable.Range(0, CrashStore.Workers).Select(worker => Task.Run(() => WorkAsync(worker))));

async Task WorkAsync(int worker)
{
    var random = new Random(HashCode.Combine(round, worker));
    for (var step = 0; ; step++)
    {
        var key = CrashStore.Key(worker, random.Next(CrashStore.KeysPerWorker));
        var length = random.Next(3) == 0 ? random.Next(200_000) : random.Next(3000);
        var content = new CrashContent((((round * CrashStore.Workers) + worker) * 100_000) + step, length);
        var move = random.Next(10);
        if (move == 0)
        {
            content = CrashContent.Absent;
        }

        Say($"TRY {key} {content}");
        if (move == 0)
        {
            await store.Objects.DeleteAsync(
                bucket, ObjectKey.Parse(key), null, "owner", WriteConditions.None, cancellation);
        }
        else if (move <= 2)
        {
            await UploadAsync(key, content);
        }
        else
        {
            await using var written = await store.Objects.BeginContentAsync(null, cancellation);
            await written.WriteAsync(content.Bytes(), cancellation);
            await store.Objects.PutAsync(bucket, content.Object(key), written, cancellation);
        }

        Say($"ACK {key} {content}");
    }
}

async Task UploadAsync(string key, CrashContent content)
{
    var upload = await store.Uploads.CreateAsync(
        bucket, new NewUpload { Key = ObjectKey.Parse(key), OwnerId = "owner" }, cancellation);
    var parts = new List<UploadPart>();
    foreach (var bytes in content.Bytes().Chunk(60_000))
    {
        await using var written = await store.Objects.BeginContentAsync(bytes.Length, cancellation);
        await written.WriteAsync(bytes, cancellation);
        var outcome = await store.Uploads.PutPartAsync(
            bucket, upload!, parts.Count + 1, "part", null, written, cancellation);
        parts.Add(((PartOutcome.Written)outcome).Part);
    }

    await store.Uploads.CompleteAsync(
        bucket,
        new UploadCompletion { Upload = upload!, Parts = parts, ETag = content.ToString() },
        cancellation);
}

void Say(string line)
{
    lock (gate)
    {
        output.Write(System.Text.Encoding.ASCII.GetBytes(line + "\n"));
    }
}
