using System.CommandLine;
using MfsHa.Admin.Contract;

namespace MfsHa.Admin.Operations;

/// <summary><c>rebalance</c>: leaders are spread; with <c>--new-nodes</c> named nodes get their share of the replicas first.</summary>
internal static class RebalanceCommand
{
    private const string Balanced = "balanced";

    public static Command Create(OperationsCall calls)
    {
        Option<string> nodes = NodeIds.Option("--new-nodes", "Nodes that get their whole share of the replicas first, from those that have most; waits until they have it, and shows how far it is. Separated by commas.", isRequired: false);
        var strategy = new Option<string>("--strategy") { Description = "How to spread.", HelpName = Balanced, DefaultValueFactory = static _ => Balanced };
        strategy.AcceptOnlyFromAmong(Balanced);
        return OperationsCall.Create(
            "rebalance",
            "Spread leaders over the nodes now: equally many on each node of the greatest HA_RAFT_PRIORITY. Without --new-nodes replicas stay where they are. What is decided for new nodes goes on when this command "
            + "is interrupted, and the same command again waits for it. Exit code: 0 done, 1 refused or something is in the way, 2 not finished within --timeout (default 3600 s).",
            [nodes, strategy],
            async (parsed, cancellation) =>
            {
                ShareProgress? shares = null;
                if (parsed.GetValue(nodes) is { } named)
                {
                    (shares, int outcome) = await new ShareWaiting(calls, parsed, NodeIds.Parse(named)!).RunAsync(cancellation);
                    if (outcome != ExitCode.Done)
                    {
                        await calls.WriteAsync(parsed, Document.Of(shares, null), static d => d.ToText());
                        return outcome;
                    }
                }

                RebalanceLeadersReply reply = await calls.CallAsync(parsed, static (client, call) => client.RebalanceLeadersAsync(new RebalanceLeadersRequest(), call), cancellation, isLong: true);
                await calls.WriteAsync(parsed, Document.Of(shares, reply), static d => d.ToText());
                return reply.Obstacle.Length == 0 ? ExitCode.Done : ExitCode.Trouble;
            });
    }

    /// <summary>How it ended.</summary>
    /// <param name="Moves">Leaders that were moved.</param>
    /// <param name="Leaders">Groups that nodes lead, by node; none when leaders were not looked at.</param>
    /// <param name="Obstacle">What was in the way; empty for nothing.</param>
    /// <param name="Nodes">New nodes and their shares; null when none were named.</param>
    /// <param name="ReplicaMoves">Moves of replicas that were decided by this call.</param>
    internal sealed record Document(
        IReadOnlyList<LeaderCommands.Move> Moves, IReadOnlyDictionary<string, IReadOnlyList<uint>> Leaders, string Obstacle, IReadOnlyList<ShareProgress.NewNode>? Nodes, IReadOnlyList<ShareProgress.Moved>? ReplicaMoves)
    {
        public static Document Of(ShareProgress? shares, RebalanceLeadersReply? reply) => new(
            reply is null ? [] : [.. reply.Moves.Select(LeaderCommands.Move.Of)],
            reply?.Leaders.ToDictionary(static n => $"{n.Node}", static n => (IReadOnlyList<uint>)[.. n.Groups]) ?? [],
            reply?.Obstacle ?? shares?.Obstacle ?? "",
            shares?.Nodes,
            shares?.Moves);

        public IEnumerable<string> ToText()
        {
            // Progress was told when there was some.
            foreach (LeaderCommands.Move move in Moves)
            {
                yield return move.ToText();
            }

            if (Leaders.Count > 0)
            {
                yield return $"Leaders moved: {Moves.Count}";
            }

            foreach ((string node, IReadOnlyList<uint> groups) in Leaders)
            {
                yield return $"Node {node} leads {(groups.Count == 0 ? "nothing" : GroupNames.Of([.. groups]))}";
            }

            yield return Obstacle.Length > 0 ? $"NOT BALANCED: {Obstacle}"
                : Nodes is null ? "Leaders are balanced; replicas stay where they are (migrate-shard moves those)"
                : $"Nodes {string.Join(", ", Nodes.Select(static n => n.Id))} have their replicas, and leaders are balanced";
        }
    }
}
