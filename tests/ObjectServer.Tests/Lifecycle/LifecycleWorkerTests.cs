using System.Buffers;
using Microsoft.Extensions.Logging.Abstractions;
using ObjectServer.Lifecycle;
using ObjectServer.Storage;
using ObjectServer.Storage.Model;
using ObjectServer.Xml;

namespace ObjectServer.Tests.Lifecycle;

public sealed class LifecycleWorkerTests
{
    private const string Owner = "75aa57f09aa0c8caeab4f8c24e99d10f8e7faeebf76c078efc7c6caea54ba06a";
    private const int Objects = 1200;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_worker_that_was_stopped_is_gone_on_with_after_a_restart_and_once_the_pass_is_over_it_rests()
    {
        using var directory = new TemporaryDirectory();
        var time = new SetTime();
        LifecyclePosition? stopped;
        await using (var store = await OpenAsync(directory, time))
        {
            await FillAsync(store);
            time.Now = time.Now.AddDays(5);

            // Slow enough to be stopped amid the pass.
            using var stop = new CancellationTokenSource();
            var working = Worker(store, time, rate: 5000).RunAsync(stop.Token);
            await WaitUntilAsync(store, count => count < Objects - 200);
            await stop.CancelAsync();
            await working;
            stopped = await LifecyclePosition.LoadAsync(store.Documents, Cancellation);
            Assert.True(stopped is { IsOver: false, Bucket: "bucket", After.Length: > 0 });
            Assert.InRange(await CountAsync(store), 1, Objects - 200);
        }

        await using (var store = await OpenAsync(directory, time))
        {
            using var stop = new CancellationTokenSource();
            var began = stopped.Began;
            time.Now = time.Now.AddHours(1);
            var working = Worker(store, time, rate: null).RunAsync(stop.Token);
            await WaitUntilAsync(store, count => count == 0);
            while (await LifecyclePosition.LoadAsync(store.Documents, Cancellation) is { IsOver: false })
            {
                await Task.Delay(20, Cancellation);
            }

            await stop.CancelAsync();
            await working;
            Assert.Equal(began, (await LifecyclePosition.LoadAsync(store.Documents, Cancellation))!.Began);
        }
    }

    private static ValueTask<LocalStore> OpenAsync(TemporaryDirectory directory, TimeProvider time) => LocalStore.OpenAsync(
        new() { DataDirectory = directory.File("data"), DiskReserveBytes = 0 }, time, Cancellation);

    private static LifecycleWorker Worker(LocalStore store, TimeProvider time, int? rate) =>
        new(store, new(TimeSpan.FromDays(1)), rate, metrics: null, time, NullLogger.Instance);

    private static async Task FillAsync(LocalStore store)
    {
        await store.Buckets.CreateAsync("bucket", Owner, "us-east-1", objectLock: false, Cancellation);
        await Task.WhenAll(Enumerable.Range(0, Objects).Select(at => PutAsync(store, $"key-{at:0000}")));
        var document = new ArrayBufferWriter<byte>();
        LifecycleDocument.WriteKept(new S3XmlWriter(document), new LifecycleConfiguration(
            [
                new()
                {
                    Id = "rule",
                    IsEnabled = true,
                    Filter = new(FilterForm.Single),
                    Expiration = new() { Days = 1 },
                },
            ],
            TransitionMinimum.AllStorageClasses128K));
        await store.Buckets.UpdateAsync(
            "bucket",
            bucket => bucket with { Settings = bucket.Settings.With(BucketSetting.Lifecycle, document.WrittenMemory) },
            Cancellation);
    }

    private static async Task PutAsync(LocalStore store, string key)
    {
        var bucket = (await store.Buckets.FindAsync("bucket", Cancellation))!;
        await using var content = await store.Objects.BeginContentAsync(null, Cancellation);
        await store.Objects.PutAsync(
            bucket,
            new() { Key = ObjectKey.Parse(key), ETag = "d41d8cd98f00b204e9800998ecf8427e", OwnerId = Owner },
            content,
            Cancellation);
    }

    private static async Task WaitUntilAsync(LocalStore store, Func<long, bool> isSo)
    {
        while (!isSo(await CountAsync(store)))
        {
            await Task.Delay(20, Cancellation);
        }
    }

    private static async Task<long> CountAsync(LocalStore store) =>
        (await store.ReadStatisticsAsync(Cancellation)).Objects;
}
