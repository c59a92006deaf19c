using System.Globalization;

namespace ObjectServer.Allocations;

/// <summary>
/// <c>bench/allocations.txt</c>: how many bytes each hot path allocates. A line is a number and a name; what begins with
/// # is for readers.
/// </summary>
internal static class AllocationFile
{
    private const string Head = """
        # Bytes that each hot path allocates per operation, as tests/ObjectServer.Allocations measures them in Release.
        # Who allocates more has to lower it again or to raise the number here, and to say why in the commit; who
        # allocates less lowers the number. To write the file anew:
        #
        #   OBJECTSERVER_ALLOCATIONS=write dotnet test -c Release --project tests/ObjectServer.Allocations

        """;

    private static string Path { get; } = Find();

    public static SortedDictionary<string, long> Read()
    {
        var figures = new SortedDictionary<string, long>(StringComparer.Ordinal);
        foreach (var line in File.ReadAllLines(Path).Select(line => line.Trim()))
        {
            if (line.Length > 0 && line[0] != '#')
            {
                var parts = line.Split(' ', 2, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
                figures.Add(parts[1], long.Parse(parts[0], CultureInfo.InvariantCulture));
            }
        }

        return figures;
    }

    public static void Write(SortedDictionary<string, long> figures) => File.WriteAllText(
        Path,
        Head + string.Concat(figures.Select(figure =>
            string.Create(CultureInfo.InvariantCulture, $"\n{figure.Value,8} {figure.Key}"))) + "\n");

    private static string Find()
    {
        var directory = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(System.IO.Path.Combine(directory.FullName, "ObjectServer.sln")))
        {
            directory = directory.Parent ?? throw new DirectoryNotFoundException("The tests run outside the repository.");
        }

        return System.IO.Path.Combine(directory.FullName, "bench", "allocations.txt");
    }
}
