using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace MfsHa.NodeLink.Tests.Support;

/// <summary>Keeps what was logged.</summary>
internal sealed class LogCapture : ILoggerFactory, ILogger
{
    private readonly ConcurrentQueue<(LogLevel Level, int Event, string Text)> _entries = new();

    public IReadOnlyList<(LogLevel Level, int Event, string Text)> Entries => [.. _entries];

    public int Count(int eventId) => _entries.Count(entry => entry.Event == eventId);

    public ILogger CreateLogger(string categoryName) => this;

    public void AddProvider(ILoggerProvider provider) => throw new NotSupportedException();

    public void Dispose()
    {
    }

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        => _entries.Enqueue((logLevel, eventId.Id, formatter(state, exception) + exception));
}
