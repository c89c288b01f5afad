using Serilog.Core;
using Serilog.Events;

namespace MfsHa.Node.Logging;

/// <summary>
/// Adds the part of the source's type name that tells something: "Cluster.Routing.Router" of "MfsHa.Cluster.Routing.Router"; and the level as operators look for it: ERROR, CRITICAL.
/// </summary>
internal sealed class SourceEnricher : ILogEventEnricher
{
    private const string Prefix = "MfsHa.";

    public void Enrich(LogEvent logEvent, ILogEventPropertyFactory propertyFactory)
    {
        string source = SourceOf(logEvent);
        string shown = source.StartsWith(Prefix, StringComparison.Ordinal) ? source[Prefix.Length..] : source;
        logEvent.AddOrUpdateProperty(new LogEventProperty("LevelName", new ScalarValue(NameOf(logEvent.Level))));
        logEvent.AddOrUpdateProperty(new LogEventProperty("Source", new ScalarValue(shown.Length == 0 ? "mfsha" : shown)));
    }

    /// <summary>True for what mfsha itself says, not a library.</summary>
    public static bool IsOwn(LogEvent logEvent) => SourceOf(logEvent).StartsWith(Prefix, StringComparison.Ordinal);

    private static string SourceOf(LogEvent logEvent) => logEvent.Properties.GetValueOrDefault(Constants.SourceContextPropertyName) is ScalarValue { Value: string name } ? name : "";

    private static string NameOf(LogEventLevel level) => level switch
    {
        LogEventLevel.Verbose => "TRACE",
        LogEventLevel.Debug => "DEBUG",
        LogEventLevel.Information => "INFO",
        LogEventLevel.Warning => "WARNING",
        LogEventLevel.Error => "ERROR",
        _ => "CRITICAL",
    };
}
