using System.CommandLine;
using MfsHa.Admin.Contract;

namespace MfsHa.Admin.Operations;

/// <summary><c>crdt-stats</c>: operations per second, merges, how often memory had what was looked for.</summary>
internal static class CrdtStatsCommand
{
    private static readonly TimeSpan _interval = TimeSpan.FromSeconds(1);

    public static Command Create(OperationsCall calls) => OperationsCall.Create(
        "crdt-stats", "Show operations per second (over one second), merges of CRDT state and cache hits (since the nodes' processes started) of all nodes together.", [],
        async (parsed, cancellation) =>
        {
            IReadOnlyList<NodeDetails> first = await calls.DetailsAsync(parsed, [], cancellation);
            await Task.Delay(_interval, cancellation);
            await calls.WriteAsync(parsed, CrdtStats.Of(first, await calls.DetailsAsync(parsed, [], cancellation)), static s => s.ToText());
            return ExitCode.Done;
        });
}
