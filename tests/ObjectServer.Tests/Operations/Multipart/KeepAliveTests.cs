using System.IO.Pipelines;
using System.Text;
using System.Threading.Channels;
using ObjectServer.Errors;
using ObjectServer.Operations.Multipart;

namespace ObjectServer.Tests.Operations.Multipart;

public sealed class KeepAliveTests
{
    private const string Declaration = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";

    private readonly HandTime _time = new();
    private readonly TaskCompletionSource<LateAnswer> _work = new();

    [Fact]
    public async Task Work_that_ends_soon_is_answered_with_its_headers()
    {
        _work.SetResult(Done());
        await using var response = await new KeepAlive(_time).AnswerAsync("R", _work.Task);
        Assert.Equal(200, response.StatusCode);
        Assert.Contains(new("x-amz-version-id", "v"), response.Headers);
        Assert.NotNull(response.Body!.Length);
    }

    [Fact]
    public async Task Work_that_fails_soon_has_a_status_of_its_own()
    {
        _work.SetResult(S3Errors.PreconditionFailed);
        await using var response = await new KeepAlive(_time).AnswerAsync("R", _work.Task);
        Assert.Equal(412, response.StatusCode);
        Assert.Equal("PreconditionFailed", response.Error!.Code);
    }

    [Fact]
    public async Task Work_that_takes_long_is_answered_after_white_space()
    {
        var (writing, reader) = await BeginLateAsync();
        await _time.RunOutNextAsync(KeepAlive.Pulse);
        await _time.RunOutNextAsync(KeepAlive.Pulse);
        _work.SetResult(Done());
        await writing;
        Assert.Equal(Declaration + "  <Done></Done>", await ReadAllAsync(reader));
    }

    [Fact]
    public async Task A_late_refusal_is_an_error_document_within_200()
    {
        var (writing, reader) = await BeginLateAsync();
        _work.SetResult(S3Errors.NoSuchUpload.With("UploadId", "u"));
        await writing;
        Assert.Equal(Declaration + LateError(), await ReadAllAsync(reader));
    }

    [Fact]
    public async Task A_late_refusal_that_is_thrown_is_an_error_document_too()
    {
        var (writing, reader) = await BeginLateAsync();
        _work.SetException(new S3Exception(S3Errors.NoSuchUpload.With("UploadId", "u")));
        await writing;
        Assert.Equal(Declaration + LateError(), await ReadAllAsync(reader));
    }

    [Fact]
    public async Task A_late_fault_breaks_the_answer_off()
    {
        var (writing, _) = await BeginLateAsync();
        _work.SetException(new InvalidOperationException("broken"));
        await Assert.ThrowsAsync<InvalidOperationException>(() => writing);
    }

    private static LateAnswer Done() =>
        LateAnswer.Document(xml => xml.Start("Done").End("Done")).With("x-amz-version-id", "v");

    private static string LateError() =>
        $"<Error><Code>NoSuchUpload</Code><Message>{S3Errors.NoSuchUpload.Message}</Message><UploadId>u</UploadId>"
        + "<RequestId>R</RequestId></Error>";

    private async Task<(Task Writing, PipeReader Reader)> BeginLateAsync()
    {
        var answering = new KeepAlive(_time).AnswerAsync("R", _work.Task).AsTask();
        await _time.RunOutNextAsync(KeepAlive.Patience);
        var response = await answering;
        Assert.Equal(200, response.StatusCode);
        Assert.Null(response.Body!.Length);
        var pipe = new Pipe();
        return (WriteAsync(), pipe.Reader);

        async Task WriteAsync()
        {
            await response.Body.WriteAsync(pipe.Writer, CancellationToken.None);
            await pipe.Writer.CompleteAsync();
        }
    }

    private static async Task<string> ReadAllAsync(PipeReader reader)
    {
        using var text = new StreamReader(reader.AsStream(), Encoding.UTF8);
        return await text.ReadToEndAsync(TestContext.Current.CancellationToken);
    }

    /// <summary>A clock whose timers run out by hand, in the order in which they were set.</summary>
    private sealed class HandTime : TimeProvider
    {
        private readonly Channel<HandTimer> _timers = Channel.CreateUnbounded<HandTimer>();

        /// <summary>Waits for the next timer to be set, and lets it run out.</summary>
        public async Task RunOutNextAsync(TimeSpan expected)
        {
            var timer = await _timers.Reader.ReadAsync(TestContext.Current.CancellationToken);
            Assert.Equal(expected, timer.DueTime);
            timer.RunOut();
        }

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            var timer = new HandTimer(callback, state, dueTime);
            Assert.True(_timers.Writer.TryWrite(timer));
            return timer;
        }

        private sealed class HandTimer(TimerCallback callback, object? state, TimeSpan dueTime) : ITimer
        {
            private bool _isDisposed;

            public TimeSpan DueTime { get; } = dueTime;

            public void RunOut()
            {
                if (!_isDisposed)
                {
                    callback(state);
                }
            }

            public bool Change(TimeSpan dueTime, TimeSpan period) => !_isDisposed;

            public void Dispose() => _isDisposed = true;

            public ValueTask DisposeAsync()
            {
                Dispose();
                return ValueTask.CompletedTask;
            }
        }
    }
}
