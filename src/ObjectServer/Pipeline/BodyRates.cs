using System.IO.Pipelines;
using System.Net;
using System.Threading.RateLimiting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using ObjectServer.Observability;

namespace ObjectServer.Pipeline;

/// <summary>
/// Bounds how many bytes of bodies a second go in and out together, of all clients and of each. Who is beyond it is
/// slowed down: an upload is read, and an answer written, no faster than that.
/// </summary>
/// <remarks>
/// Bytes are paid for in small slices, first come first served, so that transfers beside each other share the rate.
/// Nobody waits who has no place among the requests that run: the queue is as long as those are many.
/// </remarks>
/// <param name="total">Bytes a second of all clients; null for no limit.</param>
/// <param name="perClient">Bytes a second of each client.</param>
/// <param name="metrics">Told who had to wait.</param>
internal sealed class BodyRates(int? total, int? perClient, ServerMetrics metrics) : IDisposable
{
    private const int MaxSliceBytes = 64 * 1024;

    private readonly PartitionedRateLimiter<IPAddress>? _limiter =
        ClientRates.Create(total, perClient, queueLimit: int.MaxValue);

    /// <summary>What fits into every bucket.</summary>
    private readonly int _sliceBytes = Math.Min(
        MaxSliceBytes, Math.Min(total ?? MaxSliceBytes, perClient ?? MaxSliceBytes));

    /// <summary>Slows the bodies of a request and of its answer down, where there is a limit.</summary>
    public void Apply(HttpContext http)
    {
        if (_limiter is null)
        {
            return;
        }

        var pace = new Pace(this, http.Connection.RemoteIpAddress ?? IPAddress.None, http.RequestAborted);
        http.Features.Set<IRequestBodyPipeFeature>(new PacedRequest(new PacedReader(http.Request.BodyReader, pace)));
        var answer = http.Features.GetRequiredFeature<IHttpResponseBodyFeature>();
        http.Features.Set<IHttpResponseBodyFeature>(new PacedAnswer(answer, new PacedWriter(answer.Writer, pace)));
    }

    public void Dispose() => _limiter?.Dispose();

    private async ValueTask PayAsync(IPAddress client, long bytes, CancellationToken cancellation)
    {
        while (bytes > 0)
        {
            var slice = (int)Math.Min(bytes, _sliceBytes);
            var paying = _limiter!.AcquireAsync(client, slice, cancellation);
            if (!paying.IsCompleted)
            {
                metrics.CountSlowed();
            }

            (await paying).Dispose();
            bytes -= slice;
        }
    }

    /// <summary>Who pays.</summary>
    private readonly record struct Pace(BodyRates Rates, IPAddress Client, CancellationToken Aborted)
    {
        public ValueTask PayAsync(long bytes) => Rates.PayAsync(Client, bytes, Aborted);
    }

    /// <summary>
    /// Hands bytes out once they are paid for; until then the connection's buffer fills and the client waits.
    /// </summary>
    private sealed class PacedReader(PipeReader input, Pace pace) : PipeReader
    {
        private ReadResult _last;
        private long _paidBytes;

        public override async ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default)
        {
            _last = await input.ReadAsync(cancellationToken);
            await pace.PayAsync(_last.Buffer.Length - _paidBytes);
            return _last;
        }

        /// <summary>Never has anything at once: bytes may have to be waited for.</summary>
        public override bool TryRead(out ReadResult result)
        {
            result = default;
            return false;
        }

        public override void AdvanceTo(SequencePosition consumed) => AdvanceTo(consumed, consumed);

        public override void AdvanceTo(SequencePosition consumed, SequencePosition examined)
        {
            _paidBytes = _last.Buffer.Slice(consumed).Length;
            _last = default;
            input.AdvanceTo(consumed, examined);
        }

        public override void CancelPendingRead() => input.CancelPendingRead();

        public override void Complete(Exception? exception = null) => input.Complete(exception);
    }

    /// <summary>Lets bytes go once they are paid for.</summary>
    private sealed class PacedWriter(PipeWriter output, Pace pace) : PipeWriter
    {
        private long _unpaidBytes;

        public override bool CanGetUnflushedBytes => output.CanGetUnflushedBytes;

        public override long UnflushedBytes => output.UnflushedBytes;

        public override void Advance(int bytes)
        {
            output.Advance(bytes);
            _unpaidBytes += bytes;
        }

        public override Memory<byte> GetMemory(int sizeHint = 0) => output.GetMemory(sizeHint);

        public override Span<byte> GetSpan(int sizeHint = 0) => output.GetSpan(sizeHint);

        public override async ValueTask<FlushResult> WriteAsync(
            ReadOnlyMemory<byte> source, CancellationToken cancellationToken = default)
        {
            _unpaidBytes += source.Length;
            await PayAsync();
            return await output.WriteAsync(source, cancellationToken);
        }

        public override async ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default)
        {
            await PayAsync();
            return await output.FlushAsync(cancellationToken);
        }

        public override void CancelPendingFlush() => output.CancelPendingFlush();

        public override void Complete(Exception? exception = null) => output.Complete(exception);

        private ValueTask PayAsync()
        {
            var bytes = _unpaidBytes;
            _unpaidBytes = 0;
            return pace.PayAsync(bytes);
        }
    }

    private sealed record PacedRequest(PipeReader Reader) : IRequestBodyPipeFeature;

    /// <summary>The answer's feature, of which the server uses the writer alone.</summary>
    private sealed class PacedAnswer(IHttpResponseBodyFeature answer, PipeWriter writer) : IHttpResponseBodyFeature
    {
        public Stream Stream => answer.Stream;

        public PipeWriter Writer => writer;

        public void DisableBuffering() => answer.DisableBuffering();

        public Task StartAsync(CancellationToken cancellationToken = default) => answer.StartAsync(cancellationToken);

        public Task SendFileAsync(
            string path, long offset, long? count, CancellationToken cancellationToken = default) =>
            answer.SendFileAsync(path, offset, count, cancellationToken);

        public Task CompleteAsync() => answer.CompleteAsync();
    }
}
