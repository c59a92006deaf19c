namespace ObjectServer.Iam;

/// <summary>Base32 without padding, as applications that show codes read it.</summary>
/// <remarks>https://www.rfc-editor.org/rfc/rfc4648#section-6</remarks>
internal static class Base32
{
    private const string Alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

    public static string Encode(ReadOnlySpan<byte> bytes)
    {
        var text = new System.Text.StringBuilder((bytes.Length * 8 / 5) + 1);
        var (bits, held) = (0, 0);
        foreach (var one in bytes)
        {
            bits = ((bits << 8) | one) & 0xFFF;
            for (held += 8; held >= 5; held -= 5)
            {
                text.Append(Alphabet[(bits >> (held - 5)) & 31]);
            }
        }

        return held == 0 ? text.ToString() : text.Append(Alphabet[(bits << (5 - held)) & 31]).ToString();
    }
}
