using System.Diagnostics;
using System.Globalization;

namespace ObjectServer.CrashWriter;

/// <summary>
/// Where in its write paths a process dies: before or after an operation on the disk, or in the midst of a write.
/// Named as area, operation and moment, e.g. <c>journal.sync.after</c>.
/// </summary>
public sealed class KillPoint
{
    private readonly string _name;
    private readonly Action<string> _lastWords;
    private int _left;

    /// <param name="name">Which point; empty for none.</param>
    /// <param name="occurrence">At which time of passing it, from 1 on.</param>
    /// <param name="lastWords">Told the name, just before the end.</param>
    public KillPoint(string name, int occurrence, Action<string> lastWords)
    {
        _name = name;
        _left = occurrence;
        _lastWords = lastWords;
    }

    /// <summary>Every point there is.</summary>
    public static IReadOnlyList<string> All { get; } =
    [
        .. from point in (string[])[
            "journal.create", "journal.write", "journal.sync", "journal.cut", "journal.delete", "journal.list",
            "blob.create", "blob.write", "blob.sync", "blob.rename", "blob.delete", "blob.list",
            "class.sync", "class.rename"]
        from moment in (string[])["before", "after"]
        select $"{point}.{moment}",
        "journal.write.amid",
        "blob.write.amid",
    ];

    /// <summary>Whether a write that passes now is the one to stop in the middle of.</summary>
    public bool IsAmid(string operation) => _name == operation + ".amid" && Interlocked.Decrement(ref _left) == 0;

    /// <summary>Passes a point, or dies there.</summary>
    public void Pass(string operation, string moment)
    {
        if (_name == $"{operation}.{moment}" && Interlocked.Decrement(ref _left) == 0)
        {
            Die();
        }
    }

    /// <summary>SIGKILL: no handler runs, nothing is flushed.</summary>
    public void Die()
    {
        _lastWords(string.Create(CultureInfo.InvariantCulture, $"DIED {_name}"));
        Process.GetCurrentProcess().Kill();
        Thread.Sleep(Timeout.Infinite);
    }
}
