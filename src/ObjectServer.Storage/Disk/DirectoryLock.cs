using System.Globalization;
using ObjectServer.Storage.Model;

namespace ObjectServer.Storage.Disk;

/// <summary>
/// Has a directory for the life of the process: by an exclusive lock (flock on Unix, a share mode on Windows) on its
/// file LOCK, never by that file's mere existence. LOCK.pid, a file of its own because a locked one cannot be read, names
/// its last holder's process id.
/// </summary>
internal sealed class DirectoryLock : IDisposable
{
    private const string LockName = "LOCK";
    private const string HolderName = LockName + ".pid";

    private readonly FileStream _held;

    private DirectoryLock(FileStream held) => _held = held;

    /// <summary>Takes a directory.</summary>
    /// <param name="directory">It must be there.</param>
    /// <param name="what">What it is to whom is refused, e.g. <c>this store</c>.</param>
    /// <exception cref="StoreOpenException">Another process has it.</exception>
    public static DirectoryLock Take(string directory, string what)
    {
        var path = Path.Combine(directory, LockName);
        FileStream held;
        try
        {
            held = new FileStream(path, new FileStreamOptions
            {
                Mode = FileMode.OpenOrCreate,
                Access = FileAccess.ReadWrite,

                // On Unix only None takes an exclusive flock; on Windows Read still refuses a second writer.
                Share = OperatingSystem.IsWindows() ? FileShare.Read : FileShare.None,
                BufferSize = 0,
            });
        }
        catch (IOException failure) when (File.Exists(path))
        {
            throw new StoreOpenException(
                $"Another process{DescribeHolder(directory)} has {what} open: '{path}' is locked.", failure)
            {
                IsInUse = true,
            };
        }

        AtomicFile.Write(
            Path.Combine(directory, HolderName),
            string.Create(CultureInfo.InvariantCulture, $"{Environment.ProcessId}\n"));
        return new DirectoryLock(held);
    }

    /// <summary>Whether an entry of a directory is there because it was taken once.</summary>
    public static bool Left(string entry) =>
        Path.GetFileName(entry) is LockName or HolderName or HolderName + AtomicFile.TemporarySuffix;

    /// <summary>Gives it up.</summary>
    public void Dispose() => _held.Dispose();

    private static string DescribeHolder(string directory)
    {
        try
        {
            return int.TryParse(
                File.ReadAllText(Path.Combine(directory, HolderName)), CultureInfo.InvariantCulture, out var processId)
                ? string.Create(CultureInfo.InvariantCulture, $" (id {processId})")
                : "";
        }
        catch (IOException)
        {
            return "";
        }
    }
}
