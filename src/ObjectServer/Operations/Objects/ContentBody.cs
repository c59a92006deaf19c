using System.IO.Pipelines;
using ObjectServer.Http;
using ObjectServer.Messages;
using ObjectServer.Storage;
using ObjectServer.Storage.Model;

namespace ObjectServer.Operations.Objects;

/// <summary>Bytes of a stored object, read straight into the connection's memory.</summary>
/// <param name="stored">Owned by this from now on.</param>
/// <param name="range">What of it to give.</param>
internal sealed class ContentBody(StoredObject stored, ByteRange range) : ResponseBody
{
    /// <summary>What is read and sent at a time, and kept aligned so that no stored block is verified twice.</summary>
    private const int BlockBytes = 256 * 1024;

    public override long? Length => range.Length;

    public override async ValueTask WriteAsync(PipeWriter output, CancellationToken cancellation)
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
            var flushed = await output.FlushAsync(cancellation);
            if (flushed.IsCompleted || flushed.IsCanceled)
            {
                // The client is gone; nobody is left to be told.
                throw new OperationCanceledException("The client closed the connection.");
            }
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
