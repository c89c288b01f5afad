using System.CommandLine;
using MfsHa.Admin.Contract;

namespace MfsHa.Admin.Operations;

/// <summary><c>failover-test --simulate</c>: what the loss of each node would mean now; <c>--execute</c>: <see cref="FailoverExecution"/>.</summary>
internal static class FailoverTestCommand
{
    public static Command Create(OperationsCall calls)
    {
        var simulate = new Option<bool>("--simulate") { Description = "Compute it from the replicas as they are; nothing is touched." };
        var execute = new Option<bool>("--execute")
        {
            Description = "Have each node in turn give all its leaderships away, and measure how long small changes of every group stand still. No process is ended, so what is shown is the election, not the finding of a death.",
        };
        return OperationsCall.Create(
            "failover-test", "Say what the loss of each node would mean now, or try it. Exit code: 0 any one node may be lost, or all changes were made; 1 not.", [simulate, execute],
            async (parsed, cancellation) =>
            {
                if (parsed.GetValue(simulate) == parsed.GetValue(execute))
                {
                    throw new UsageException("failover-test: expected --simulate or --execute");
                }

                if (parsed.GetValue(execute))
                {
                    return await FailoverExecution.RunAsync(calls, parsed, cancellation);
                }

                Loss[] losses = FailoverSimulation.Of(await calls.StatusAsync(parsed, cancellation));
                await calls.WriteAsync(parsed, losses, static all => [.. all.Select(static l => l.ToText()), FailoverSimulation.VerdictOf(all)]);
                return losses.All(static l => l.Survived) ? ExitCode.Done : ExitCode.Trouble;
            });
    }

    internal sealed record Loss(uint Node, bool Survived, IReadOnlyList<uint> NewLeaderFor, IReadOnlyList<uint> QuorumLostFor)
    {
        public string ToText()
        {
            string elections = NewLeaderFor.Count == 0 ? "no election" : $"new leaders for {GroupNames.Of([.. NewLeaderFor])}";
            return Survived ? $"Node {Node} fails: quorum kept, {elections}" : $"Node {Node} fails: QUORUM LOST for {GroupNames.Of([.. QuorumLostFor])}";
        }
    }
}
