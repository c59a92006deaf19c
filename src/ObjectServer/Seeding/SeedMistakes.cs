using System.Globalization;

namespace ObjectServer.Seeding;

/// <summary>Gathers what is wrong with a seed file. No text of it shows a secret.</summary>
/// <param name="file">The file, as the operator named it.</param>
internal sealed class SeedMistakes(string file)
{
    private readonly List<string> _all = [];

    public IReadOnlyList<string> All => _all;

    /// <summary>Adds one.</summary>
    /// <param name="place">Where it is.</param>
    /// <param name="what">A sentence that goes on from there.</param>
    public void Add(SeedPlace place, string what) => _all.Add(Write(file, place, what));

    /// <summary>Forgets all, for whoever begins again.</summary>
    public void Clear() => _all.Clear();

    /// <exception cref="SeedException">There are some.</exception>
    public void ThrowIfAny()
    {
        if (_all.Count > 0)
        {
            throw new SeedException([.. _all]);
        }
    }

    private static string Write(string file, SeedPlace place, string what)
    {
        var line = place.Line == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $":{place.Line}");
        return place.Path.Length == 0 ? $"{file}{line}: {what}" : $"{file}{line}: {place.Path}: {what}";
    }
}

/// <summary>Where something stands in a seed file.</summary>
/// <param name="Path">E.g. <c>accounts[0].users[1].userName</c>; empty for the whole file.</param>
/// <param name="Line">From 1; 0 where it is not known.</param>
internal readonly record struct SeedPlace(string Path, int Line)
{
    /// <summary>The whole file.</summary>
    public static SeedPlace File { get; } = new("", 0);

    /// <summary>A field of what stands here.</summary>
    public SeedPlace Field(string name, int line) => new(Path.Length == 0 ? name : $"{Path}.{name}", line);

    /// <summary>A value of the list that stands here.</summary>
    public SeedPlace Value(int index, int line) =>
        new(string.Create(CultureInfo.InvariantCulture, $"{Path}[{index}]"), line);
}
