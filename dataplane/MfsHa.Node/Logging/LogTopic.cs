using Serilog.Core;
using Serilog.Events;

namespace MfsHa.Node.Logging;

/// <summary>A part of the log that has a file of its own beside mfsha.log, which has everything.</summary>
/// <param name="Name">As in the file's name and in MFSHA_LOG_TOPICS.</param>
/// <param name="Sources">Beginnings of the names of the types that log it.</param>
public sealed record LogTopic(string Name, IReadOnlyList<string> Sources)
{
    /// <summary>All topics.</summary>
    public static readonly IReadOnlyList<LogTopic> All =
    [
        new("crdt", ["MfsHa.Replication"]),
        new("raft", ["MfsHa.Consensus", "DotNext"]),
        new("network", ["MfsHa.NodeLink", "MfsHa.Gateway.Connections"]),
    ];

    /// <summary>Name of the file.</summary>
    public string FileName => $"mfsha-{Name}.log";

    /// <summary>True when an event belongs to the topic.</summary>
    public bool Has(LogEvent logEvent) =>
        logEvent.Properties.GetValueOrDefault(Constants.SourceContextPropertyName) is ScalarValue { Value: string source }
        && Sources.Any(s => source.StartsWith(s, StringComparison.Ordinal) && (source.Length == s.Length || source[s.Length] is '.' or '/'));
}
