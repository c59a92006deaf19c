using System.IO.Pipelines;
using ObjectServer.Http;
using ObjectServer.Messages;
using ObjectServer.Storage;
using ObjectServer.Storage.Model;

namespace ObjectServer.Operations.Objects;

/// <summary>
/// Bytes of a stored object: those in memory as they are, others read straight into the connection's memory.
/// </summary>
/// <remarks>
/// Memory that is taken before the headers are written is not yet the connection's own: Kestrel copies it once more.
/// </remarks>
/// <param name="stored">Owned by this from now on.</param>
/// <param name="range">What of it to give.</param>
internal sealed class ContentBody(StoredObject stored, ByteRange range) : ResponseBody
{
    /// <summary>What is read and sent at a time, and kept aligned so that no stored block is verified twice.</summary>
    private const int BlockBytes = 256 * 1024;

    public override long? Length => range.Length;

    public override ValueTask WriteAsync(PipeWriter output, CancellationToken cancellation) =>
        stored.InMemory is { } content && content.Length >= range.Offset + range.Length
            ? SendAsync(output.WriteAsync(content.Slice((int)range.Offset, (int)range.Length), cancellation))
            : ReadAsync(output, cancellation);

    private async ValueTask ReadAsync(PipeWriter output, CancellationToken cancellation)
    {
        var end = range.Offset + range.Length;
        for (var position = range.Offset; position < end;)
        {
            var wanted = (int)Math.Min(BlockBytes - (position % BlockBytes), end - position);
            var read = await stored.ReadAsync(position, output.GetMemory(wanted)[..wanted], cancellation);
            if (read == 0)
            {
                throw new CorruptDataException($"The object ends at byte {position}, before its end at {end}.");
            }

            output.Advance(read);
            position += read;
            await SendAsync(output.FlushAsync(cancellation));
        }
    }

    private static async ValueTask SendAsync(ValueTask<FlushResult> sending)
    {
        if (await sending is { IsCompleted: true } or { IsCanceled: true })
        {
            // The client is gone; nobody is left to be told.
            throw new OperationCanceledException("The client closed the connection.");
        }
    }

    public override async ValueTask DisposeAsync()
    {
        await stored.DisposeAsync();
        await base.DisposeAsync();
    }
}

/// <summary>The answer to HEAD: the length of what GET would give, and nothing of it.</summary>
internal sealed class UnsentBody(long length) : ResponseBody
{
    public override long? Length => length;

    public override ValueTask WriteAsync(PipeWriter output, CancellationToken cancellation) => ValueTask.CompletedTask;
}
