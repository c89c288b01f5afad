using System.Collections.Concurrent;
using System.Diagnostics;
using Microsoft.Extensions.Logging;

namespace MfsHa.Consensus;

/// <summary>
/// DotNext's messages in bounds: it warns in every round of replication about a member that is slow or away, a thousand times a second under load. What it informs of
/// goes to debug (the consensus layer has its own lines for that), and of each warning or error one line is let through per period.
/// </summary>
internal sealed class LibraryLoggers(ILoggerFactory inner, string group) : ILoggerFactory
{
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(10);

    public ILogger CreateLogger(string categoryName) => new Limited(inner.CreateLogger(categoryName), group);

    public void AddProvider(ILoggerProvider provider) => inner.AddProvider(provider);

    public void Dispose()
    {
        // the inner factory belongs to the node
    }

    private sealed class Limited(ILogger inner, string group) : ILogger
    {
        private readonly ConcurrentDictionary<(int Id, string? Name), Line> _lines = new();

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => inner.BeginScope(state);

        public bool IsEnabled(LogLevel logLevel) => inner.IsEnabled(Lowered(logLevel));

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            var level = Lowered(logLevel);
            if (!inner.IsEnabled(level))
            {
                return;
            }

            var suppressed = 0L;
            if (level >= LogLevel.Warning && !_lines.GetOrAdd((eventId.Id, eventId.Name), static _ => new Line()).MayPass(out suppressed))
            {
                return;
            }

            var repeats = suppressed > 0 ? $" ({suppressed} more of this since the last line)" : string.Empty;
            inner.Log(level, eventId, state, exception, (s, e) => $"Group {group}: {formatter(s, e)}{repeats}");
        }

        private static LogLevel Lowered(LogLevel level) => level switch
        {
            LogLevel.Information => LogLevel.Debug,
            LogLevel.Error => LogLevel.Warning, // a broken connection is an error to it
            _ => level,
        };
    }

    private sealed class Line
    {
        private readonly Lock _gate = new();
        private long _last;
        private long _suppressed;

        public bool MayPass(out long suppressed)
        {
            lock (_gate)
            {
                suppressed = _suppressed;
                if (_last != 0 && Stopwatch.GetElapsedTime(_last) < Period)
                {
                    _suppressed++;
                    return false;
                }

                (_last, _suppressed) = (Stopwatch.GetTimestamp(), 0);
                return true;
            }
        }
    }
}
