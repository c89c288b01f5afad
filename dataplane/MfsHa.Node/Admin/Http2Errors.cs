using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace MfsHa.Node.Admin;

/// <summary>
/// Hears which HTTP/2 connections Kestrel gives up because of what they sent: it tells nobody but its log, at Debug. The factory is to be Kestrel's; everything
/// else goes through to the inner one. Thread-safe.
/// </summary>
internal sealed class Http2Errors(ILoggerFactory inner) : ILoggerFactory
{
    /// <summary>Kestrel's category and its events about what ends a connection (Microsoft.AspNetCore.Server.Kestrel.Core/Internal/Infrastructure/KestrelTrace.Http2.cs).</summary>
    private const string Category = "Microsoft.AspNetCore.Server.Kestrel.Http2";

    private const string ConnectionId = "ConnectionId";

    private static readonly string[] _fatal = ["Http2ConnectionError", "HPackDecodingError"];

    private readonly ConcurrentDictionary<string, string?> _watched = new();

    /// <summary>From now on what is wrong with the connection is kept for <see cref="End"/>.</summary>
    public void Begin(string connection) => _watched[connection] = null;

    /// <summary>What was wrong with the connection; null for nothing.</summary>
    public string? End(string connection) => _watched.TryRemove(connection, out string? flaw) ? flaw : null;

    /// <inheritdoc/>
    public ILogger CreateLogger(string categoryName)
    {
        ILogger logger = inner.CreateLogger(categoryName);
        return categoryName == Category ? new Listening(this, logger) : logger;
    }

    /// <inheritdoc/>
    public void AddProvider(ILoggerProvider provider) => inner.AddProvider(provider);

    /// <inheritdoc/>
    public void Dispose()
    {
        // The inner factory belongs to who made it.
    }

    private void Note(object? connection, string flaw)
    {
        if (connection is string id)
        {
            _watched.TryUpdate(id, flaw, null);
        }
    }

    private sealed class Listening(Http2Errors errors, ILogger inner) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => inner.BeginScope(state);

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Debug || inner.IsEnabled(logLevel);

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (_fatal.Contains(eventId.Name) && exception is not null && state is IEnumerable<KeyValuePair<string, object?>> values)
            {
                errors.Note(values.FirstOrDefault(static value => value.Key == ConnectionId).Value, exception.Message);
            }

            if (inner.IsEnabled(logLevel))
            {
                inner.Log(logLevel, eventId, state, exception, formatter);
            }
        }
    }
}
