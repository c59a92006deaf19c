using System.Security.Cryptography;
using System.Threading.Channels;
using CsCheck;
using ObjectServer.Checksums.Lanes;

namespace ObjectServer.Tests.Checksums.Lanes;

public sealed class Md5LanesTests
{
    private static readonly Gen<int> Length = Gen.OneOf(
        Gen.Int[0, 200],
        Gen.Int[0, 3000],
        Gen.Int[60_000, 140_000],
        OneOf(55, 56, 63, 64, 65, 119, 120, 128, 65536, 65537, 131072));

    private static readonly Gen<int[]> PieceLengths =
        Gen.OneOf(Gen.Int[1, 70], Gen.Int[1, 5000], OneOf(64, 4096, 65536, 70_000)).Array[1, 8];

    /// <summary>A stream's length, how it is cut, and whether it is dropped before its end.</summary>
    private static readonly Gen<(int Length, int[] Pieces, bool IsDropped)> Upload =
        Gen.Select(Length, PieceLengths, Gen.Frequency((5, Gen.Const(false)), (1, Gen.Const(true))));

    [Theory]
    [InlineData(1, 1)]
    [InlineData(8, 1)]
    [InlineData(8, 3)]
    [InlineData(16, 1)]
    [InlineData(16, 2)]
    public void Any_streams_in_any_pieces_and_any_order_get_their_own_digests(int lanes, int workers)
    {
        // One for all cases: what one case leaves behind must not disturb the next.
        var shared = new Md5Lanes(lanes, workers);
        Gen.Select(Upload.Array[1, 40], Gen.Int).Sample(
            (uploads, seed) => RunAsync(shared, uploads, seed).GetAwaiter().GetResult(), iter: 25, threads: 2);
    }

    [Fact]
    public async Task Everything_that_was_appended_comes_back_once()
    {
        var hashed = Channel.CreateUnbounded<byte[]>();
        var stream = new Md5Stream(new Md5Lanes(), hashed.Writer);
        var pieces = new[] { new byte[10], new byte[54], new byte[64], new byte[200_000], new byte[1] };
        foreach (var piece in pieces)
        {
            stream.Append(piece);
        }

        await stream.FinishAsync();

        var returned = new List<byte[]>();
        while (hashed.Reader.TryRead(out var piece))
        {
            returned.Add(piece);
        }

        Assert.Equal(pieces, returned, ReferenceEqualityComparer.Instance.Equals);
    }

    [Fact]
    public async Task An_abandoned_stream_lets_go_of_its_bytes()
    {
        var lanes = new Md5Lanes(8, 1);
        var bytes = new byte[1 << 20];
        var streams = Enumerable.Range(0, 20)
            .Select(_ => new Md5Stream(lanes, Channel.CreateUnbounded<byte[]>().Writer))
            .ToList();
        streams.ForEach(stream => stream.Append(bytes));
        await Task.WhenAll(streams.Skip(1).Select(stream => stream.AbandonAsync()));

        Assert.Equal(MD5.HashData(bytes), await streams[0].FinishAsync());
    }

    [Fact]
    public async Task Nothing_has_the_digest_of_nothing() => Assert.Equal(
        MD5.HashData([]),
        await new Md5Stream(new Md5Lanes(), Channel.CreateUnbounded<byte[]>().Writer).FinishAsync());

    private static Gen<int> OneOf(params int[] lengths) => Gen.Int[0, lengths.Length - 1].Select(i => lengths[i]);

    /// <summary>Appends one piece at a time to streams in random order; arrays that come back are overwritten.</summary>
    private static async Task RunAsync(
        Md5Lanes lanes, (int Length, int[] Pieces, bool IsDropped)[] uploads, int seed)
    {
        var random = new Random(seed);
        var open = uploads.Select(upload => new OpenStream(lanes, upload, random)).ToList();
        var ends = new List<Task>();
        while (open.Count > 0)
        {
            var stream = open[random.Next(open.Count)];
            if (!stream.AppendNext())
            {
                open.Remove(stream);
                ends.Add(stream.EndAsync());
            }
        }

        await Task.WhenAll(ends);
    }

    private sealed class OpenStream
    {
        private readonly Channel<byte[]> _hashed = Channel.CreateUnbounded<byte[]>();
        private readonly Md5Stream _stream;
        private readonly byte[] _content;
        private readonly int[] _pieces;
        private readonly int _dropAt;
        private int _appended;
        private int _piece;

        public OpenStream(Md5Lanes lanes, (int Length, int[] Pieces, bool IsDropped) upload, Random random)
        {
            _stream = new Md5Stream(lanes, _hashed.Writer);
            _content = new byte[upload.Length];
            random.NextBytes(_content);
            _pieces = upload.Pieces;
            _dropAt = upload.IsDropped ? upload.Length / 2 : int.MaxValue;
        }

        public bool AppendNext()
        {
            while (_hashed.Reader.TryRead(out var used))
            {
                Array.Fill(used, (byte)0xEE);
            }

            if (_appended == _content.Length || _appended >= _dropAt)
            {
                return false;
            }

            // Pieces lie anywhere in their arrays.
            var count = Math.Min(_pieces[_piece++ % _pieces.Length], _content.Length - _appended);
            var array = new byte[count + (_piece % 7)];
            _content.AsSpan(_appended, count).CopyTo(array.AsSpan(_piece % 7));
            _stream.Append(new ArraySegment<byte>(array, _piece % 7, count));
            _appended += count;
            return true;
        }

        public async Task EndAsync()
        {
            if (_dropAt != int.MaxValue)
            {
                await _stream.AbandonAsync();
                return;
            }

            Assert.Equal(MD5.HashData(_content), await _stream.FinishAsync());
        }
    }
}
