using System.CommandLine;
using MfsHa.Admin.Contract;

namespace MfsHa.Admin.Operations;

/// <summary><c>migrate-shard</c> and <c>migration-status</c>.</summary>
internal static class MigrationCommands
{
    public static Command CreateMigrate(OperationsCall calls)
    {
        var shard = new Option<int>("--shard-id") { Description = "The shard.", HelpName = "SHARD", Required = true };
        shard.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() < 0)
            {
                result.AddError("--shard-id: expected a number from 0");
            }
        });
        Option<int> from = NodeOption("--from-node", "The node whose replica goes.");
        Option<int> to = NodeOption("--to-node", "The node that gets one.");
        var force = new Option<bool>("--force") { Description = "Move it also when the shard's replicas are in fewer regions then. They stay there until they are moved again." };
        return OperationsCall.Create(
            "migrate-shard",
            "Move a shard's replica from one node to another, while it serves: the new replica is added when it has caught up, then the old one is removed and its data deleted. Returns when the move is decided; "
            + "it goes on by itself, and migration-status shows how far it is. The same call again changes nothing, and the opposite one takes it back at any time. Exit code: 0 decided, 1 refused, 2 impossible now, try again.",
            [shard, from, to, force],
            async (parsed, cancellation) =>
            {
                var request = new MigrateShardRequest { Shard = (uint)parsed.GetValue(shard), FromNode = (uint)parsed.GetValue(from), ToNode = (uint)parsed.GetValue(to), Force = parsed.GetValue(force) };
                MigrateShardReply reply = await calls.CallAsync(parsed, (client, call) => client.MigrateShardAsync(request, call), cancellation);
                await calls.WriteAsync(parsed, new Decision(request.Shard, request.FromNode, request.ToNode, [.. reply.Nodes]), static d => d.ToText());
                return ExitCode.Done;
            });
    }

    public static Command CreateStatus(OperationsCall calls) => OperationsCall.Create(
        "migration-status", "Show which shards' replicas are on their way to other nodes, and how far they are. Exit code: 0 all are where they are to be, 1 some are on their way.", [],
        async (parsed, cancellation) =>
        {
            GetMigrationsReply reply = await calls.CallAsync(parsed, static (client, call) => client.GetMigrationsAsync(new GetMigrationsRequest(), call), cancellation);
            Line[] lines = [.. reply.Shards.Select(Line.Of)];
            await calls.WriteAsync<Line[]>(parsed, lines, ToText);
            return lines.All(static l => l.Done) ? ExitCode.Done : ExitCode.Trouble;
        });

    private static IEnumerable<string> ToText(IReadOnlyList<Line> lines)
    {
        foreach (Line line in lines.Where(static l => !l.Done))
        {
            yield return line.ToText();
        }

        int done = lines.Count(static l => l.Done);
        yield return done == lines.Count ? $"Shards: {done}/{lines.Count} where they are to be; nothing moves" : $"Shards: {done}/{lines.Count} where they are to be";
    }

    private static Option<int> NodeOption(string name, string description)
    {
        var node = new Option<int>(name) { Description = description, HelpName = "NODE", Required = true };
        node.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() is < 1 or > ushort.MaxValue)
            {
                result.AddError($"{name}: expected an id 1..{ushort.MaxValue}");
            }
        });
        return node;
    }

    internal sealed record Decision(uint Shard, uint From, uint To, IReadOnlyList<uint> Nodes)
    {
        public IEnumerable<string> ToText()
        {
            yield return $"Shard {Shard}: moves from node {From} to node {To}; its replicas are to be on nodes {string.Join(", ", Nodes)}";
            yield return "It goes on by itself: mfsha-admin migration-status shows how far it is";
        }
    }

    internal sealed record MovingReplica(uint Node, ulong Applied, ulong Behind, string State);

    internal sealed record Line(uint Shard, bool Done, IReadOnlyList<uint> Wanted, IReadOnlyList<uint> Members, ulong Committed, IReadOnlyList<MovingReplica> Replicas)
    {
        private const string Member = "member";

        public static Line Of(ShardMigration shard)
        {
            Dictionary<uint, ulong> applied = shard.Replicas.ToDictionary(static r => r.Node, static r => r.Applied);
            IEnumerable<uint> all = shard.Wanted.Concat(shard.Members).Concat(applied.Keys).Distinct().Order();
            return new Line(
                shard.Shard, shard.Done, [.. shard.Wanted], [.. shard.Members], shard.Committed,
                [.. all.Select(n => new MovingReplica(n, applied.GetValueOrDefault(n), shard.Committed - Math.Min(shard.Committed, applied.GetValueOrDefault(n)), StateOf(shard, n, applied.ContainsKey(n))))]);
        }

        public string ToText()
        {
            string members = Members.Count == 0 ? "NO MEMBER ANSWERS" : $"members {string.Join(", ", Members)}";
            IEnumerable<string> moving = Replicas.Where(static r => r.State != Member).Select(static r => r.State == "catching up" ? $"node {r.Node} {r.State}, {r.Behind} entries behind" : $"node {r.Node} {r.State}");
            return $"Shard {Shard}: {members}, to be {string.Join(", ", Wanted)}: {string.Join("; ", moving)}";
        }

        private static string StateOf(ShardMigration shard, uint node, bool hasReplica) => (shard.Wanted.Contains(node), shard.Members.Contains(node), hasReplica) switch
        {
            (true, true, _) => Member,
            (true, false, true) => "catching up",
            (true, false, false) => "waiting to begin",
            (false, true, _) => "to be removed",
            (false, false, _) => "being deleted",
        };
    }
}
