using System.CommandLine;
using MfsHa.Admin.Contract;

namespace MfsHa.Admin.Operations;

/// <summary><c>force-leader-election</c>.</summary>
internal static class LeaderCommands
{
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

    internal sealed record Move(string Name, uint Group, uint From, uint To, ulong Term)
    {
        public static Move Of(LeaderMove move) => new(GroupNames.Of(move.Group), move.Group, move.From, move.To, move.Term);

        public string ToText() => $"{char.ToUpperInvariant(Name[0])}{Name[1..]}: node {From} -> {(To == 0 ? "NO LEADER YET" : $"node {To}")}{(Term == 0 ? "" : $" (term {Term})")}";
    }
}
