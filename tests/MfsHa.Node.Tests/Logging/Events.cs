using Serilog.Core;
using Serilog.Events;
using Serilog.Parsing;

namespace MfsHa.Node.Tests.Logging;

internal static class Events
{
    public static LogEvent Of(string message, LogEventLevel level = LogEventLevel.Information) =>
        new(DateTimeOffset.UnixEpoch, level, null, new MessageTemplateParser().Parse(message), []);
}

/// <summary>Remembers what arrives.</summary>
internal sealed class ListSink : ILogEventSink
{
    public List<LogEvent> Events { get; } = [];

    public IEnumerable<string> Messages => Events.Select(e => e.RenderMessage(System.Globalization.CultureInfo.InvariantCulture));

    public void Emit(LogEvent logEvent) => Events.Add(logEvent);
}
