using System.CommandLine;
using MfsHa.Admin.Contract;

namespace MfsHa.Admin.Operations;

/// <summary><c>force-leader-election</c> and <c>rebalance</c>.</summary>
internal static class LeaderCommands
{
    private const string Balanced = "balanced";

    public static Command CreateForce(OperationsCall calls)
    {
        Option<int> node = OperationsCall.NodeOption("The node that shall give its leaderships away.", isRequired: true);
        return OperationsCall.Create(
            "force-leader-election",
            "Have a node give away the leadership of all groups that it leads; a few seconds later it may get some back, because nodes spread leaders by themselves. Exit code: 0 done, 2 a group has no new leader yet.", [node],
            async (parsed, cancellation) =>
            {
                int id = parsed.GetValue(node);
                ElectLeadersReply reply = await calls.CallAsync(
                    parsed, (client, call) => client.ElectLeadersAsync(new ElectLeadersRequest { Node = (uint)id }, call), cancellation, isLong: true);
                Move[] moves = [.. reply.Moves.Select(Move.Of)];
                await calls.WriteAsync(parsed, moves, all => all.Length == 0 ? [$"Node {id} leads nothing"] : all.Select(static m => m.ToText()));
                return moves.All(static m => m.To != 0) ? ExitCode.Done : ExitCode.Unavailable;
            });
    }

    public static Command CreateRebalance(OperationsCall calls)
    {
        var strategy = new Option<string>("--strategy") { Description = "How to spread.", HelpName = Balanced, DefaultValueFactory = static _ => Balanced };
        strategy.AcceptOnlyFromAmong(Balanced);
        return OperationsCall.Create(
            "rebalance",
            "Spread leaders over the nodes now: equally many on each node of the greatest HA_RAFT_PRIORITY. Replicas stay where they are: migrate-shard moves those. Exit code: 0 they are spread, 1 something is in the way.",
            [strategy],
            async (parsed, cancellation) =>
            {
                RebalanceLeadersReply reply = await calls.CallAsync(parsed, static (client, call) => client.RebalanceLeadersAsync(new RebalanceLeadersRequest(), call), cancellation, isLong: true);
                await calls.WriteAsync(parsed, Rebalance.Of(reply), static r => r.ToText());
                return reply.Obstacle.Length == 0 ? ExitCode.Done : ExitCode.Trouble;
            });
    }

    internal sealed record Move(string Name, uint Group, uint From, uint To, ulong Term)
    {
        public static Move Of(LeaderMove move) => new(GroupNames.Of(move.Group), move.Group, move.From, move.To, move.Term);

        public string ToText() => $"{char.ToUpperInvariant(Name[0])}{Name[1..]}: node {From} -> {(To == 0 ? "NO LEADER YET" : $"node {To}")}{(Term == 0 ? "" : $" (term {Term})")}";
    }

    internal sealed record Rebalance(IReadOnlyList<Move> Moves, IReadOnlyDictionary<string, IReadOnlyList<uint>> Leaders, string Obstacle)
    {
        public static Rebalance Of(RebalanceLeadersReply reply) => new(
            [.. reply.Moves.Select(Move.Of)], reply.Leaders.ToDictionary(static n => $"{n.Node}", static n => (IReadOnlyList<uint>)[.. n.Groups]), reply.Obstacle);

        public IEnumerable<string> ToText()
        {
            foreach (Move move in Moves)
            {
                yield return move.ToText();
            }

            yield return $"Leaders moved: {Moves.Count}";
            foreach ((string node, IReadOnlyList<uint> groups) in Leaders)
            {
                yield return $"Node {node} leads {(groups.Count == 0 ? "nothing" : GroupNames.Of([.. groups]))}";
            }

            yield return Obstacle.Length > 0 ? $"NOT BALANCED: {Obstacle}" : "Leaders are balanced; replicas stay where they are (migrate-shard moves those)";
        }
    }
}
