using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace MfsHa.Gateway.Tests.Support;

/// <summary>Keeps every line of the gateway's own loggers.</summary>
internal sealed class RecordingLogger : ILoggerFactory
{
    private readonly ConcurrentQueue<(LogLevel Level, string Text)> lines = new();

    /// <summary>Lines at or above a level.</summary>
    public IReadOnlyList<string> Lines(LogLevel least) => [.. lines.Where(l => l.Level >= least).Select(l => $"{l.Level}: {l.Text}")];

    public ILogger CreateLogger(string categoryName) => new Sink(categoryName.StartsWith("MfsHa", StringComparison.Ordinal) ? lines : null);

    public void AddProvider(ILoggerProvider provider)
    {
    }

    public void Dispose()
    {
    }

    private sealed class Sink(ConcurrentQueue<(LogLevel, string)>? lines) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => lines is not null;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            lines?.Enqueue((logLevel, formatter(state, exception) + (exception is null ? string.Empty : "\n" + exception)));
    }
}
