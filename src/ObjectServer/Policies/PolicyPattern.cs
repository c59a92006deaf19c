using System.Runtime.CompilerServices;
using System.Text;

namespace ObjectServer.Policies;

/// <summary>How a pattern is read.</summary>
[Flags]
internal enum PatternOptions
{
    /// <summary>Every character stands for itself.</summary>
    None = 0,

    /// <summary><c>*</c> stands for any characters, also none, and <c>?</c> for one.</summary>
    Wildcards = 1,

    /// <summary><c>${key}</c> stands for the value of a condition key.</summary>
    Variables = 2,

    /// <summary>Case is ignored.</summary>
    IgnoreCase = 4,
}

/// <summary>
/// A text of a policy that names many: wildcards, and variables that stand for values of the request. Compiled once,
/// matched without allocating.
/// </summary>
/// <remarks>
/// What a variable stands for is taken as it is: a star in it is a star. A variable without a value matches nothing.
/// A character is a code point, so <c>?</c> takes a whole surrogate pair.
/// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html
/// </remarks>
internal sealed class PolicyPattern
{
    private readonly Piece[] _pieces;
    private readonly int _variables;
    private readonly StringComparison _comparison;

    private PolicyPattern(string text, Piece[] pieces, PatternOptions options)
    {
        Text = text;
        _pieces = pieces;
        _comparison = options.HasFlag(PatternOptions.IgnoreCase)
            ? StringComparison.OrdinalIgnoreCase
            : StringComparison.Ordinal;
        foreach (var piece in pieces)
        {
            _variables += piece.Kind == PieceKind.Variable ? 1 : 0;
            HasWildcards |= piece.Kind is PieceKind.Any or PieceKind.One;
        }
    }

    private enum PieceKind : byte
    {
        Literal,
        Any,
        One,
        Variable,
    }

    /// <summary>The text as the policy has it.</summary>
    public string Text { get; }

    /// <summary>Whether it has stars or question marks that stand for others.</summary>
    public bool HasWildcards { get; }

    /// <summary>Whether it has variables.</summary>
    public bool HasVariables => _variables > 0;

    /// <summary>The condition keys that its variables name.</summary>
    public IEnumerable<string> Variables =>
        _pieces.Where(piece => piece.Kind == PieceKind.Variable).Select(piece => piece.Text);

    public static PolicyPattern Compile(string text, PatternOptions options)
    {
        var pieces = new List<Piece>(1);
        var literal = new StringBuilder();
        for (var at = 0; at < text.Length;)
        {
            if (options.HasFlag(PatternOptions.Wildcards) && text[at] is '*' or '?')
            {
                Flush();
                if (text[at] == '?' || pieces.Count == 0 || pieces[^1].Kind != PieceKind.Any)
                {
                    pieces.Add(new(text[at] == '*' ? PieceKind.Any : PieceKind.One, ""));
                }

                at++;
            }
            else if (options.HasFlag(PatternOptions.Variables) && TakeVariable(text, ref at, out var variable))
            {
                if (variable.Kind == PieceKind.Literal)
                {
                    literal.Append(variable.Text);
                }
                else
                {
                    Flush();
                    pieces.Add(variable);
                }
            }
            else
            {
                literal.Append(text[at++]);
            }
        }

        Flush();
        return new(text, [.. pieces], options);

        void Flush()
        {
            if (literal.Length > 0)
            {
                pieces.Add(new(PieceKind.Literal, literal.Length == text.Length ? text : literal.ToString()));
                literal.Clear();
            }
        }
    }

    /// <summary>Whether the pattern names a value.</summary>
    /// <param name="value">The whole of what must match.</param>
    /// <param name="conditions">Where variables get their values.</param>
    /// <param name="isResolved">Whether every variable has one value.</param>
    public bool Matches(ReadOnlySpan<char> value, IConditionValues conditions, out bool isResolved)
    {
        isResolved = true;
        if (_variables == 0)
        {
            return Matches(value);
        }

        var few = default(FewTexts);
        var texts = _variables <= FewTexts.Length ? ((Span<string>)few)[.._variables] : new string[_variables];
        isResolved = Resolve(conditions, texts);
        return isResolved && Match(value, texts);
    }

    /// <summary>Whether a pattern without variables names a value.</summary>
    public bool Matches(ReadOnlySpan<char> value) => _pieces switch
    {
        [] => value.IsEmpty,
        [{ Kind: PieceKind.Any }] => true,
        [{ Kind: PieceKind.Literal } whole] => value.Equals(whole.Text, _comparison),
        [{ Kind: PieceKind.Literal } start, { Kind: PieceKind.Any }] => value.StartsWith(start.Text, _comparison),
        _ => Match(value, []),
    };

    private bool Resolve(IConditionValues conditions, Span<string> texts)
    {
        var index = 0;
        foreach (var piece in _pieces)
        {
            if (piece.Kind == PieceKind.Variable)
            {
                // A key of several values stands for none of them.
                var text = conditions.TryGet(piece.Text, out var values) && values.Count == 1
                    ? values[0]
                    : piece.Default;
                if (text is null)
                {
                    return false;
                }

                texts[index++] = text;
            }
        }

        return true;
    }

    /// <summary>
    /// Takes pieces from the left; where one does not fit, the last star takes one character more. An earlier star need
    /// not: whatever it could leave to the later one, that one can take itself.
    /// </summary>
    private bool Match(ReadOnlySpan<char> value, ReadOnlySpan<string> texts)
    {
        var pieces = _pieces;
        int at = 0, piece = 0, variable = 0;
        int starPiece = -1, starAt = 0, starVariable = 0;
        while (true)
        {
            if (piece == pieces.Length)
            {
                if (at == value.Length)
                {
                    return true;
                }
            }
            else
            {
                ref readonly var next = ref pieces[piece];
                if (next.Kind == PieceKind.Any)
                {
                    if (++piece == pieces.Length)
                    {
                        return true;
                    }

                    (starPiece, starAt, starVariable) = (piece, at, variable);
                    continue;
                }

                if (next.Kind == PieceKind.One)
                {
                    if (at < value.Length)
                    {
                        at += at + 1 < value.Length && char.IsSurrogatePair(value[at], value[at + 1]) ? 2 : 1;
                        piece++;
                        continue;
                    }
                }
                else
                {
                    var text = next.Kind == PieceKind.Variable ? texts[variable] : next.Text;
                    if (value[at..].StartsWith(text, _comparison))
                    {
                        at += text.Length;
                        variable += next.Kind == PieceKind.Variable ? 1 : 0;
                        piece++;
                        continue;
                    }
                }
            }

            if (starPiece < 0 || starAt >= value.Length)
            {
                return false;
            }

            (piece, at, variable) = (starPiece, ++starAt, starVariable);
        }
    }

    /// <summary>Takes <c>${...}</c>, also with a default: <c>${key, 'text'}</c>.</summary>
    private static bool TakeVariable(string text, ref int at, out Piece variable)
    {
        variable = default;
        var rest = text.AsSpan(at);
        if (!rest.StartsWith("${", StringComparison.Ordinal))
        {
            return false;
        }

        var nameEnd = rest.IndexOfAny(',', '}');
        if (nameEnd < 0)
        {
            return false;
        }

        var name = rest[2..nameEnd].Trim(' ');
        if (rest[nameEnd] == '}')
        {
            variable = name is "*" or "?" or "$"
                ? new(PieceKind.Literal, name.ToString())
                : new(PieceKind.Variable, name.ToString());
            at += nameEnd + 1;
            return true;
        }

        var opening = rest[(nameEnd + 1)..].TrimStart(' ');
        if (opening is not ['\'', ..] || opening[1..].IndexOf('\'') is not (var length and >= 0))
        {
            return false;
        }

        var closing = opening[(length + 2)..].TrimStart(' ');
        if (closing is not ['}', ..])
        {
            return false;
        }

        variable = new(PieceKind.Variable, name.ToString(), opening.Slice(1, length).ToString());
        at = text.Length - closing.Length + 1;
        return true;
    }

    /// <param name="Kind">What it stands for.</param>
    /// <param name="Text">The characters of a literal, or the key of a variable.</param>
    /// <param name="Default">What stands for a variable without a value; null: nothing does.</param>
    private readonly record struct Piece(PieceKind Kind, string Text, string? Default = null);

    [InlineArray(Length)]
    private struct FewTexts
    {
        public const int Length = 4;

        private string _first;
    }
}
