using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace ObjectServer.Checksums.Lanes;

/// <summary>MD5's chaining value: what is kept of a stream between two blocks.</summary>
internal record struct Md5State(uint A, uint B, uint C, uint D)
{
    /// <summary>That of no bytes.</summary>
    public static Md5State Initial => new(0x67452301, 0xEFCDAB89, 0x98BADCFE, 0x10325476);
}

/// <summary>
/// MD5's compression of whole blocks, of one stream or of as many as fit side by side into a vector. A stream's state
/// is the same either way, so that it can go from one to the other at any block.
/// </summary>
/// <remarks>
/// Within a stream every step waits for the one before it, which leaves most of a core idle; streams wait for nobody.
/// https://www.rfc-editor.org/rfc/rfc1321
/// </remarks>
internal static class Md5Compression
{
    public const int BlockBytes = 64;
    private const int BlockWords = BlockBytes / sizeof(uint);

    /// <summary>How many streams this processor compresses in the time of one, or little more.</summary>
    public static int Lanes => !Vector256.IsHardwareAccelerated ? OneLane.Lanes
        : Vector512.IsHardwareAccelerated ? SixteenLanes.Lanes
        : EightLanes.Lanes;

    /// <summary>The whole part of 2^32 times the absolute sine of 1 to 64.</summary>
    private static ReadOnlySpan<uint> Sines =>
    [
        0xD76AA478, 0xE8C7B756, 0x242070DB, 0xC1BDCEEE, 0xF57C0FAF, 0x4787C62A, 0xA8304613, 0xFD469501,
        0x698098D8, 0x8B44F7AF, 0xFFFF5BB1, 0x895CD7BE, 0x6B901122, 0xFD987193, 0xA679438E, 0x49B40821,
        0xF61E2562, 0xC040B340, 0x265E5A51, 0xE9B6C7AA, 0xD62F105D, 0x02441453, 0xD8A1E681, 0xE7D3FBC8,
        0x21E1CDE6, 0xC33707D6, 0xF4D50D87, 0x455A14ED, 0xA9E3E905, 0xFCEFA3F8, 0x676F02D9, 0x8D2A4C8A,
        0xFFFA3942, 0x8771F681, 0x6D9D6122, 0xFDE5380C, 0xA4BEEA44, 0x4BDECFA9, 0xF6BB4B60, 0xBEBFBC70,
        0x289B7EC6, 0xEAA127FA, 0xD4EF3085, 0x04881D05, 0xD9D4D039, 0xE6DB99E5, 0x1FA27CF8, 0xC4AC5665,
        0xF4292244, 0x432AFF97, 0xAB9423A7, 0xFC93A039, 0x655B59C3, 0x8F0CCC92, 0xFFEFF47D, 0x85845DD1,
        0x6FA87E4F, 0xFE2CE6E0, 0xA3014314, 0x4E0811A1, 0xF7537E82, 0xBD3AF235, 0x2AD7D2BB, 0xEB86D391,
    ];

    /// <summary>Takes whole blocks into one stream's state.</summary>
    public static unsafe void Compress(ref Md5State state, ReadOnlySpan<byte> blocks)
    {
        fixed (byte* start = blocks)
        {
            var from = start;
            Compress<OneLane>(new Span<Md5State>(ref state), &from, blocks.Length);
        }
    }

    /// <summary>Takes as many blocks into each of several streams' states.</summary>
    /// <param name="states">Up to 16 of them.</param>
    /// <param name="starts">Where the blocks of each begin.</param>
    /// <param name="bytes">How much of each, in whole blocks.</param>
    public static unsafe void Compress(Span<Md5State> states, byte** starts, int bytes)
    {
        if (states.Length == OneLane.Lanes)
        {
            Compress<OneLane>(states, starts, bytes);
        }
        else if (states.Length <= EightLanes.Lanes)
        {
            Compress<EightLanes>(states, starts, bytes);
        }
        else
        {
            Compress<SixteenLanes>(states, starts, bytes);
        }
    }

    /// <summary>Lanes without a stream of their own do the first one's work again, for nobody.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static unsafe void Compress<T>(Span<Md5State> states, byte** starts, int bytes)
        where T : unmanaged, IMd5Words<T>
    {
        var from = stackalloc byte*[T.Lanes];
        var chain = stackalloc T[4];
        var words = stackalloc T[BlockWords];
        for (var lane = 0; lane < T.Lanes; lane++)
        {
            var stream = lane < states.Length ? lane : 0;
            from[lane] = starts[stream];
            Put(chain, lane, states[stream]);
        }

        var (a, b, c, d) = (chain[0], chain[1], chain[2], chain[3]);
        fixed (uint* sines = Sines)
        {
            for (nint at = 0; at < bytes; at += BlockBytes)
            {
                Rounds(Load(from, at, words), sines, ref a, ref b, ref c, ref d);
            }
        }

        (chain[0], chain[1], chain[2], chain[3]) = (a, b, c, d);
        for (var lane = 0; lane < states.Length; lane++)
        {
            states[lane] = Get(chain, lane);
        }
    }

    private static unsafe void Put<T>(T* chain, int lane, Md5State state)
        where T : unmanaged, IMd5Words<T>
    {
        var words = (uint*)chain + lane;
        (words[0], words[T.Lanes], words[2 * T.Lanes], words[3 * T.Lanes]) = (state.A, state.B, state.C, state.D);
    }

    private static unsafe Md5State Get<T>(T* chain, int lane)
        where T : unmanaged, IMd5Words<T>
    {
        var words = (uint*)chain + lane;
        return new Md5State(words[0], words[T.Lanes], words[2 * T.Lanes], words[3 * T.Lanes]);
    }

    /// <summary>The sixteen words of a block of every lane; where there is one lane, they lie ready.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static unsafe T* Load<T>(byte** from, nint at, T* words)
        where T : unmanaged, IMd5Words<T>
    {
        if (T.Lanes == 1 && BitConverter.IsLittleEndian)
        {
            return (T*)(from[0] + at);
        }

        if (T.Lanes > 1 && Avx2.IsSupported)
        {
            for (var lane = 0; lane < T.Lanes; lane += EightLanes.Lanes)
            {
                LoadEight(from + lane, at, (uint*)words + lane, T.Lanes);
                LoadEight(from + lane, at + (BlockBytes / 2), (uint*)(words + (BlockWords / 2)) + lane, T.Lanes);
            }

            return words;
        }

        for (var lane = 0; lane < T.Lanes; lane++)
        {
            for (var word = 0; word < BlockWords; word++)
            {
                var bytes = new ReadOnlySpan<byte>(from[lane] + at + (word * sizeof(uint)), sizeof(uint));
                ((uint*)(words + word))[lane] = BinaryPrimitives.ReadUInt32LittleEndian(bytes);
            }
        }

        return words;
    }

    /// <summary>Turns eight words of each of eight lanes on their side; the turned rows are a stride apart.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static unsafe void LoadEight(byte** from, nint at, uint* to, int stride)
    {
        var (row0, row1) = (Vector256.Load((uint*)(from[0] + at)), Vector256.Load((uint*)(from[1] + at)));
        var (row2, row3) = (Vector256.Load((uint*)(from[2] + at)), Vector256.Load((uint*)(from[3] + at)));
        var (row4, row5) = (Vector256.Load((uint*)(from[4] + at)), Vector256.Load((uint*)(from[5] + at)));
        var (row6, row7) = (Vector256.Load((uint*)(from[6] + at)), Vector256.Load((uint*)(from[7] + at)));

        // Pairs of words of two lanes, then fours of four lanes, each in both halves of a register.
        var (low01, high01) = (Avx2.UnpackLow(row0, row1).AsUInt64(), Avx2.UnpackHigh(row0, row1).AsUInt64());
        var (low23, high23) = (Avx2.UnpackLow(row2, row3).AsUInt64(), Avx2.UnpackHigh(row2, row3).AsUInt64());
        var (low45, high45) = (Avx2.UnpackLow(row4, row5).AsUInt64(), Avx2.UnpackHigh(row4, row5).AsUInt64());
        var (low67, high67) = (Avx2.UnpackLow(row6, row7).AsUInt64(), Avx2.UnpackHigh(row6, row7).AsUInt64());
        Join(Avx2.UnpackLow(low01, low23), Avx2.UnpackLow(low45, low67), to, stride);
        Join(Avx2.UnpackHigh(low01, low23), Avx2.UnpackHigh(low45, low67), to + stride, stride);
        Join(Avx2.UnpackLow(high01, high23), Avx2.UnpackLow(high45, high67), to + (2 * stride), stride);
        Join(Avx2.UnpackHigh(high01, high23), Avx2.UnpackHigh(high45, high67), to + (3 * stride), stride);
    }

    /// <summary>Of lanes 0 to 3 and lanes 4 to 7: the word in their first halves, and the one four words on.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static unsafe void Join(Vector256<ulong> lower, Vector256<ulong> upper, uint* to, int stride)
    {
        Avx2.Permute2x128(lower, upper, 0x20).AsUInt32().Store(to);
        Avx2.Permute2x128(lower, upper, 0x31).AsUInt32().Store(to + (4 * stride));
    }

    /// <summary>
    /// The four rounds of sixteen steps. Four steps to a turn bring the letters back to where they were; unrolled
    /// further, the compiler gives up inlining.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static unsafe void Rounds<T>(T* words, uint* sines, ref T a0, ref T b0, ref T c0, ref T d0)
        where T : unmanaged, IMd5Words<T>
    {
        var (a, b, c, d) = (a0, b0, c0, d0);
        for (var i = 0u; i < BlockWords; i += 4)
        {
            a = Step(a, ((c ^ d) & b) ^ d, words[i], sines[i], 7, b);
            d = Step(d, ((b ^ c) & a) ^ c, words[i + 1], sines[i + 1], 12, a);
            c = Step(c, ((a ^ b) & d) ^ b, words[i + 2], sines[i + 2], 17, d);
            b = Step(b, ((d ^ a) & c) ^ a, words[i + 3], sines[i + 3], 22, c);
        }

        // The two halves of this function have no bit in common, so that they may be added one after the other: the
        // first does not wait for the step before.
        sines += BlockWords;
        for (var i = 0u; i < BlockWords; i += 4)
        {
            a = Step(a + (c & ~d), b & d, words[((5 * i) + 1) % BlockWords], sines[i], 5, b);
            d = Step(d + (b & ~c), a & c, words[((5 * i) + 6) % BlockWords], sines[i + 1], 9, a);
            c = Step(c + (a & ~b), d & b, words[((5 * i) + 11) % BlockWords], sines[i + 2], 14, d);
            b = Step(b + (d & ~a), c & a, words[5 * i % BlockWords], sines[i + 3], 20, c);
        }

        sines += BlockWords;
        for (var i = 0u; i < BlockWords; i += 4)
        {
            a = Step(a, b ^ (c ^ d), words[((3 * i) + 5) % BlockWords], sines[i], 4, b);
            d = Step(d, a ^ (b ^ c), words[((3 * i) + 8) % BlockWords], sines[i + 1], 11, a);
            c = Step(c, d ^ (a ^ b), words[((3 * i) + 11) % BlockWords], sines[i + 2], 16, d);
            b = Step(b, c ^ (d ^ a), words[((3 * i) + 14) % BlockWords], sines[i + 3], 23, c);
        }

        sines += BlockWords;
        for (var i = 0u; i < BlockWords; i += 4)
        {
            a = Step(a, c ^ (b | ~d), words[7 * i % BlockWords], sines[i], 6, b);
            d = Step(d, b ^ (a | ~c), words[((7 * i) + 7) % BlockWords], sines[i + 1], 10, a);
            c = Step(c, a ^ (d | ~b), words[((7 * i) + 14) % BlockWords], sines[i + 2], 15, d);
            b = Step(b, d ^ (c | ~a), words[((7 * i) + 5) % BlockWords], sines[i + 3], 21, c);
        }

        (a0, b0, c0, d0) = (a0 + a, b0 + b, c0 + c, d0 + d);
    }

    /// <summary>What the step before gives, <paramref name="mixed"/>, is added last: the rest is ready before it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static T Step<T>(T sum, T mixed, T word, uint sine, [ConstantExpected] byte bits, T next)
        where T : unmanaged, IMd5Words<T> =>
        T.RotateLeft(sum + (word + T.Same(sine)) + mixed, bits) + next;
}
