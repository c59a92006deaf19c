using System.Text;
using System.Text.Json;

namespace ObjectServer.Iam;

/// <summary>A place in a text, both counted from 1.</summary>
internal readonly record struct TextPosition(int Line, int Column);

/// <summary>Finds where the statements of a policy stand in its text.</summary>
internal static class StatementPositions
{
    /// <summary>Where a statement begins, and where it ends: after its last brace.</summary>
    /// <param name="policy">JSON that is a policy.</param>
    /// <param name="index">Which statement, from 0.</param>
    public static (TextPosition Start, TextPosition End) Find(string policy, int index)
    {
        var utf8 = Encoding.UTF8.GetBytes(policy);
        var reader = new Utf8JsonReader(utf8);
        var seen = -1;
        var isStatement = false;
        while (reader.Read())
        {
            if (reader is { TokenType: JsonTokenType.PropertyName, CurrentDepth: 1 })
            {
                isStatement = reader.ValueTextEquals("Statement"u8);
            }
            else if (isStatement && reader.TokenType == JsonTokenType.StartObject && ++seen == index)
            {
                var start = (int)reader.TokenStartIndex;
                reader.Skip();
                return (At(utf8, start), At(utf8, (int)reader.BytesConsumed));
            }
            else if (isStatement && reader.TokenType == JsonTokenType.StartObject)
            {
                reader.Skip();
            }
        }

        return default;
    }

    private static TextPosition At(ReadOnlySpan<byte> utf8, int offset)
    {
        var before = utf8[..offset];
        var line = before.Count((byte)'\n');
        return new(line + 1, Encoding.UTF8.GetCharCount(before[(before.LastIndexOf((byte)'\n') + 1)..]) + 1);
    }
}
