using System.Collections.Concurrent;
using System.Threading.Channels;
using ObjectServer.Storage.Model;
using ObjectServer.Storage.Records;

namespace ObjectServer.Storage;

/// <summary>
/// Which versions were read lately. A read waits for no write: marks gather in memory, a bounded number of them, and
/// are written with the versions in the background, many in one sync. A mark says up to when a version counts as read,
/// e.g. the end of the day, so that a version is written once a day however often it is read.
/// </summary>
/// <remarks>A crash loses the marks of the last seconds.</remarks>
public sealed class AccessMarks : IAsyncDisposable
{
    /// <summary>Who comes beyond waits until those before are written.</summary>
    private const int MaxWaiting = 65_536;

    private const int WrittenAtOnce = 256;

    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    private readonly ConcurrentDictionary<Mark, DateTimeOffset> _waiting = new();
    private readonly SemaphoreSlim _turn = new(1, 1);

    /// <summary>
    /// Holds something while a mark waits that nobody has set out to write: who is idle does not wake up.
    /// </summary>
    private readonly Channel<bool> _noted = Channel.CreateBounded<bool>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly CancellationTokenSource _closing = new();
    private readonly ObjectStore _objects;
    private readonly TimeProvider _time;
    private readonly Task _writing;

    internal AccessMarks(ObjectStore objects, TimeProvider time)
    {
        _objects = objects;
        _time = time;
        _writing = Task.Run(WriteNowAndThenAsync);
    }

    /// <summary>Marks that are not written yet.</summary>
    public int Waiting => _waiting.Count;

    /// <summary>Marks a version as read.</summary>
    /// <param name="bucket">Its bucket.</param>
    /// <param name="version">As it was found.</param>
    /// <param name="until">Up to when it counts as read.</param>
    public ValueTask NoteAsync(BucketRecord bucket, ObjectVersion version, DateTimeOffset until)
    {
        _waiting[new Mark(bucket.Name, version.Key, version.Sequence)] = KeptTime.Of(until);
        _noted.Writer.TryWrite(true);
        return _waiting.Count < MaxWaiting ? ValueTask.CompletedTask : new ValueTask(FlushAsync());
    }

    /// <summary>Writes all that wait.</summary>
    public async Task FlushAsync()
    {
        await _turn.WaitAsync();
        try
        {
            foreach (var marks in _waiting.Chunk(WrittenAtOnce))
            {
                await Task.WhenAll(marks.Select(WriteAsync));
            }
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Writes all that wait, and ends.</summary>
    public async ValueTask DisposeAsync()
    {
        await _closing.CancelAsync();
        await _writing;
        await FlushAsync();
        _closing.Dispose();
        _turn.Dispose();
    }

    private async Task WriteAsync(KeyValuePair<Mark, DateTimeOffset> waiting)
    {
        var (mark, until) = waiting;
        try
        {
            await _objects.MarkAccessAsync(mark.Bucket, mark.Key, mark.Sequence, until, CancellationToken.None);
        }
        catch (IOException)
        {
            // A store that takes no writes, or a damaged record: whoever writes to it or reads it next hears of that.
        }

        _waiting.TryRemove(waiting);
    }

    private async Task WriteNowAndThenAsync()
    {
        try
        {
            while (true)
            {
                await _noted.Reader.ReadAsync(_closing.Token);
                await Task.Delay(Interval, _time, _closing.Token);
                await FlushAsync();
            }
        }
        catch (OperationCanceledException)
        {
            // The store is closing.
        }
    }

    private readonly record struct Mark(string Bucket, ObjectKey Key, ulong Sequence);
}
