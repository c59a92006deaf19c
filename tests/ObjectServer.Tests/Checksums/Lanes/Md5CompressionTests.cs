using System.Security.Cryptography;
using CsCheck;
using ObjectServer.Checksums.Lanes;

namespace ObjectServer.Tests.Checksums.Lanes;

public sealed unsafe class Md5CompressionTests
{
    /// <summary>As many streams as any width has lanes, and fewer: some lanes stay empty.</summary>
    [Fact]
    public void Streams_side_by_side_end_in_the_states_that_each_has_alone() =>
        Gen.Select(Gen.Int[1, 16], Gen.Int[0, 9], Gen.Int[0, 63]).Sample((streams, blocks, skew) =>
        {
            var bytes = blocks * Md5Compression.BlockBytes;
            var content = new byte[(streams * bytes) + skew];
            new Random(streams + blocks).NextBytes(content);
            var alone = new Md5State[streams];
            var together = new Md5State[streams];
            fixed (byte* start = content)
            {
                var starts = stackalloc byte*[streams];
                for (var i = 0; i < streams; i++)
                {
                    // Each in the middle of something, and at any address.
                    alone[i] = together[i] = new Md5State((uint)i, 0x89ABCDEF, uint.MaxValue - (uint)i, 7);
                    starts[i] = start + skew + (i * bytes);
                    Md5Compression.Compress(ref alone[i], content.AsSpan(skew + (i * bytes), bytes));
                }

                Md5Compression.Compress(together, starts, bytes);
            }

            Assert.Equal(alone, together);
        });

    [Fact]
    public void A_state_goes_from_one_width_to_another_at_any_block()
    {
        const int Blocks = 48;
        var content = new byte[Blocks * Md5Compression.BlockBytes];
        new Random(3).NextBytes(content);
        var whole = Md5State.Initial;
        Md5Compression.Compress(ref whole, content);

        Gen.Int[1, 16].Array[Blocks].Sample(widths =>
        {
            var state = Md5State.Initial;
            var starts = stackalloc byte*[16];
            fixed (byte* start = content)
            {
                for (var block = 0; block < Blocks; block++)
                {
                    var states = Enumerable.Repeat(state, widths[block]).ToArray();
                    for (var lane = 0; lane < states.Length; lane++)
                    {
                        starts[lane] = start + (block * Md5Compression.BlockBytes);
                    }

                    Md5Compression.Compress(states, starts, Md5Compression.BlockBytes);
                    Assert.All(states, other => Assert.Equal(states[0], other));
                    state = states[^1];
                }
            }

            Assert.Equal(whole, state);
        });
    }

    [Fact]
    public void The_state_of_a_padded_block_is_the_digest()
    {
        var block = new byte[Md5Compression.BlockBytes];
        (block[0], block[1], block[2], block[3], block[56]) = ((byte)'a', (byte)'b', (byte)'c', 0x80, 24);
        var state = Md5State.Initial;

        Md5Compression.Compress(ref state, block);

        var digest = MD5.HashData("abc"u8);
        Assert.Equal(
            (BitConverter.ToUInt32(digest, 0), BitConverter.ToUInt32(digest, 4)), (state.A, state.B));
        Assert.Equal(
            (BitConverter.ToUInt32(digest, 8), BitConverter.ToUInt32(digest, 12)), (state.C, state.D));
    }
}
