using System.Diagnostics.CodeAnalysis;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace ObjectServer.Checksums.Lanes;

/// <summary>One 32-bit word of each of several MD5 computations, lane beside lane.</summary>
/// <remarks>The operators work on all lanes at once and know nothing of each other's neighbours.</remarks>
internal interface IMd5Words<TSelf>
    where TSelf : unmanaged, IMd5Words<TSelf>
{
    /// <summary>How many computations there are: how many words lie in one of these.</summary>
    static abstract int Lanes { get; }

    /// <summary>The same word in every lane.</summary>
    static abstract TSelf Same(uint word);

    static abstract TSelf RotateLeft(TSelf words, [ConstantExpected] byte bits);

    static abstract TSelf operator +(TSelf left, TSelf right);

    static abstract TSelf operator ^(TSelf left, TSelf right);

    static abstract TSelf operator &(TSelf left, TSelf right);

    static abstract TSelf operator |(TSelf left, TSelf right);

    static abstract TSelf operator ~(TSelf words);
}

/// <summary>One computation: a word is a word.</summary>
internal readonly struct OneLane(uint word) : IMd5Words<OneLane>
{
    private readonly uint _word = word;

    public static int Lanes => 1;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static OneLane Same(uint word) => new(word);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static OneLane RotateLeft(OneLane words, [ConstantExpected] byte bits) =>
        new(BitOperations.RotateLeft(words._word, bits));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static OneLane operator +(OneLane left, OneLane right) => new(left._word + right._word);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static OneLane operator ^(OneLane left, OneLane right) => new(left._word ^ right._word);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static OneLane operator &(OneLane left, OneLane right) => new(left._word & right._word);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static OneLane operator |(OneLane left, OneLane right) => new(left._word | right._word);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static OneLane operator ~(OneLane words) => new(~words._word);
}

/// <summary>Eight computations: what AVX2 has in one register.</summary>
internal readonly struct EightLanes(Vector256<uint> words) : IMd5Words<EightLanes>
{
    private readonly Vector256<uint> _words = words;

    public static int Lanes => 8;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static EightLanes Same(uint word) => new(Vector256.Create(word));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static EightLanes RotateLeft(EightLanes words, [ConstantExpected] byte bits) =>
        new((words._words << bits) | (words._words >>> (32 - bits)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static EightLanes operator +(EightLanes left, EightLanes right) => new(left._words + right._words);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static EightLanes operator ^(EightLanes left, EightLanes right) => new(left._words ^ right._words);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static EightLanes operator &(EightLanes left, EightLanes right) => new(left._words & right._words);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static EightLanes operator |(EightLanes left, EightLanes right) => new(left._words | right._words);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static EightLanes operator ~(EightLanes words) => new(~words._words);
}

/// <summary>Sixteen computations: what AVX-512 has in one register, with an instruction that rotates.</summary>
internal readonly struct SixteenLanes(Vector512<uint> words) : IMd5Words<SixteenLanes>
{
    private readonly Vector512<uint> _words = words;

    public static int Lanes => 16;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static SixteenLanes Same(uint word) => new(Vector512.Create(word));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static SixteenLanes RotateLeft(SixteenLanes words, [ConstantExpected] byte bits) => new(
        Avx512F.IsSupported
            ? Avx512F.RotateLeft(words._words, bits)
            : (words._words << bits) | (words._words >>> (32 - bits)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static SixteenLanes operator +(SixteenLanes left, SixteenLanes right) => new(left._words + right._words);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static SixteenLanes operator ^(SixteenLanes left, SixteenLanes right) => new(left._words ^ right._words);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static SixteenLanes operator &(SixteenLanes left, SixteenLanes right) => new(left._words & right._words);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static SixteenLanes operator |(SixteenLanes left, SixteenLanes right) => new(left._words | right._words);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static SixteenLanes operator ~(SixteenLanes words) => new(~words._words);
}
