namespace ObjectServer.Seeding;

/// <summary>A seed file that cannot be obeyed.</summary>
/// <param name="mistakes">Every one of them, each a line with its place.</param>
internal sealed class SeedException(IReadOnlyList<string> mistakes) : Exception(string.Join('\n', mistakes))
{
    public IReadOnlyList<string> Mistakes { get; } = mistakes;
}
