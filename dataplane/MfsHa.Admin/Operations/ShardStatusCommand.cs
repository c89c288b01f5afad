using System.CommandLine;
using MfsHa.Admin.Contract;

namespace MfsHa.Admin.Operations;

/// <summary><c>shard-status</c>: who leads each shard, and how its replicas are.</summary>
internal static class ShardStatusCommand
{
    public static Command Create(OperationsCall calls) => OperationsCall.Create(
        "shard-status", "Show leader, term and replicas of every shard. Exit code: 0 all replicas are there and level, 1 some are not, 2 a shard has no leader.", [],
        async (parsed, cancellation) =>
        {
            ClusterStatus status = await calls.StatusAsync(parsed, cancellation);
            Line[] lines = [.. status.Groups.Select(g => Line.Of(g, status.Nodes))];
            await calls.WriteAsync(parsed, lines, static all => all.Select(static l => l.ToText()));
            return lines.Any(static l => l.Leader == 0) ? ExitCode.Unavailable : lines.All(static l => l.IsWhole) ? ExitCode.Done : ExitCode.Trouble;
        });

    internal sealed record Line(string Name, uint Group, uint Leader, ulong Term, ulong Committed, int Replicas, int Online, int Synchronized, IReadOnlyList<string> Regions)
    {
        [System.Text.Json.Serialization.JsonIgnore]
        public bool IsWhole => Leader != 0 && Synchronized == Replicas;

        public static Line Of(GroupStatus group, IEnumerable<NodeStatus> nodes) => new(
            GroupNames.Of(group.Group), group.Group, group.Leader, group.Term, group.Committed, group.Replicas.Count, group.Replicas.Count(static r => r.Online),
            group.Replicas.Count(r => ClusterHealth.IsSynchronized(group, r)),
            [.. nodes.Where(n => n.Region.Length > 0 && group.Replicas.Any(r => r.Node == n.Id)).Select(static n => n.Region).Distinct().Order(StringComparer.Ordinal)]);

        public string ToText()
        {
            string leader = Leader == 0 ? "NO LEADER" : $"leader node {Leader}";
            string state = Synchronized == Replicas ? "synchronized" : $"{Replicas - Synchronized} BEHIND OR OFFLINE";
            return $"{char.ToUpperInvariant(Name[0])}{Name[1..]}: {leader}, term {Term}, committed {Committed}, replicas {Online}/{Replicas} online, {state}{(Regions.Count > 0 ? $", regions {string.Join(", ", Regions)}" : "")}";
        }
    }
}
