namespace ObjectServer.Policies;

/// <summary>An ARN of a condition, each of whose six parts between colons names parts of ARNs by itself.</summary>
/// <remarks>
/// A star alone names every ARN. So does a variable alone name the ARN that it stands for. Any other text of fewer than
/// six parts names none.
/// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
/// </remarks>
internal sealed class ArnPattern
{
    private const int Parts = 6;

    private readonly PolicyPattern _whole;
    private readonly PolicyPattern[]? _parts;

    private ArnPattern(PolicyPattern whole, PolicyPattern[]? parts)
    {
        _whole = whole;
        _parts = parts;
    }

    /// <summary>The pattern as the policy has it.</summary>
    public PolicyPattern Whole => _whole;

    public static ArnPattern Compile(string text, PatternOptions options)
    {
        var parts = Split(text, options.HasFlag(PatternOptions.Variables));
        return new(
            PolicyPattern.Compile(text, options),
            parts?.Select(part => PolicyPattern.Compile(part, options)).ToArray());
    }

    /// <summary>Whether the pattern names an ARN.</summary>
    public bool Matches(ReadOnlySpan<char> arn, IConditionValues conditions, out bool isResolved)
    {
        isResolved = true;
        if (!arn.StartsWith("arn:", StringComparison.Ordinal) || arn.Count(':') < Parts - 1)
        {
            return false;
        }

        if (_parts is null)
        {
            return (_whole.HasVariables || _whole.Text == "*") && _whole.Matches(arn, conditions, out isResolved);
        }

        for (var part = 0; part < Parts; part++)
        {
            var end = part == Parts - 1 ? arn.Length : arn.IndexOf(':');
            if (!_parts[part].Matches(arn[..end], conditions, out isResolved))
            {
                return false;
            }

            arn = arn[Math.Min(end + 1, arn.Length)..];
        }

        return true;
    }

    /// <summary>Cuts an ARN at its first five colons, those in variables left out. Null: it has fewer.</summary>
    public static string[]? Split(string text, bool hasVariables)
    {
        var parts = new string[Parts];
        int part = 0, start = 0;
        for (var at = 0; at < text.Length && part < Parts - 1; at++)
        {
            if (hasVariables && text.AsSpan(at).StartsWith("${", StringComparison.Ordinal))
            {
                at = text.IndexOf('}', at) is var end and >= 0 ? end : at;
            }
            else if (text[at] == ':')
            {
                parts[part++] = text[start..at];
                start = at + 1;
            }
        }

        parts[part] = text[start..];
        return part == Parts - 1 ? parts : null;
    }
}
