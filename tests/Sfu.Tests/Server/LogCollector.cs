using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Spaces.Sfu.Tests.Server;

/// <summary>Keeps every line that is logged, of any category and level, with its exception.</summary>
internal sealed class LogCollector : ILoggerProvider
{
    public ConcurrentQueue<string> Lines { get; } = new();

    public ILogger CreateLogger(string categoryName) => new Logger(this, categoryName);

    public void Dispose()
    {
        // Nothing is held.
    }

    private sealed class Logger(LogCollector collector, string category) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel,
            EventId eventId,
            TState state,
            Exception? exception,
            Func<TState, Exception?, string> formatter
        ) => collector.Lines.Enqueue($"{logLevel} {category}: {formatter(state, exception)} {exception}");
    }
}
