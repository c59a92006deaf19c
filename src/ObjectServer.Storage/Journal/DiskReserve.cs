using ObjectServer.Storage.Disk;
using ObjectServer.Storage.Model;

namespace ObjectServer.Storage.Journal;

/// <summary>
/// Watches that the disk keeps some room, so that deletes, which need a little, always can free more.
/// </summary>
/// <param name="measure">Asks the disk.</param>
/// <param name="reserveBytes">The room to keep; null for a hundredth of the disk, at most 1 GiB.</param>
/// <param name="time">Limits how often the disk is asked.</param>
/// <param name="report">Told when the reserve is crossed.</param>
internal sealed class DiskReserve(
    Func<DiskSpace> measure, long? reserveBytes, TimeProvider time, Action<StoreReport> report)
{
    private static readonly TimeSpan Freshness = TimeSpan.FromSeconds(1);

    private long _measuredAt;
    private bool _wasMeasured;
    private bool _isLow;

    /// <summary>Whether less than the reserve is free, as of at most a second ago. One thread.</summary>
    public bool IsLow()
    {
        if (_wasMeasured && time.GetElapsedTime(_measuredAt) < Freshness)
        {
            return _isLow;
        }

        var space = measure();
        var reserve = reserveBytes ?? Math.Min(1L << 30, space.TotalBytes / 100);
        var isLow = space.FreeBytes < reserve;
        if (isLow != _isLow)
        {
            report(new DiskReserveCrossed(isLow, space.FreeBytes, reserve));
        }

        _isLow = isLow;
        _measuredAt = time.GetTimestamp();
        _wasMeasured = true;
        return isLow;
    }
}
