using Microsoft.Extensions.Logging;
using ObjectServer.Observability;
using ObjectServer.Storage.Model;

namespace ObjectServer.Tests.Observability;

public sealed class StoreLogTests
{
    [Fact]
    public void A_replay_of_nothing_is_not_worth_a_line()
    {
        var log = new LineLog();

        StoreLog.Report(log, new JournalReplayed(0, 7));
        StoreLog.Report(log, new JournalReplayed(3, 10));

        Assert.Equal(
            [(LogLevel.Information, "3 records that the index lacked were read, up to commit 10.")], log.Lines);
    }

    private sealed class LineLog : ILogger
    {
        public List<(LogLevel Level, string Text)> Lines { get; } = [];

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel,
            EventId eventId,
            TState state,
            Exception? exception,
            Func<TState, Exception?, string> formatter) => Lines.Add((logLevel, formatter(state, exception)));
    }
}
