using System.CommandLine;
using MfsHa.Admin.Contract;

namespace MfsHa.Admin.Operations;

/// <summary><c>raft-stats</c>: elections, log entries, round trips.</summary>
internal static class RaftStatsCommand
{
    public static Command Create(OperationsCall calls) => OperationsCall.Create(
        "raft-stats", "Show elections, log entries and round trips of all groups together, as nodes have seen them since their processes started.", [],
        async (parsed, cancellation) =>
        {
            IReadOnlyList<NodeDetails> nodes = await calls.DetailsAsync(parsed, [], cancellation);
            await calls.WriteAsync(parsed, RaftStats.Of(nodes), static s => s.ToText());
            return ExitCode.Done;
        });
}
