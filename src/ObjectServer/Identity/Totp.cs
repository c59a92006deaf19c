using System.Buffers.Binary;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace ObjectServer.Identity;

/// <summary>Codes of six digits that change every thirty seconds.</summary>
/// <remarks>https://www.rfc-editor.org/rfc/rfc6238, with HMAC-SHA-1, as every device and application has it.</remarks>
internal static class Totp
{
    private const int StepSeconds = 30;

    /// <summary>Steps by which a device may be off when it shows one code.</summary>
    private const int Window = 1;

    /// <summary>Steps by which a device may be off when it shows two codes in a row: ten minutes.</summary>
    private const int PairWindow = 20;

    /// <summary>The number of the step that an instant is in.</summary>
    public static long StepOf(DateTimeOffset time) => time.ToUnixTimeSeconds() / StepSeconds;

    /// <summary>The code of a step.</summary>
    public static string Code(ReadOnlySpan<byte> seed, long step)
    {
        Span<byte> counter = stackalloc byte[sizeof(long)];
        BinaryPrimitives.WriteInt64BigEndian(counter, step);
        Span<byte> mac = stackalloc byte[HMACSHA1.HashSizeInBytes];
#pragma warning disable CA5350 // The algorithm is the protocol's; an HMAC does not rest on SHA-1's collision resistance.
        HMACSHA1.HashData(seed, counter, mac);
#pragma warning restore CA5350
        var number = BinaryPrimitives.ReadInt32BigEndian(mac[(mac[^1] & 0xF)..]) & 0x7FFF_FFFF;
        return (number % 1_000_000).ToString("d6", CultureInfo.InvariantCulture);
    }

    /// <summary>
    /// The step whose code this is, near now and after the last one that counted; null where it is none.
    /// </summary>
    /// <param name="seed">The device's secret.</param>
    /// <param name="code">As shown.</param>
    /// <param name="now">The server's time.</param>
    /// <param name="lastStep">
    /// The step of the last code that was taken: neither it nor an earlier one counts again.
    /// </param>
    public static long? Find(ReadOnlySpan<byte> seed, string code, DateTimeOffset now, long lastStep)
    {
        long? found = null;
        for (var step = StepOf(now) - Window; step <= StepOf(now) + Window; step++)
        {
            if (IsCode(seed, step, code) && step > lastStep)
            {
                found ??= step;
            }
        }

        return found;
    }

    /// <summary>The step of the second of two codes in a row; null where they are none.</summary>
    public static long? FindPair(ReadOnlySpan<byte> seed, string first, string second, DateTimeOffset now)
    {
        long? found = null;
        for (var step = StepOf(now) - PairWindow; step <= StepOf(now) + PairWindow; step++)
        {
            if (IsCode(seed, step, first) & IsCode(seed, step + 1, second))
            {
                found ??= step + 1;
            }
        }

        return found;
    }

    private static bool IsCode(ReadOnlySpan<byte> seed, long step, string code) =>
        CryptographicOperations.FixedTimeEquals(
            MemoryMarshal.AsBytes(Code(seed, step).AsSpan()), MemoryMarshal.AsBytes(code.AsSpan()));
}
