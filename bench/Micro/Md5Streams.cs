using System.Threading.Channels;
using BenchmarkDotNet.Attributes;
using ObjectServer.Checksums.Lanes;

namespace ObjectServer.Bench.Micro;

/// <summary>
/// MD5 of 256 KiB of each of several streams on one core: one after the other, and side by side. The bytes of a row are
/// its streams times 256 KiB.
/// </summary>
public unsafe class Md5Streams
{
    private const int Bytes = 256 * 1024;

    private readonly byte[] _content = GC.AllocateUninitializedArray<byte>(16 * Bytes, pinned: true);
    private readonly Md5State[] _states = Enumerable.Repeat(Md5State.Initial, 16).ToArray();
    private readonly Md5Lanes _lanes = new();

    [Params(1, 2, 8, 16)]
    public int Streams { get; set; }

    [GlobalSetup]
    public void Fill() => new Random(1).NextBytes(_content);

    [Benchmark(Baseline = true)]
    public void OneByOne()
    {
        for (var i = 0; i < Streams; i++)
        {
            Md5Compression.Compress(ref _states[i], _content.AsSpan(i * Bytes, Bytes));
        }
    }

    /// <summary>Eight lanes for up to eight streams, else sixteen, whatever the processor has.</summary>
    [Benchmark]
    public void SideBySide()
    {
        fixed (byte* content = _content)
        {
            var starts = stackalloc byte*[Streams];
            for (var i = 0; i < Streams; i++)
            {
                starts[i] = content + (i * Bytes);
            }

            Md5Compression.Compress(_states.AsSpan(0, Streams), starts, Bytes);
        }
    }

    /// <summary>The same bytes through the queue, as uploads do it; on as many cores as it takes.</summary>
    [Benchmark]
    public Task Queued()
    {
        var ends = new Task[Streams];
        for (var i = 0; i < Streams; i++)
        {
            var stream = new Md5Stream(_lanes, Channel.CreateUnbounded<byte[]>().Writer);
            stream.Append(new ArraySegment<byte>(_content, i * Bytes, Bytes));
            ends[i] = stream.FinishAsync().AsTask();
        }

        return Task.WhenAll(ends);
    }
}
