using System.Text;
using ObjectServer.Iam;

namespace ObjectServer.Tests.Iam;

/// <summary>
/// Codes are read back by a reader of the test's own, which shares nothing with what draws them but the standard: it
/// finds version and mask in the code, takes the mask away, gathers the blocks and checks that no byte needs
/// correction.
/// </summary>
public sealed class QrCodeTests
{
    [Fact]
    public void A_code_of_any_length_is_read_back()
    {
        foreach (var length in (int[])
            [0, 1, 16, 17, 18, 60, 106, 107, 134, 150, 155, 230, 271, 400, 700, 1000, 1732, 2500, 2953])
        {
            var text = new string([.. Enumerable.Range(0, length).Select(at => (char)('!' + (at * 7 % 90)))]);
            Assert.Equal(text, Read(QrCode.Modules(text)));
        }
    }

    [Fact]
    public void What_is_longer_than_any_code_is_refused() =>
        Assert.Throws<ArgumentException>(() => QrCode.Png(new string('x', 2954)));

    [Fact]
    public void Format_bits_are_those_of_the_standard()
    {
        // ISO/IEC 18004, annex C: level L with the masks 0 to 7.
        int[] known = [0x77C4, 0x72F3, 0x7DAA, 0x789D, 0x662F, 0x6318, 0x6C41, 0x6976];

        Assert.Contains(FormatBits(QrCode.Modules("otpauth://totp/x")), known);
    }

    [Fact]
    public void A_picture_is_a_PNG_with_a_quiet_zone()
    {
        var png = QrCode.Png("x");

        Assert.Equal(
            "89504E470D0A1A0A0000000D49484452000000740000007401000000", Convert.ToHexString(png.AsSpan(0, 28)));
        Assert.Equal("49454E44AE426082", Convert.ToHexString(png.AsSpan(png.Length - 8)));
    }

    /// <summary>The fifteen bits beside the upper left finder, the highest first.</summary>
    private static int FormatBits(bool[,] modules)
    {
        var bits = 0;
        foreach (var (row, column) in (ReadOnlySpan<(int, int)>)
        [
            (8, 0), (8, 1), (8, 2), (8, 3), (8, 4), (8, 5), (8, 7), (8, 8),
            (7, 8), (5, 8), (4, 8), (3, 8), (2, 8), (1, 8), (0, 8),
        ])
        {
            bits = (bits << 1) | (modules[row, column] ? 1 : 0);
        }

        return bits;
    }

    private static string Read(bool[,] modules)
    {
        var size = modules.GetLength(0);
        var version = (size - 17) / 4;
        var mask = ((FormatBits(modules) ^ 0x5412) >> 10) & 7;
        var bits = new List<bool>();
        var isUpward = true;
        for (var right = size - 1; right > 0; right -= 2)
        {
            right -= right == 6 ? 1 : 0;
            for (var step = 0; step < size; step++)
            {
                var row = isUpward ? size - 1 - step : step;
                for (var column = right; column > right - 2; column--)
                {
                    if (!IsFunction(version, row, column))
                    {
                        bits.Add(modules[row, column] ^ IsMasked(mask, row, column));
                    }
                }
            }

            isUpward = !isUpward;
        }

        var bytes = bits.Chunk(8).Where(chunk => chunk.Length == 8)
            .Select(chunk => (byte)chunk.Aggregate(0, (value, bit) => (value << 1) | (bit ? 1 : 0))).ToArray();
        return Decode(version, bytes);
    }

    /// <summary>Takes the blocks apart, and the text out of them.</summary>
    private static string Decode(int version, byte[] bytes)
    {
        var (blocks, correction) = Structure(version, bytes.Length);
        var dataLength = bytes.Length - (blocks * correction);
        var (shorter, longer) = (dataLength / blocks, dataLength % blocks);
        var parts = Enumerable.Range(0, blocks).Select(_ => new List<byte>()).ToArray();
        var at = 0;
        for (var column = 0; column <= shorter; column++)
        {
            for (var block = column < shorter ? 0 : blocks - longer; block < blocks; block++)
            {
                parts[block].Add(bytes[at++]);
            }
        }

        var data = parts.SelectMany(part => part).ToArray();
        for (var column = 0; column < correction; column++)
        {
            foreach (var part in parts)
            {
                part.Add(bytes[at++]);
            }
        }

        Assert.All(parts, part => AssertWhole(part, correction));
        var bits = string.Concat(data.Select(one => Convert.ToString(one, 2).PadLeft(8, '0')));
        Assert.Equal("0100", bits[..4]);
        var countBits = version < 10 ? 8 : 16;
        var count = Convert.ToInt32(bits.Substring(4, countBits), 2);
        return Encoding.UTF8.GetString([.. Enumerable.Range(0, count)
            .Select(one => Convert.ToByte(bits.Substring(4 + countBits + (one * 8), 8), 2))]);
    }

    /// <summary>
    /// A block is whole where the polynomial of its bytes is zero at every power of two up to the correction.
    /// </summary>
    private static void AssertWhole(List<byte> block, int correction)
    {
        var root = 1;
        for (var power = 0; power < correction; power++)
        {
            var value = 0;
            foreach (var one in block)
            {
                value = Times(value, root) ^ one;
            }

            Assert.Equal(0, value);
            root = Times(root, 2);
        }
    }

    private static int Times(int left, int right)
    {
        var product = 0;
        for (; right > 0; right >>= 1)
        {
            product ^= (right & 1) == 1 ? left : 0;
            left = left < 128 ? left << 1 : (left << 1) ^ 0x11D;
        }

        return product;
    }

    /// <summary>
    /// Blocks and correction bytes of level L, from the standard's table 9, of the versions that tests meet.
    /// </summary>
    private static (int Blocks, int Correction) Structure(int version, int total) => (version, total) switch
    {
        (1, 26) => (1, 7),
        (2, 44) => (1, 10),
        (4, 100) => (1, 20),
        (5, 134) => (1, 26),
        (6, 172) => (2, 18),
        (7, 196) => (2, 20),
        (8, 242) => (2, 24),
        (9, 292) => (2, 30),
        (10, 346) => (4, 18),
        (13, 532) => (4, 26),
        (18, 901) => (6, 30),
        (22, 1258) => (9, 28),
        (30, 2185) => (15, 30),
        (37, 3196) => (21, 30),
        (40, 3706) => (25, 30),
        _ => throw new ArgumentOutOfRangeException(nameof(version), $"{version} with {total} bytes"),
    };

    private static bool IsMasked(int mask, int i, int j) => mask switch
    {
        0 => (i + j) % 2 == 0,
        1 => i % 2 == 0,
        2 => j % 3 == 0,
        3 => (i + j) % 3 == 0,
        4 => ((i / 2) + (j / 3)) % 2 == 0,
        5 => (i * j % 2) + (i * j % 3) == 0,
        6 => ((i * j % 2) + (i * j % 3)) % 2 == 0,
        _ => (((i + j) % 2) + (i * j % 3)) % 2 == 0,
    };

    /// <summary>Whether a module belongs to a pattern, the format or the version.</summary>
    private static bool IsFunction(int version, int row, int column)
    {
        var size = (4 * version) + 17;
        var isFinder = (row < 9 && column < 9) || (row < 9 && column >= size - 8) || (row >= size - 8 && column < 9);
        var isVersion = version >= 7
            && ((row < 6 && column >= size - 11 && column < size - 8)
                || (column < 6 && row >= size - 11 && row < size - 8));
        var centers = Centers(version);
        var isAlignment = centers.Any(down => centers.Any(right =>
            Math.Abs(row - down) <= 2 && Math.Abs(column - right) <= 2
            && !((down, right) == (6, 6) || (down, right) == (6, size - 7) || (down, right) == (size - 7, 6))));
        return isFinder || isVersion || isAlignment || row == 6 || column == 6;
    }

    /// <summary>Annex E, of the versions that tests meet.</summary>
    private static int[] Centers(int version) => version switch
    {
        1 => [],
        2 => [6, 18],
        4 => [6, 26],
        5 => [6, 30],
        6 => [6, 34],
        7 => [6, 22, 38],
        8 => [6, 24, 42],
        9 => [6, 26, 46],
        10 => [6, 28, 50],
        13 => [6, 34, 62],
        18 => [6, 30, 56, 82],
        22 => [6, 26, 50, 74, 98],
        30 => [6, 26, 52, 78, 104, 130],
        37 => [6, 28, 54, 80, 106, 132, 158],
        40 => [6, 30, 58, 86, 114, 142, 170],
        _ => throw new ArgumentOutOfRangeException(nameof(version), $"{version}"),
    };
}
