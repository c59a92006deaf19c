using System.Text;
using CsCheck;

namespace ObjectServer.Tests.Fuzz;

/// <summary>Makes hostile inputs out of a corpus: a good input, changed in a few places. The same number, the same input.</summary>
/// <param name="corpus">Inputs that get far; those that once found a bug among them.</param>
/// <param name="words">What means something to the parser, to be put anywhere.</param>
internal sealed class Mutator(IReadOnlyList<string> corpus, IReadOnlyList<string> words)
{
    private const int MaxBytes = 8192;
    private const int MaxChanges = 5;

    private static readonly string[] Numbers =
    [
        "0", "-1", "1", "00", "2147483648", "9223372036854775807", "9223372036854775808", "18446744073709551616",
        "ffffffffffffffff", "7fffffffffffffff", "1e9", "+1", " 1", "١",
    ];

    private static readonly string[] Oddities =
    [
        "\0", "\r", "\n", "\r\n", "\t", " ", "%", "%0", "%00", "%2F", "%zz", "%C0%AF", "\u007f", "é", "😀", "\ud800",
        "\"", "'", "\\", ",", ";", "=", "&", "?", "#", "/", "..", "//", "*", "+", ":", "<", ">", "]]>", "<!--", "{", "[",
    ];

    /// <summary>The input of a number.</summary>
    public byte[] Make(int number)
    {
        var random = new PCG(1, (ulong)number);
        var input = new List<byte>(Bytes(Pick(corpus, random)));
        for (var changes = Below(MaxChanges, random) + 1; changes > 0; changes--)
        {
            Change(input, random);
        }

        return [.. input.Take(MaxBytes)];
    }

    private void Change(List<byte> input, PCG random)
    {
        var at = Below(input.Count + 1, random);
        var length = Math.Min(Below(input.Count - at + 1, random), Below(64, random) + 1);
        switch (Below(10, random))
        {
            case 0 when at < input.Count:
                input[at] ^= (byte)(1 << Below(8, random));
                break;
            case 1 when at < input.Count:
                input[at] = (byte)Below(256, random);
                break;
            case 2:
                input.RemoveRange(at, length);
                break;
            case 3:
                input.RemoveRange(at, input.Count - at);
                break;
            case 4:
                input.InsertRange(Below(input.Count + 1, random), input.GetRange(at, length));
                break;
            case 5:
                // The same again and again: what is quadratic shows.
                var piece = input.GetRange(at, length);
                for (var times = Below(100, random); times > 0 && input.Count < MaxBytes; times--)
                {
                    input.InsertRange(at, piece);
                }

                break;
            case 6:
                input.InsertRange(at, Bytes(Pick(Numbers, random)));
                break;
            case 7:
                input.InsertRange(at, Bytes(Pick(Oddities, random)));
                break;
            case 8:
                var other = Bytes(Pick(corpus, random));
                input.RemoveRange(at, input.Count - at);
                input.AddRange(other[Below(other.Length + 1, random)..]);
                break;
            default:
                input.InsertRange(at, Bytes(Pick(words, random)));
                break;
        }
    }

    private static string Pick(IReadOnlyList<string> from, PCG random) =>
        from.Count == 0 ? "" : from[Below(from.Count, random)];

    private static int Below(int limit, PCG random) => (int)random.Next((uint)limit);

    private static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);
}
