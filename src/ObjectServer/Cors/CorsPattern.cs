namespace ObjectServer.Cors;

/// <summary>An allowed origin or header: text in which one asterisk, if there is one, stands for any characters or none.</summary>
internal readonly record struct CorsPattern
{
    private readonly int _asterisk;

    /// <param name="text">As it was sent, with at most one asterisk.</param>
    public CorsPattern(string text)
    {
        Text = text;
        _asterisk = text.IndexOf('*', StringComparison.Ordinal);
    }

    public string Text { get; }

    /// <summary>Whether it is the asterisk alone.</summary>
    public bool IsAny => Text == "*";

    /// <summary>Whether a text has more asterisks than a pattern can have.</summary>
    public static bool HasManyAsterisks(string text) => text.AsSpan().Count('*') > 1;

    /// <param name="value">An origin or the name of a header.</param>
    /// <param name="comparison">Origins are compared as they are, names of headers in any case.</param>
    public bool Matches(ReadOnlySpan<char> value, StringComparison comparison)
    {
        if (_asterisk < 0)
        {
            return value.Equals(Text, comparison);
        }

        var before = Text.AsSpan(0, _asterisk);
        var after = Text.AsSpan(_asterisk + 1);
        return value.Length >= before.Length + after.Length
            && value.StartsWith(before, comparison)
            && value.EndsWith(after, comparison);
    }
}
