using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;

namespace MfsHa.EndToEnd.Tests.Kubernetes;

/// <summary>
/// Operator, nodes, a chunkserver and a client, all real, on a real Kubernetes (scripts/test-e2e.sh): from <c>kubectl apply</c> to a mounted file system, and what happens to it after that.
/// </summary>
public sealed class OperatorTests
{
    private const string Namespace = "mfsha-e2e";

    // Of which one has to be silent from its beginning to its end.
    private const int MostMinutes = 8;

    /// <summary>From kubectl apply to three nodes that serve, also while other tests start theirs.</summary>
    private static readonly TimeSpan _readyLimit = TimeSpan.FromSeconds(120);

    [Fact(Explicit = true)]
    public async Task A_cluster_is_applied_repaired_scaled_upgraded_and_deleted_while_a_client_works()
    {
        await using KubernetesCluster cluster = await KubernetesCluster.CreateAsync(Namespace);
        long applied = Stopwatch.GetTimestamp();
        await cluster.ReadyAsync(3);
        TimeSpan took = Stopwatch.GetElapsedTime(applied);
        KubernetesCluster.Note(string.Create(CultureInfo.InvariantCulture, $"ready after {took.TotalSeconds:0} s"));
        Assert.InRange(took, TimeSpan.Zero, _readyLimit);
        JsonNode created = await cluster.GetAsync();
        Assert.Equal("2/2", (string?)created["status"]!["leaders"]);
        string table = await Kubectl.RunAsync("get", "-n", Namespace, "mfsha");
        Assert.Contains("3/3", table, StringComparison.Ordinal);
        CommandResult status = await cluster.AdminAsync("status");
        Assert.True(status.ExitCode == 0, status.Output + status.Error);
        Assert.Contains("HEALTHY", status.Output, StringComparison.Ordinal);

        await InstalledOperator.CheckRightsAsync();
        await cluster.PatchAsync("""{"service":{"perNode":true}}""");
        await cluster.WaitAsync("each node has a service, that leads to it", async () => await AreServedAsync(3));
        await cluster.ReadyAsync(3);
        KubernetesCluster.Note("the operator may do what its role says, and each node has a service");

        await using var outside = new OutsidePrograms();
        await outside.StartAsync(await cluster.AddressAsync());
        await using var files = new KeptFiles(outside.Mounted);
        await files.StartAsync();
        KubernetesCluster.Note("mounted and written to");

        await SilentAsync(cluster);
        KubernetesCluster.Note("silent, while a neighbour lived and went");

        await cluster.RecreatePodAsync(2, nodes: 3);
        await files.GrowAsync();
        KubernetesCluster.Note("a pod was deleted and came again");

        await cluster.RecreatePodAsync(await cluster.LeaderAsync(), nodes: 3, isKilled: true);
        await files.GrowAsync();
        KubernetesCluster.Note($"the leader's pod was killed; the longest write took {files.LongestPause} ms");

        string[] present = await cluster.PodUidsAsync(3);
        await cluster.PatchAsync("""{"replicas":5}""");
        await cluster.ReadyAsync(5);
        await cluster.WaitAsync("the new nodes have services, too", async () => await AreServedAsync(5));
        await files.GrowAsync();
        KubernetesCluster.Note("five nodes");

        await cluster.PatchAsync("""{"replicas":3}""");
        await cluster.ReadyAsync(3);
        await files.GrowAsync();
        await cluster.WaitAsync("the volumes of the removed nodes are gone", async () =>
            !(await Kubectl.RunAsync("get", "-n", Namespace, "pvc,service", "-o", "name")).Contains("mfsmaster-3", StringComparison.Ordinal));
        Assert.True(await AreServedAsync(3), "the services of three nodes expected");
        Assert.Equal(present, await cluster.PodUidsAsync(3));
        KubernetesCluster.Note("three nodes again, and no pod was started again for it");

        await cluster.PatchAsync("""{"config":{"MATOCL_TIMEOUT":"20"},"service":{"perNode":false}}""");
        await cluster.WaitAsync("a key is set in the running cluster", async () =>
            (await cluster.AdminAsync("config", "get", "MATOCL_TIMEOUT")).Output.Contains("MATOCL_TIMEOUT = 20  (cluster", StringComparison.Ordinal));
        await cluster.ReadyAsync(3);
        await cluster.WaitAsync("the services of nodes are gone", async () => await AreServedAsync(0));
        Assert.Equal(present, await cluster.PodUidsAsync(3));
        KubernetesCluster.Note("a key was changed while nodes ran");

        string volume = await cluster.ClaimUidAsync(3);
        await cluster.OperateAsync("ReplaceNode", 3);
        Assert.NotEqual(volume, await cluster.ClaimUidAsync(3));
        await cluster.ReadyAsync(3);
        await files.GrowAsync();
        KubernetesCluster.Note("a node has a new volume");

        string[] pods = await cluster.PodUidsAsync(3);
        await cluster.PatchAsync("""{"image":"mfsha/node:0.1.0-again"}""");
        await cluster.ReadyAsync(3);
        string[] images = (await Kubectl.RunAsync("get", "-n", Namespace, "pods", "-l", "mfsha.io/cluster=mfsmaster", "-o", "jsonpath={.items[*].spec.containers[0].image}")).Split(' ');
        Assert.Equal(Enumerable.Repeat("mfsha/node:0.1.0-again", 3), images);
        Assert.DoesNotContain(await cluster.PodUidAsync(1), pods);
        Assert.DoesNotContain(await cluster.PodUidAsync(2), pods);
        Assert.DoesNotContain(await cluster.PodUidAsync(3), pods);
        await files.GrowAsync();
        KubernetesCluster.Note("another image went round");

        await cluster.OperateAsync("Switchover", 1);
        await cluster.OperateAsync("Rebalance", null);
        await cluster.OperateAsync("Restart", null);
        await cluster.ReadyAsync(3);
        await cluster.OperateAsync("Verify", null);
        await files.GrowAsync();
        KubernetesCluster.Note("leaders were moved, all nodes started again, replicas compared");

        await cluster.PatchAsync("""{"config":{"MFSHA_PEERS":"nobody"}}""");
        await cluster.RejectedAsync("spec.config.MFSHA_PEERS: the operator sets this key");
        await cluster.PatchAsync("""{"config":{"MFSHA_PEERS":null}}""");
        await cluster.ReadyAsync(3);

        await files.CheckAsync();
        CommandResult replicas = await cluster.AdminAsync("consistency-check");
        Assert.True(replicas.ExitCode == 0, replicas.Output + replicas.Error);
        await InstalledOperator.CheckRightsAsync();
        KubernetesCluster.Note("all that was written is there, all replicas agree, and the operator was refused nothing");
    }

    // Exactly so many services of single nodes, each with the address of its node's pod and no other.
    private static async Task<bool> AreServedAsync(int nodes)
    {
        string[] services = (await Kubectl.RunAsync("get", "-n", Namespace, "services", "-l", "mfsha.io/cluster=mfsmaster,mfsha.io/node", "-o", "jsonpath={.items[*].metadata.name}"))
            .Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (services.Length != nodes)
        {
            return false;
        }

        string[] pods = [.. Enumerable.Range(0, nodes).Select(static n => string.Create(CultureInfo.InvariantCulture, $"mfsmaster-{n}"))];
        Assert.Equal(pods, services);
        foreach (string pod in pods)
        {
            string[] addresses = [.. (await Kubectl.RunAsync("get", "-n", Namespace, "endpoints", pod, "-o", "jsonpath={.subsets[*].addresses[*].ip}")).Split(' ', StringSplitOptions.RemoveEmptyEntries)];
            string? own = (string?)(await Kubectl.GetAsync("-n", Namespace, "pod", pod))?["status"]?["podIP"];
            if (addresses.Length != 1 || addresses[0] != own)
            {
                return false;
            }
        }

        return true;
    }

    // No writes for a minute, with the nodes being asked all the time, and with all that happens to a cluster of the same name in another namespace.
    private static async Task SilentAsync(KubernetesCluster cluster)
    {
        // What controllers have to say about the start has been said when nothing was written for a while.
        string last = await cluster.VersionsAsync();
        await cluster.WaitAsync("nothing is written for 10 s", async () =>
        {
            await Task.Delay(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken);
            (string former, last) = (last, await cluster.VersionsAsync());
            return former == last;
        });
        string[] pods = await cluster.PodUidsAsync(3);
        Task neighbour = Neighbour.LiveAsync(Namespace + "-neighbour");
        int silent = 0;
        for (int minute = 1; silent == 0 || !neighbour.IsCompleted; minute++)
        {
            Assert.InRange(minute, 1, MostMinutes);

            // On a busy machine nodes lose sight of each other now and then, and that is told: such a minute is none of a steady state. A write without a change is a failure.
            string state = await cluster.StateAsync();
            string before = await cluster.VersionsAsync();
            await Task.Delay(TimeSpan.FromMinutes(1), TestContext.Current.CancellationToken);
            string after = await cluster.VersionsAsync();
            if (after == before)
            {
                silent++;
            }
            else
            {
                Assert.NotEqual(state, await cluster.StateAsync());
                KubernetesCluster.Note($"not steady: {await cluster.ProgressAsync()}");
            }
        }

        await neighbour;
        Assert.Equal(pods, await cluster.PodUidsAsync(3));
    }
}
