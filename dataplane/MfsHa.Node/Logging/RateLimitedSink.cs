using Serilog.Core;
using Serilog.Events;
using Serilog.Parsing;

namespace MfsHa.Node.Logging;

/// <summary>
/// Keeps one kind of message from filling the log: of each template at most <see cref="Burst"/> messages pass per <see cref="Window"/>; then one
/// message says how many were left out. Messages below Information (they are only logged when somebody wants to see them) and fatal ones
/// always pass. Thread-safe.
/// </summary>
internal sealed class RateLimitedSink : ILogEventSink, IDisposable
{
    /// <summary>Messages of one template that pass per window.</summary>
    public const int Burst = 50;

    /// <summary>Templates that are counted apart; further ones share a counter.</summary>
    public const int MaxTemplates = 1024;

    /// <summary>Length of a window.</summary>
    public static readonly TimeSpan Window = TimeSpan.FromSeconds(10);

    private static readonly MessageTemplate _leftOut = new MessageTemplateParser().Parse("{Count} more messages like this were left out: {Template}");
    private readonly ILogEventSink _next;
    private readonly TimeProvider _time;
    private readonly Lock _lock = new();
    private readonly Dictionary<string, Counter> _counters = [];
    private readonly Counter _others = new();
    private long _windowStart;

    public RateLimitedSink(ILogEventSink next, TimeProvider time)
    {
        _next = next;
        _time = time;
        _windowStart = time.GetTimestamp();
    }

    public void Emit(LogEvent logEvent)
    {
        bool passes = true;
        List<LogEvent>? summaries = null;
        if (logEvent.Level is >= LogEventLevel.Information and < LogEventLevel.Fatal)
        {
            lock (_lock)
            {
                if (_time.GetElapsedTime(_windowStart) >= Window)
                {
                    summaries = Summarise();
                    _windowStart = _time.GetTimestamp();
                }

                passes = CounterOf(logEvent.MessageTemplate.Text).Passes(logEvent);
            }
        }

        foreach (LogEvent summary in summaries ?? [])
        {
            _next.Emit(summary);
        }

        if (passes)
        {
            _next.Emit(logEvent);
        }
    }

    public void Dispose()
    {
        List<LogEvent> summaries;
        lock (_lock)
        {
            summaries = Summarise();
        }

        foreach (LogEvent summary in summaries)
        {
            _next.Emit(summary);
        }

        (_next as IDisposable)?.Dispose();
    }

    private Counter CounterOf(string template)
    {
        if (_counters.TryGetValue(template, out Counter? counter))
        {
            return counter;
        }

        return _counters.Count < MaxTemplates ? _counters[template] = new Counter() : _others;
    }

    private List<LogEvent> Summarise()
    {
        List<LogEvent> summaries =
        [
            .. _counters.Values.Append(_others).Where(c => c.LeftOut > 0).Select(c => new LogEvent(
                _time.GetUtcNow(),
                c.Last!.Level,
                exception: null,
                _leftOut,
                [
                    new LogEventProperty("Count", new ScalarValue(c.LeftOut)),
                    new LogEventProperty("Template", new ScalarValue(c.Last.MessageTemplate.Text)),
                    .. c.Last.Properties.Where(p => p.Key is Constants.SourceContextPropertyName or "Source" or "LevelName").Select(p => new LogEventProperty(p.Key, p.Value)),
                ])),
        ];
        _counters.Clear();
        _others.Reset();
        return summaries;
    }

    private sealed class Counter
    {
        private int _passed;

        public int LeftOut { get; private set; }

        public LogEvent? Last { get; private set; }

        public bool Passes(LogEvent logEvent)
        {
            if (_passed < Burst)
            {
                _passed++;
                return true;
            }

            LeftOut++;
            Last = logEvent;
            return false;
        }

        public void Reset() => (_passed, LeftOut, Last) = (0, 0, null);
    }
}
