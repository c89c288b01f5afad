using System.Globalization;
using System.Text.Json;

namespace MfsHa.EndToEnd.Tests.Kubernetes;

/// <summary>Operators that are killed while nodes join: the next one looks, and goes on. In the end a replica is taken away from one of the five nodes, and a Rebalance gives it one again.</summary>
[Trait(InstalledOperator.Trait, InstalledOperator.Own)]
public sealed class JoinTakeoverTests
{
    private const string Namespace = "mfsha-e2e-join";
    private const int Shards = 2;
    private const int Nodes = 5;

    [Fact(Explicit = true)]
    public async Task Three_nodes_become_five_under_operators_that_are_killed_again_and_again()
    {
        await using KubernetesCluster cluster = await KubernetesCluster.InstallAsync(Namespace, hasOwnOperator: true);
        await cluster.MakeAsync("MfsHaCluster", "mfsmaster", $$"""{"replicas":3,"shards":{{Shards}},"storage":{"size":"1Gi"} }""");
        await cluster.ReadyAsync(3);
        await using var outside = new OutsidePrograms();
        await outside.StartAsync(await cluster.AddressAsync());
        await using var files = new KeptFiles(outside.Mounted);
        await files.StartAsync();
        string[] pods = await cluster.PodUidsAsync(3);
        await cluster.PatchAsync("""{"replicas":5}""");
        await KilledOperators.KillAsync(cluster, KilledOperators.Terms);
        await cluster.ReadyAsync(Nodes);
        await files.GrowAsync();
        Assert.Equal(pods, await cluster.PodUidsAsync(3));

        // Six replicas on five nodes: each has one at least, until somebody takes it away.
        int[][] places = await PlacesAsync(cluster, static _ => true);
        int poor = Enumerable.Range(1, Nodes).First(n => places.Count(p => p.Contains(n)) == 1);
        int shard = Array.FindIndex(places, p => p.Contains(poor));
        int rich = Enumerable.Range(1, Nodes).First(n => !places[shard].Contains(n));
        string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
        CommandResult moved = await cluster.AdminAsync("migrate-shard", $"--shard-id={Text(shard)}", $"--from-node={Text(poor)}", $"--to-node={Text(rich)}");
        Assert.True(moved.ExitCode == 0, moved.Output + moved.Error);
        _ = await PlacesAsync(cluster, p => !p.Any(nodes => nodes.Contains(poor)));
        KubernetesCluster.Note($"node {poor} has no replica any more");
        await cluster.OperateAsync("Rebalance", null);
        places = await PlacesAsync(cluster, static _ => true);
        Assert.All(Enumerable.Range(1, Nodes), n => Assert.Contains(places, p => p.Contains(n)));
        Assert.All(places, static p => Assert.Equal(3, p.Length));
        KubernetesCluster.Note($"replicas are on nodes {string.Join(" and ", places.Select(static p => string.Join(", ", p)))}");

        await cluster.ReadyAsync(Nodes);
        await files.GrowAsync();
        await files.CheckAsync();
        CommandResult replicas = await cluster.AdminAsync("consistency-check");
        Assert.True(replicas.ExitCode == 0, replicas.Output + replicas.Error);
    }

    // Nodes with a replica, by shard, when nothing moves and they are as they should be: what was decided just now the node that is asked may not have heard of.
    private static async Task<int[][]> PlacesAsync(KubernetesCluster cluster, Func<int[][], bool> areThey)
    {
        int[][] places = [];
        await cluster.WaitAsync("all replicas are where they are to be", async () =>
        {
            CommandResult said = await cluster.AdminAsync("migration-status", "--output", "json");
            if (said.ExitCode != 0)
            {
                return false;
            }

            using var json = JsonDocument.Parse(said.Output);
            places = [.. json.RootElement.EnumerateArray().Select(static s => s.GetProperty("replicas").EnumerateArray().Select(static r => r.GetProperty("node").GetInt32()).Order().ToArray())];
            return areThey(places);
        });
        return places;
    }
}
