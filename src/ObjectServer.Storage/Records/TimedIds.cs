using System.Buffers.Binary;
using System.Security.Cryptography;

namespace ObjectServer.Storage.Records;

/// <summary>
/// Ids of contents and uploads: 8 bytes of time (100 ns since the year 1, big-endian), then 8 random bytes. They order
/// by age, spread by their tail, and two stores never make the same one.
/// </summary>
internal static class TimedIds
{
    public static Guid Next(TimeProvider time)
    {
        Span<byte> bytes = stackalloc byte[16];
        BinaryPrimitives.WriteInt64BigEndian(bytes, time.GetUtcNow().UtcTicks);
        RandomNumberGenerator.Fill(bytes[8..]);
        return new Guid(bytes, bigEndian: true);
    }

    public static DateTimeOffset TimeOf(Guid id)
    {
        Span<byte> bytes = stackalloc byte[16];
        id.TryWriteBytes(bytes, bigEndian: true, out _);
        var ticks = BinaryPrimitives.ReadInt64BigEndian(bytes);
        return new DateTimeOffset(Math.Clamp(ticks, 0, DateTimeOffset.MaxValue.UtcTicks), TimeSpan.Zero);
    }
}
