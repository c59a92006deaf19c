using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using ObjectServer.Bench.Load;
using ObjectServer.Storage;
using ObjectServer.Storage.Index;
using ObjectServer.Storage.Journal;
using ObjectServer.Storage.Model;

namespace ObjectServer.Bench.Fill;

/// <summary>What to put into which stopped store.</summary>
/// <param name="DataDirectory">The store.</param>
/// <param name="Engine">What keeps its index; null for what made the one that is there.</param>
/// <param name="Bucket">A bucket that a server made: the objects belong to its owner.</param>
/// <param name="Prefix">What every key begins with; the rest is as in the load driver, which then finds them.</param>
/// <param name="First">The number of the first object.</param>
/// <param name="Objects">How many.</param>
/// <param name="SizeBytes">Bytes of each.</param>
/// <param name="Writers">How many are being put at a time: with many, each sync of the journal is for many.</param>
internal sealed record FillPlan(
    string DataDirectory,
    IndexEngine? Engine,
    string Bucket,
    string Prefix,
    int First,
    int Objects,
    int SizeBytes,
    int Writers);

/// <summary>Puts objects through the store's own interface, durably, as the server would, but without HTTP.</summary>
internal sealed class FillRun(FillPlan plan, TextWriter progress)
{
    private static readonly TimeSpan ProgressInterval = TimeSpan.FromSeconds(10);

    private long _turn;

    /// <summary>Fills the bucket and closes the store, by which the index has taken everything.</summary>
    /// <returns>How long that took.</returns>
    /// <exception cref="InvalidOperationException">There is no such bucket.</exception>
    public async Task<TimeSpan> RunAsync()
    {
        var start = Stopwatch.GetTimestamp();
        var options = new LocalStoreOptions
        {
            DataDirectory = plan.DataDirectory,

            // A server refuses a write that waits too long for the index. Here waiting is all there is to do.
            Journal = new JournalOptions { IndexEngine = plan.Engine, MaxCommitWait = TimeSpan.FromDays(1) },
        };
        await using (var store = await LocalStore.OpenAsync(options, TimeProvider.System, CancellationToken.None))
        {
            var bucket = await store.Buckets.FindAsync(plan.Bucket, CancellationToken.None)
                ?? throw new InvalidOperationException($"There is no bucket '{plan.Bucket}'.");
            var bytes = Payload.OfSize(plan.SizeBytes).From(0);
#pragma warning disable CA5351 // S3's ETag is an MD5.
            var etag = Convert.ToHexStringLower(MD5.HashData(bytes.Span));
#pragma warning restore CA5351
            using var timer = new Timer(
                _ => Show(Stopwatch.GetElapsedTime(start)), null, ProgressInterval, ProgressInterval);
            await Task.WhenAll(Enumerable.Range(0, plan.Writers).Select(
                _ => Task.Run(() => WriteAsync(store, bucket, bytes, etag))));
        }

        return Stopwatch.GetElapsedTime(start);
    }

    private async Task WriteAsync(LocalStore store, BucketRecord bucket, ReadOnlyMemory<byte> bytes, string etag)
    {
        while (Interlocked.Increment(ref _turn) - 1 is var turn && turn < plan.Objects)
        {
            await using var content = await store.Objects.BeginContentAsync(bytes.Length, CancellationToken.None);
            await content.WriteAsync(bytes, CancellationToken.None);
            var written = new NewObject
            {
                Key = ObjectKey.Parse(RequestSource.KeyOf(plan.Prefix, plan.First + (int)turn)),
                ETag = etag,
                OwnerId = bucket.OwnerId,
            };
            var outcome = await store.Objects.PutAsync(bucket, written, content, CancellationToken.None);
            if (outcome is not WriteOutcome.Written)
            {
                throw new InvalidOperationException($"A put ended with {outcome}.");
            }
        }
    }

    private void Show(TimeSpan elapsed)
    {
        var written = Math.Min(Interlocked.Read(ref _turn), plan.Objects);
        progress.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{elapsed.TotalSeconds:F0} s: {written:N0} objects, {written / elapsed.TotalSeconds:N0}/s"));
    }
}
