using System.Globalization;
using System.Security.Cryptography;

namespace ObjectServer.Observability;

/// <summary>Makes request ids: 16 hexadecimal digits in capitals, none twice in 2^64.</summary>
/// <remarks>
/// A counter that starts anywhere, put through the finalizer of SplitMix64, which maps no two numbers to one: ids look
/// random and cost no call for randomness. They are no secret. https://prng.di.unimi.it/splitmix64.c
/// </remarks>
internal sealed class RequestIds
{
    private const ulong Step = 0x9E3779B97F4A7C15;

    private ulong _state = BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(sizeof(ulong)));

    public string Next()
    {
        var mixed = Interlocked.Add(ref _state, Step);
        mixed = (mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9;
        mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EB;
        return (mixed ^ (mixed >> 31)).ToString("X16", CultureInfo.InvariantCulture);
    }
}
