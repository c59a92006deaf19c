namespace ObjectServer.Allocations;

/// <summary>
/// Runs an operation until its figure stands, and compares that with its line of <c>bench/allocations.txt</c>.
/// </summary>
/// <remarks>
/// Whatever else a process does (a heartbeat, a timer, the test runner) can only add bytes, so the least of several
/// rounds is the operation's own. A figure below the file's fails too: the file says what is, not what once was.
/// Debug builds are not measured: there, async methods allocate what they do not in Release.
/// </remarks>
internal static class Gate
{
    private const int Rounds = 9;
    private const int WarmUpRounds = 3;

    /// <summary>Why nothing is measured; null if all is.</summary>
    public static string? Obstacle =>
#if DEBUG
        "Allocations are those of a Release build: dotnet test -c Release --project tests/ObjectServer.Allocations";
#else
        null;
#endif

    private static bool Rewrites => Environment.GetEnvironmentVariable("OBJECTSERVER_ALLOCATIONS") == "write";

    public static void SkipIfUnmeasured() => Assert.SkipWhen(Obstacle is not null, Obstacle ?? "");

    /// <summary>Judges what an operation allocates that runs on the caller's thread alone.</summary>
    /// <param name="name">Its name in the file.</param>
    /// <param name="operation">Runs once; what it returns is dropped.</param>
    public static void Holds(string name, Func<object?> operation) =>
        Judge(name, Measure(operation), toleratedBytes: 8, toleratedShare: 0.02);

    /// <summary>Judges what the process allocates while an operation runs that may use other threads.</summary>
    /// <param name="name">Its name in the file.</param>
    /// <param name="operations">How many make a round.</param>
    /// <param name="operation">Runs once.</param>
    public static async Task HoldsAsync(string name, int operations, Func<Task> operation)
    {
        // On a thread of the pool: the test's own context would allocate for every await.
        var figure = await Task.Run(() => MeasureAsync(operations, operation));
        Judge(name, figure, toleratedBytes: 64, toleratedShare: 0.1);
    }

    private static long Measure(Func<object?> operation)
    {
        const int Operations = 200;
        var least = long.MaxValue;
        for (var round = 0; round < WarmUpRounds + Rounds; round++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            for (var count = 0; count < Operations; count++)
            {
                operation();
            }

            var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
            least = round < WarmUpRounds ? least : Math.Min(least, allocated);
        }

        return least / Operations;
    }

    private static async Task<long> MeasureAsync(int operations, Func<Task> operation)
    {
        var least = long.MaxValue;
        for (var round = 0; round < WarmUpRounds + Rounds; round++)
        {
            var before = GC.GetTotalAllocatedBytes(precise: true);
            for (var count = 0; count < operations; count++)
            {
                await operation();
            }

            var allocated = GC.GetTotalAllocatedBytes(precise: true) - before;
            least = round < WarmUpRounds ? least : Math.Min(least, allocated);
        }

        return least / operations;
    }

    private static void Judge(string name, long figure, long toleratedBytes, double toleratedShare)
    {
        var figures = AllocationFile.Read();
        if (Rewrites)
        {
            figures[name] = figure;
            AllocationFile.Write(figures);
            return;
        }

        Assert.True(
            figures.TryGetValue(name, out var expected),
            $"bench/allocations.txt has no line for '{name}', which allocates {figure} bytes.");
        var tolerance = toleratedBytes + (long)(expected * toleratedShare);
        Assert.True(
            figure <= expected + tolerance,
            $"'{name}' allocates {figure} bytes, bench/allocations.txt allows {expected} (and {tolerance} more).");
        Assert.True(
            figure >= expected - tolerance,
            $"'{name}' allocates only {figure} bytes: lower the {expected} in bench/allocations.txt, so that it stays.");
    }
}
