using System.CommandLine;
using MfsHa.Admin.Commands;

namespace MfsHa.Admin.Operations;

/// <summary>All commands of day-2 operations.</summary>
internal static class OperationsCommands
{
    public static IEnumerable<Command> Create(AdminCommand.CommonOptions options, TextWriter output)
    {
        var calls = new OperationsCall(options, output);
        return
        [
            NodeStatusCommand.Create(calls),
            ShardStatusCommand.Create(calls),
            RaftStatsCommand.Create(calls),
            CrdtStatsCommand.Create(calls),
            MemoryStatsCommand.Create(calls),
            QuorumStatusCommand.Create(calls),
            PartitionStatusCommand.Create(calls),
            PingNodesCommand.Create(calls),
            PortCheckCommand.Create(calls),
            LeaderCommands.CreateForce(calls),
            RebalanceCommand.Create(calls),
            MigrationCommands.CreateMigrate(calls),
            MigrationCommands.CreateStatus(calls),
            ConfigurationCommands.CreateReload(calls),
            ConfigurationCommands.CreateConfig(calls),
            CacheCleanupCommand.Create(calls),
            FailoverTestCommand.Create(calls),
            ForceQuorumCommand.Create(calls),
            ReconcileCommand.Create(calls),
            TopCommand.Create(calls),
        ];
    }
}
