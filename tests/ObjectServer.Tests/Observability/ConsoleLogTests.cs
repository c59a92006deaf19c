using System.Text;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging.Console;
using ObjectServer.Observability;

namespace ObjectServer.Tests.Observability;

public sealed class ConsoleLogTests
{
    [Fact]
    public async Task Every_line_is_written_whole_and_in_its_writers_order()
    {
        const int Writers = 4;
        const int Lines = 5_000;
        var output = new StringWriter();
        using (var log = new ConsoleLog(new PlainFormatter(), output))
        {
            await Task.WhenAll(Enumerable.Range(0, Writers).Select(writer => Task.Run(() =>
            {
                var logger = log.CreateLogger($"writer {writer}");
                for (var line = 0; line < Lines; line++)
                {
                    logger.Log(LogLevel.Information, 1, line, null, (number, _) => $"line {number}");
                }
            })));
        }

        var written = output.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(Writers * Lines, written.Length);
        for (var writer = 0; writer < Writers; writer++)
        {
            Assert.Equal(
                Enumerable.Range(0, Lines).Select(line => $"writer {writer}: line {line}"),
                written.Where(line => line.StartsWith($"writer {writer}:", StringComparison.Ordinal)));
        }
    }

    [Fact]
    public async Task A_line_is_there_without_waiting_for_the_next_one()
    {
        var output = new SignallingWriter();
        using var log = new ConsoleLog(new PlainFormatter(), output);

        log.CreateLogger("one").Log(LogLevel.Information, 1, 0, null, (_, _) => "alone");

        await output.Flushed.Task.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
        Assert.Equal("one: alone\n", output.ToString());
    }

    [Fact]
    public void A_console_that_nobody_reads_stops_no_one()
    {
        using var log = new ConsoleLog(new PlainFormatter(), new BrokenWriter());
        var logger = log.CreateLogger("one");

        for (var line = 0; line < 100; line++)
        {
            logger.Log(LogLevel.Information, 1, 0, null, (_, _) => new string('x', 100_000));
        }
    }

    private sealed class PlainFormatter() : ConsoleFormatter("plain")
    {
        public override void Write<TState>(
            in LogEntry<TState> logEntry, IExternalScopeProvider? scopeProvider, TextWriter textWriter)
        {
            textWriter.Write(logEntry.Category);
            textWriter.Write(": ");
            textWriter.Write(logEntry.Formatter(logEntry.State, logEntry.Exception));
            textWriter.Write('\n');
        }
    }

    private sealed class SignallingWriter : StringWriter
    {
        public TaskCompletionSource Flushed { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public override void Flush()
        {
            if (GetStringBuilder().Length > 0)
            {
                Flushed.TrySetResult();
            }
        }
    }

    private sealed class BrokenWriter : TextWriter
    {
        public override Encoding Encoding => Encoding.UTF8;

        public override void Write(ReadOnlySpan<char> buffer) => throw new IOException("Broken pipe.");
    }
}
