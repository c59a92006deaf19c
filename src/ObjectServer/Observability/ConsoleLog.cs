using System.Text;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging.Console;

namespace ObjectServer.Observability;

/// <summary>Log lines on the console: a thread of its own writes all that have gathered at once.</summary>
/// <remarks>
/// The framework's console logger wakes a thread and makes a system call for each line, which costs more than the
/// request that the line is about. Its formatters are used as they are. A line is on the console within
/// <see cref="Pause"/>; what has gathered is written before the provider is disposed of.
/// </remarks>
[ProviderAlias("Console")]
internal sealed class ConsoleLog : ILoggerProvider, ISupportExternalScope
{
    /// <summary>How long lines gather while they come without end.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(10);

    /// <summary>Whoever has a line to add waits while this many are held: a terminal may be stopped.</summary>
    private const int MaxCharacters = 4 << 20;

    private readonly ConsoleFormatter _formatter;
    private readonly TextWriter _output;
    private readonly object _gate = new();
    private readonly Thread _thread;
    private IExternalScopeProvider? _scopes;
    private StringBuilder _gathered = new();
    private StringBuilder _written = new();
    private bool _isAsleep;
    private bool _isClosing;

    /// <param name="formatter">How a line looks.</param>
    /// <param name="output">Where lines go; flushed after every write, and left open.</param>
    public ConsoleLog(ConsoleFormatter formatter, TextWriter output)
    {
        _formatter = formatter;
        _output = output;
        _thread = new Thread(Run) { Name = "ObjectServer log", IsBackground = true };
        _thread.Start();
    }

    public ILogger CreateLogger(string categoryName) => new CategoryLogger(this, categoryName);

    public void SetScopeProvider(IExternalScopeProvider scopeProvider) => _scopes = scopeProvider;

    public void Dispose()
    {
        lock (_gate)
        {
            _isClosing = true;
            Monitor.PulseAll(_gate);
        }

        _thread.Join();
    }

    private void Add(StringBuilder line)
    {
        lock (_gate)
        {
            while (_gathered.Length > MaxCharacters && !_isClosing)
            {
                Monitor.Wait(_gate);
            }

            _gathered.Append(line);
            if (_isAsleep)
            {
                _isAsleep = false;
                Monitor.PulseAll(_gate);
            }
        }
    }

    private void Run()
    {
        while (true)
        {
            bool isLast;
            lock (_gate)
            {
                _isAsleep = _gathered.Length == 0 && !_isClosing;
                while (_isAsleep && !_isClosing)
                {
                    Monitor.Wait(_gate);
                }

                isLast = _isClosing;
                (_gathered, _written) = (_written, _gathered);
                Monitor.PulseAll(_gate);
            }

            Write();
            if (isLast)
            {
                return;
            }

            lock (_gate)
            {
                if (!_isClosing)
                {
                    Monitor.Wait(_gate, Pause);
                }
            }
        }
    }

    private void Write()
    {
        try
        {
            foreach (var chunk in _written.GetChunks())
            {
                _output.Write(chunk.Span);
            }

            _output.Flush();
        }
        catch (IOException)
        {
            // Nobody reads the console any more; the server goes on.
        }

        _written.Clear();
    }

    /// <summary>One category's lines.</summary>
    private sealed class CategoryLogger(ConsoleLog console, string category) : ILogger
    {
        /// <summary>A line is formatted here before it is added whole; empty while one is being formatted.</summary>
        private StringWriter? _idle;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => console._scopes?.Push(state);

        public bool IsEnabled(LogLevel logLevel) => logLevel != LogLevel.None;

        public void Log<TState>(
            LogLevel logLevel,
            EventId eventId,
            TState state,
            Exception? exception,
            Func<TState, Exception?, string> formatter)
        {
            var line = Interlocked.Exchange(ref _idle, null) ?? new StringWriter();
            console._formatter.Write(
                new LogEntry<TState>(logLevel, category, eventId, state, exception, formatter), console._scopes, line);
            console.Add(line.GetStringBuilder());
            line.GetStringBuilder().Clear();
            _idle = line;
        }
    }
}
