using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using MfsHa.Admin.Commands;
using MfsHa.Admin.Operations;

namespace MfsHa.Admin.Output;

/// <summary>Writes the JSON documents of <c>--output json</c>.</summary>
internal static class Json
{
    /// <summary>Writes one line. <see cref="InvalidOperationException"/> for a type that <see cref="JsonDocuments"/> does not name: a native program knows only what was named when it was made.</summary>
    public static Task WriteAsync<T>(TextWriter output, T document) =>
        JsonDocuments.Default.GetTypeInfo(typeof(T)) is JsonTypeInfo<T> known
            ? output.WriteLineAsync(JsonSerializer.Serialize(document, known))
            : throw new InvalidOperationException($"{typeof(T)} is not among the JSON documents");
}

/// <summary>All documents that are written as JSON.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, WriteIndented = false)]
[JsonSerializable(typeof(CacheCleanupCommand.Cleaned[]))]
[JsonSerializable(typeof(ConfigurationCommands.Configuration))]
[JsonSerializable(typeof(ConfigurationCommands.Reloaded[]))]
[JsonSerializable(typeof(ConfigurationCommands.Taken[]))]
[JsonSerializable(typeof(ConsistencyDocument))]
[JsonSerializable(typeof(CrdtStats))]
[JsonSerializable(typeof(FailoverExecution.Step[]))]
[JsonSerializable(typeof(FailoverTestCommand.Loss[]))]
[JsonSerializable(typeof(ForceQuorumCommand.Forced))]
[JsonSerializable(typeof(LeaderCommands.Move[]))]
[JsonSerializable(typeof(MembershipCommand.Changed))]
[JsonSerializable(typeof(MembershipCommand.Drained))]
[JsonSerializable(typeof(MembershipCommand.NodeList))]
[JsonSerializable(typeof(MemoryStatsCommand.Part[]))]
[JsonSerializable(typeof(MigrationCommands.Decision))]
[JsonSerializable(typeof(MigrationCommands.Line[]), TypeInfoPropertyName = "MigrationLines")]
[JsonSerializable(typeof(MigrationCommands.Line), TypeInfoPropertyName = "MigrationLine")]
[JsonSerializable(typeof(NodeStatusDocument[]))]
[JsonSerializable(typeof(PartitionPicture))]
[JsonSerializable(typeof(PingNodesCommand.Line[]), TypeInfoPropertyName = "PingNodesLines")]
[JsonSerializable(typeof(PingNodesCommand.Line), TypeInfoPropertyName = "PingNodesLine")]
[JsonSerializable(typeof(PortCheckCommand.Line[]), TypeInfoPropertyName = "PortCheckLines")]
[JsonSerializable(typeof(PortCheckCommand.Line), TypeInfoPropertyName = "PortCheckLine")]
[JsonSerializable(typeof(QuorumStatusCommand.Document))]
[JsonSerializable(typeof(RaftStats))]
[JsonSerializable(typeof(RebalanceCommand.Document), TypeInfoPropertyName = "RebalanceDocument")]
[JsonSerializable(typeof(ReconcileCommand.Document), TypeInfoPropertyName = "ReconcileDocument")]
[JsonSerializable(typeof(ResignCommand.Given))]
[JsonSerializable(typeof(ShardStatusCommand.Line[]), TypeInfoPropertyName = "ShardStatusLines")]
[JsonSerializable(typeof(ShardStatusCommand.Line), TypeInfoPropertyName = "ShardStatusLine")]
[JsonSerializable(typeof(StatusCommand.Unreachable))]
[JsonSerializable(typeof(StatusDocument))]
[JsonSerializable(typeof(VerifyRestoreCommand.VerdictDocument))]
internal sealed partial class JsonDocuments : JsonSerializerContext;
