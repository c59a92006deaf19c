using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Unicode;
using ObjectServer.Errors;

namespace ObjectServer.Tests.Fuzz;

/// <summary>
/// Gives a parser thousands of hostile inputs. It answers each, or refuses with the one exception that stands for that,
/// takes no more memory than an input of that length may cost, and keeps none of it.
/// </summary>
/// <remarks>
/// <c>OBJECTSERVER_FUZZ</c> is how many inputs each parser gets, 3,000 without it. The inputs are the same in every run; a
/// failure names its number and shows the input, which then belongs in the corpus. A parser that does not come back ends
/// the process with the same words. What is kept is looked at in runs of their own alone, for other tests keep things too.
/// </remarks>
internal static class FuzzRun
{
    /// <summary>What a parser may allocate whatever it is given: tables made once, an exception with its trace.</summary>
    private const long AllowedBytes = 512 * 1024;

    /// <summary>What each byte of an input may cost on top.</summary>
    private const long AllowedBytesPerByte = 512;

    /// <summary>After so many inputs, what is kept is measured for the first time.</summary>
    private const int Stretch = 10_000;

    /// <summary>What may be kept of a whole run: pools that have filled, code that was compiled.</summary>
    private const long KeptBytes = 16 << 20;

    /// <summary>
    /// So many looks, ten seconds apart, find the same input at work: it hangs. A process that is stopped for a while looks
    /// at nothing meanwhile.
    /// </summary>
    private const int LooksAtAHang = 12;

    private static int Inputs { get; } = int.TryParse(
        Environment.GetEnvironmentVariable("OBJECTSERVER_FUZZ"), CultureInfo.InvariantCulture, out var count) ? count : 3000;

    /// <summary>Runs a parser of bytes.</summary>
    /// <param name="corpus">What inputs are made of.</param>
    /// <param name="words">What means something to the parser.</param>
    /// <param name="target">Reads one input and asserts what must hold of it.</param>
    public static void Bytes(string[] corpus, string[] words, Action<byte[]> target)
    {
        var mutator = new Mutator(corpus, words);
        var kept = 0L;
        var seconds = Stopwatch.StartNew();
        var current = (Number: 0, Input: Array.Empty<byte>());
        var (looks, seen) = (0, -1);
        using var watch = new Timer(
            _ =>
            {
                looks = current.Number == seen ? looks + 1 : 0;
                seen = current.Number;
                if (looks == LooksAtAHang)
                {
                    Environment.FailFast($"Input {current.Number} hangs: {Show(current.Input)}");
                }
            },
            null,
            TimeSpan.FromSeconds(10),
            TimeSpan.FromSeconds(10));
        for (var number = 0; number < Inputs; number++)
        {
            // The corpus itself comes first.
            var input = number < corpus.Length ? Encoding.UTF8.GetBytes(corpus[number]) : mutator.Make(number);
            current = (number, input);
            if (number == Stretch)
            {
                kept = GC.GetTotalMemory(forceFullCollection: true);
            }

            var before = GC.GetAllocatedBytesForCurrentThread();
            try
            {
                target(input);
            }
            catch (S3Exception)
            {
                // Refused, as it should be.
            }
            catch (Exception fault)
            {
                throw new InvalidOperationException($"Input {number} of {Show(input)}", fault);
            }

            var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
            Assert.True(
                allocated < AllowedBytes + (AllowedBytesPerByte * input.Length),
                $"Input {number} takes {allocated} bytes: {Show(input)}");
        }

        if (Inputs > 2 * Stretch)
        {
            var grown = GC.GetTotalMemory(forceFullCollection: true) - kept;
            Assert.True(grown < KeptBytes, $"{grown} bytes are kept of {Inputs} inputs.");
            TestContext.Current.TestOutputHelper?.WriteLine(
                $"{Inputs} inputs in {seconds.Elapsed.TotalSeconds:F0} s, {grown / 1024} KiB more kept than after {Stretch}");
        }
    }

    /// <summary>Runs a parser of text, which comes as header fields come: UTF-8, or else Latin-1.</summary>
    public static void Text(string[] corpus, string[] words, Action<string> target) => Bytes(
        corpus,
        words,
        input => target(Utf8.IsValid(input) ? Encoding.UTF8.GetString(input) : Encoding.Latin1.GetString(input)));

    /// <summary>What a parser makes of an input: its answer, or the code of its refusal.</summary>
    public static string Outcome(Func<string> parse)
    {
        try
        {
            return "answer " + parse();
        }
        catch (S3Exception refusal)
        {
            return "refusal " + refusal.Error.Code;
        }
    }

    private static string Show(byte[] input) =>
        $"{Convert.ToBase64String(input)} ({Encoding.Latin1.GetString(input)})";
}
