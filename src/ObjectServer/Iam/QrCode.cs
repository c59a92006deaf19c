using System.Buffers.Binary;
using System.IO.Compression;
using System.IO.Hashing;
using System.Text;

namespace ObjectServer.Iam;

/// <summary>Draws QR codes, as telephones read the secret of a device from them.</summary>
/// <remarks>
/// ISO/IEC 18004, model 2: one segment of bytes, error correction of level L (a screen loses nothing), the smallest
/// version that holds the text, the mask with the fewest penalties.
/// </remarks>
internal sealed class QrCode
{
    private const int QuietModules = 4;
    private const int PixelsPerModule = 4;

    /// <summary>Level L in the format bits.</summary>
    private const int LevelBits = 0b01;

    /// <summary>Of level L by version, from 1: how many bytes of each block correct errors.</summary>
    private static readonly byte[] CorrectionBytes =
    [
        7, 10, 15, 20, 26, 18, 20, 24, 30, 18, 20, 24, 26, 30, 22, 24, 28, 30, 28, 28, 28, 28, 30, 30, 26, 28, 30, 30,
        30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30,
    ];

    /// <summary>Of level L by version, from 1: into how many blocks the data is split.</summary>
    private static readonly byte[] BlockCounts =
    [
        1, 1, 1, 1, 1, 2, 2, 2, 2, 4, 4, 4, 4, 4, 6, 6, 6, 6, 7, 8, 8, 9, 9, 10, 12, 12, 12, 13, 14, 15, 16, 17, 18, 19,
        19, 20, 21, 22, 24, 25,
    ];

    private readonly int _version;
    private readonly int _size;
    private readonly bool[,] _isDark;

    /// <summary>Modules that no data and no mask may touch.</summary>
    private readonly bool[,] _isFixed;

    private QrCode(int version)
    {
        _version = version;
        _size = (4 * version) + 17;
        (_isDark, _isFixed) = (new bool[_size, _size], new bool[_size, _size]);
    }

    /// <summary>A picture of a text as a PNG file.</summary>
    /// <param name="text">Up to 2,953 bytes of UTF-8.</param>
    public static byte[] Png(string text) => Make(Encoding.UTF8.GetBytes(text)).ToPng();

    /// <summary>The modules of the code of a text, row by row; true is dark.</summary>
    public static bool[,] Modules(string text) => Make(Encoding.UTF8.GetBytes(text))._isDark;

    private static QrCode Make(byte[] bytes)
    {
        var version = Enumerable.Range(1, 40)
            .FirstOrDefault(version => DataBytes(version) * 8 >= HeadBits(version) + (bytes.Length * 8));
        if (version == 0)
        {
            throw new ArgumentException("The text is longer than any QR code.", nameof(bytes));
        }

        var code = new QrCode(version);
        code.DrawPatterns();
        code.DrawData(WithCorrection(version, Data(version, bytes)));
        code.Mask();
        return code;
    }

    /// <summary>The bits of the mode and of the count of bytes.</summary>
    private static int HeadBits(int version) => version < 10 ? 12 : 20;

    /// <summary>How many modules are free for data and its correction.</summary>
    private static int RawModules(int version)
    {
        var modules = (((16 * version) + 128) * version) + 64;
        if (version >= 2)
        {
            var alignments = (version / 7) + 2;
            modules -= (((25 * alignments) - 10) * alignments) - 55;
            if (version >= 7)
            {
                modules -= 36;
            }
        }

        return modules;
    }

    private static int DataBytes(int version) =>
        (RawModules(version) / 8) - (CorrectionBytes[version - 1] * BlockCounts[version - 1]);

    /// <summary>The mode, the count, the bytes, and what fills the rest.</summary>
    private static byte[] Data(int version, byte[] bytes)
    {
        var data = new byte[DataBytes(version)];
        var at = 0;
        Append(0b0100, 4);
        Append(bytes.Length, HeadBits(version) - 4);
        foreach (var one in bytes)
        {
            Append(one, 8);
        }

        // Up to four zero bits end the data, and as many more as its last byte has room for.
        at = (Math.Min(at + 4, data.Length * 8) + 7) / 8 * 8;
        for (var pad = 0xEC; at < data.Length * 8; pad ^= 0xEC ^ 0x11)
        {
            Append(pad, 8);
        }

        return data;

        void Append(int value, int bits)
        {
            for (var bit = bits - 1; bit >= 0; bit--, at++)
            {
                data[at / 8] |= (byte)(((value >> bit) & 1) << (7 - (at % 8)));
            }
        }
    }

    /// <summary>
    /// Splits the data into blocks, adds the correction of each, and takes the bytes of all in turns.
    /// </summary>
    private static byte[] WithCorrection(int version, byte[] data)
    {
        var (count, correction) = (BlockCounts[version - 1], CorrectionBytes[version - 1]);
        var shorter = data.Length / count;
        var longerBlocks = data.Length % count;
        var divisor = Divisor(correction);
        var blocks = new List<(byte[] Data, byte[] Correction)>();
        for (int block = 0, at = 0; block < count; block++)
        {
            var length = shorter + (block >= count - longerBlocks ? 1 : 0);
            var part = data[at..(at + length)];
            blocks.Add((part, Remainder(part, divisor)));
            at += length;
        }

        var all = new List<byte>(data.Length + (count * correction));
        for (var at = 0; at <= shorter; at++)
        {
            all.AddRange(blocks.Where(block => at < block.Data.Length).Select(block => block.Data[at]));
        }

        for (var at = 0; at < correction; at++)
        {
            all.AddRange(blocks.Select(block => block.Correction[at]));
        }

        return [.. all];
    }

    /// <summary>The product of (x - 2^i), without its leading one.</summary>
    private static byte[] Divisor(int degree)
    {
        var coefficients = new byte[degree];
        coefficients[^1] = 1;
        byte root = 1;
        for (var factor = 0; factor < degree; factor++)
        {
            for (var at = 0; at < degree; at++)
            {
                coefficients[at] = Multiply(coefficients[at], root);
                if (at + 1 < degree)
                {
                    coefficients[at] ^= coefficients[at + 1];
                }
            }

            root = Multiply(root, 2);
        }

        return coefficients;
    }

    private static byte[] Remainder(byte[] data, byte[] divisor)
    {
        var remainder = new byte[divisor.Length];
        foreach (var one in data)
        {
            var factor = (byte)(one ^ remainder[0]);
            Array.Copy(remainder, 1, remainder, 0, remainder.Length - 1);
            remainder[^1] = 0;
            for (var at = 0; at < remainder.Length; at++)
            {
                remainder[at] ^= Multiply(divisor[at], factor);
            }
        }

        return remainder;
    }

    /// <summary>In the field of 256 elements of x^8 + x^4 + x^3 + x^2 + 1.</summary>
    private static byte Multiply(byte left, byte right)
    {
        var product = 0;
        for (var bit = 7; bit >= 0; bit--)
        {
            product = (product << 1) ^ ((product >> 7) * 0x11D);
            product ^= ((right >> bit) & 1) * left;
        }

        return (byte)product;
    }

    private void DrawPatterns()
    {
        for (var at = 0; at < _size; at++)
        {
            Fix(6, at, at % 2 == 0);
            Fix(at, 6, at % 2 == 0);
        }

        DrawFinder(3, 3);
        DrawFinder(3, _size - 4);
        DrawFinder(_size - 4, 3);
        var centers = AlignmentCenters();
        foreach (var row in centers)
        {
            foreach (var column in centers)
            {
                // Where the finders are, there are none.
                if ((row, column) != (6, 6) && (row, column) != (6, _size - 7) && (row, column) != (_size - 7, 6))
                {
                    DrawAlignment(row, column);
                }
            }
        }

        DrawFormat(mask: 0);
        DrawVersion();
    }

    private int[] AlignmentCenters()
    {
        if (_version == 1)
        {
            return [];
        }

        var count = (_version / 7) + 2;
        var step = ((_version * 8) + (count * 3) + 5) / ((count * 4) - 4) * 2;
        return [6, .. Enumerable.Range(0, count - 1).Select(at => _size - 7 - (step * (count - 2 - at)))];
    }

    private void DrawFinder(int row, int column)
    {
        for (var down = -4; down <= 4; down++)
        {
            for (var right = -4; right <= 4; right++)
            {
                if (row + down >= 0 && row + down < _size && column + right >= 0 && column + right < _size)
                {
                    Fix(row + down, column + right, Math.Max(Math.Abs(down), Math.Abs(right)) is not (2 or 4));
                }
            }
        }
    }

    private void DrawAlignment(int row, int column)
    {
        for (var down = -2; down <= 2; down++)
        {
            for (var right = -2; right <= 2; right++)
            {
                Fix(row + down, column + right, Math.Max(Math.Abs(down), Math.Abs(right)) != 1);
            }
        }
    }

    /// <summary>The level and the mask, with a BCH code, twice.</summary>
    private void DrawFormat(int mask)
    {
        var data = (LevelBits << 3) | mask;
        var remainder = data;
        for (var bit = 0; bit < 10; bit++)
        {
            remainder = (remainder << 1) ^ ((remainder >> 9) * 0x537);
        }

        var bits = ((data << 10) | remainder) ^ 0x5412;
        for (var bit = 0; bit < 15; bit++)
        {
            // Down the ninth column and back along the ninth row, but for the timing pattern; then at the others.
            var isSet = ((bits >> bit) & 1) == 1;
            Fix(bit < 6 ? bit : bit < 8 ? bit + 1 : 8, bit < 8 ? 8 : bit == 8 ? 7 : 14 - bit, isSet);
            Fix(bit < 8 ? 8 : _size - 15 + bit, bit < 8 ? _size - 1 - bit : 8, isSet);
        }

        Fix(_size - 8, 8, true);
    }

    /// <summary>The version, with a BCH code, twice; from version 7 on.</summary>
    private void DrawVersion()
    {
        if (_version < 7)
        {
            return;
        }

        var remainder = _version;
        for (var bit = 0; bit < 12; bit++)
        {
            remainder = (remainder << 1) ^ ((remainder >> 11) * 0x1F25);
        }

        var bits = (_version << 12) | remainder;
        for (var bit = 0; bit < 18; bit++)
        {
            var isSet = ((bits >> bit) & 1) == 1;
            Fix(_size - 11 + (bit % 3), bit / 3, isSet);
            Fix(bit / 3, _size - 11 + (bit % 3), isSet);
        }
    }

    /// <summary>In pairs of columns from the right, up and down in turns, around what is fixed.</summary>
    private void DrawData(byte[] data)
    {
        var at = 0;
        for (var right = _size - 1; right >= 1; right -= 2)
        {
            // The column of the timing pattern is in no pair.
            right = right == 6 ? 5 : right;
            for (var step = 0; step < _size; step++)
            {
                var isUpward = ((right + 1) & 2) == 0;
                var row = isUpward ? _size - 1 - step : step;
                foreach (var column in (ReadOnlySpan<int>)[right, right - 1])
                {
                    if (!_isFixed[row, column] && at < data.Length * 8)
                    {
                        _isDark[row, column] = ((data[at / 8] >> (7 - (at % 8))) & 1) == 1;
                        at++;
                    }
                }
            }
        }
    }

    private void Mask()
    {
        var (best, fewest) = (0, int.MaxValue);
        for (var mask = 0; mask < 8; mask++)
        {
            Apply(mask);
            DrawFormat(mask);
            if (Penalty() is var penalty && penalty < fewest)
            {
                (best, fewest) = (mask, penalty);
            }

            Apply(mask);
        }

        Apply(best);
        DrawFormat(best);
    }

    /// <summary>Inverts what a mask inverts; a second time undoes it.</summary>
    private void Apply(int mask)
    {
        for (var row = 0; row < _size; row++)
        {
            for (var column = 0; column < _size; column++)
            {
                var isInverted = mask switch
                {
                    0 => (row + column) % 2 == 0,
                    1 => row % 2 == 0,
                    2 => column % 3 == 0,
                    3 => (row + column) % 3 == 0,
                    4 => ((row / 2) + (column / 3)) % 2 == 0,
                    5 => (row * column % 2) + (row * column % 3) == 0,
                    6 => ((row * column % 2) + (row * column % 3)) % 2 == 0,
                    _ => (((row + column) % 2) + (row * column % 3)) % 2 == 0,
                };
                _isDark[row, column] ^= isInverted && !_isFixed[row, column];
            }
        }
    }

    private int Penalty()
    {
        var penalty = 0;
        var dark = 0;
        for (var line = 0; line < _size; line++)
        {
            penalty += LinePenalty(at => _isDark[line, at]) + LinePenalty(at => _isDark[at, line]);
            for (var at = 0; at < _size; at++)
            {
                dark += _isDark[line, at] ? 1 : 0;
                if (line > 0 && at > 0 && _isDark[line, at] == _isDark[line - 1, at]
                    && _isDark[line, at] == _isDark[line, at - 1] && _isDark[line, at] == _isDark[line - 1, at - 1])
                {
                    penalty += 3;
                }
            }
        }

        // Ten for every five per cent by which the dark modules are more or fewer than half.
        var total = _size * _size;
        return penalty + (((Math.Abs((dark * 20) - (total * 10)) + total - 1) / total) - 1) * 10;
    }

    /// <summary>Runs of five and more, and what looks like a finder.</summary>
    private int LinePenalty(Func<int, bool> isDark)
    {
        var (penalty, run, window) = (0, 0, 0);
        for (var at = 0; at < _size; at++)
        {
            run = at > 0 && isDark(at) == isDark(at - 1) ? run + 1 : 1;
            penalty += run == 5 ? 3 : run > 5 ? 1 : 0;
            window = ((window << 1) | (isDark(at) ? 1 : 0)) & 0x7FF;
            penalty += at >= 10 && window is 0b000_0101_1101 or 0b101_1101_0000 ? 40 : 0;
        }

        return penalty;
    }

    private void Fix(int row, int column, bool isDark) =>
        (_isDark[row, column], _isFixed[row, column]) = (isDark, true);

    /// <summary>One bit a pixel, white around.</summary>
    private byte[] ToPng()
    {
        var side = (_size + (2 * QuietModules)) * PixelsPerModule;
        using var file = new MemoryStream();
        file.Write([0x89, .. "PNG\r\n"u8, 0x1A, (byte)'\n']);
        Span<byte> head = stackalloc byte[13];
        BinaryPrimitives.WriteInt32BigEndian(head, side);
        BinaryPrimitives.WriteInt32BigEndian(head[4..], side);
        head[8] = 1;
        head[9..].Clear();
        WriteChunk(file, "IHDR"u8, head);

        using var packed = new MemoryStream();
        using (var deflate = new ZLibStream(packed, CompressionLevel.SmallestSize, leaveOpen: true))
        {
            for (var row = 0; row < side; row++)
            {
                // No filter, then the pixels, eight to a byte.
                var line = new byte[1 + ((side + 7) / 8)];
                for (var column = 0; column < side; column++)
                {
                    line[1 + (column / 8)] |= (byte)(IsLight(row, column) ? 0x80 >> (column % 8) : 0);
                }

                deflate.Write(line);
            }
        }

        WriteChunk(file, "IDAT"u8, packed.ToArray());
        WriteChunk(file, "IEND"u8, []);
        return file.ToArray();

        bool IsLight(int row, int column)
        {
            var (down, right) = ((row / PixelsPerModule) - QuietModules, (column / PixelsPerModule) - QuietModules);
            return down < 0 || right < 0 || down >= _size || right >= _size || !_isDark[down, right];
        }
    }

    private static void WriteChunk(MemoryStream file, ReadOnlySpan<byte> type, ReadOnlySpan<byte> data)
    {
        Span<byte> number = stackalloc byte[sizeof(uint)];
        BinaryPrimitives.WriteInt32BigEndian(number, data.Length);
        file.Write(number);
        byte[] whole = [.. type, .. data];
        file.Write(whole);
        BinaryPrimitives.WriteUInt32BigEndian(number, Crc32.HashToUInt32(whole));
        file.Write(number);
    }
}
