using System.Text.Json.Nodes;

namespace MfsHa.EndToEnd.Tests.Kubernetes;

/// <summary>Backups as resources: one, by the clock, and a second cluster from one, whose tree is the same.</summary>
public sealed class BackupTests
{
    private const string Namespace = "mfsha-e2e-backup";

    [Fact(Explicit = true)]
    public async Task A_backup_becomes_a_second_cluster_with_the_same_tree()
    {
        await using KubernetesCluster cluster = await KubernetesCluster.CreateAsync(Namespace);
        await cluster.ReadyAsync(3);
        await using var outside = new OutsidePrograms();
        await outside.StartAsync(await cluster.AddressAsync());
        await using (var files = new KeptFiles(outside.Mounted))
        {
            await files.StartAsync();
            await files.CheckAsync();
            KubernetesCluster.Note("written to");
            string[] tree = WholeTree.Of(outside.Mounted);
            Assert.NotEmpty(tree);

            JsonNode made = await cluster.BackUpAsync();
            Assert.True((long?)made["sizeBytes"] > 0, made.ToJsonString());

            await cluster.MakeAsync("MfsHaScheduledBackup", "often", """{"cluster":"mfsmaster","schedule":"*/1 * * * *","keep":1,"target":{"claimName":"backups"}}""");
            JsonNode schedule = await cluster.StatusAsync("mfshasb", "often", static s => s["lastSuccessTime"] is not null);
            Assert.StartsWith("mfsmaster/mfsmaster-often-", (string?)schedule["lastPath"], StringComparison.Ordinal);
            KubernetesCluster.Note("a first backup by the clock");
            await cluster.WaitAsync("the cluster says that its backups are healthy", async () =>
                (await cluster.GetAsync())["status"]!["conditions"]!.AsArray().Any(static c => (string?)c!["type"] == "BackupHealthy" && (string?)c["status"] == "True"));
            string first = (string)schedule["lastPath"]!;
            JsonNode second = await cluster.StatusAsync("mfshasb", "often", s => (string?)s["lastPath"] != first);
            _ = await Kubectl.RunAsync("patch", "-n", Namespace, "mfshasb", "often", "--type=merge", "-p", """{"spec":{"suspend":true}}""");
            await cluster.WaitAsync("no backup is made any more", async () =>
                (bool?)(await Kubectl.GetAsync("-n", Namespace, "cronjob", "often"))?["spec"]!["suspend"] == true
                && (await Kubectl.GetAsync("-n", Namespace, "jobs", "-l", "mfsha.io/schedule=often"))!["items"]!.AsArray().All(static j => j!["status"]?["active"] is null));
            string[] kept = await BackupsAsync(cluster);
            Assert.DoesNotContain(kept, f => f.StartsWith(first, StringComparison.Ordinal));
            Assert.Contains((string)made["path"]!, kept);
            Assert.Single(kept, static f => f.StartsWith("mfsmaster/mfsmaster-often-", StringComparison.Ordinal) && f.EndsWith(".mfs", StringComparison.Ordinal));
            KubernetesCluster.Note($"a second one, {second["lastPath"]}: the first was deleted");

            await cluster.MakeAsync(
                "MfsHaCluster", "restored",
                $$$"""{"replicas":3,"deletionPolicy":"Delete","storage":{"size":"1Gi"},"bootstrap":{"fromBackup":{"claimName":"backups","path":"{{{made["path"]}}}"} } }""");
            JsonNode restored = await cluster.StatusAsync("mfsha", "restored", static s => (string?)s["phase"] == "Ready" && (string?)s["quorum"] == "3/3");
            Assert.Equal((string?)(await cluster.GetAsync())["status"]!["metadataId"], (string?)restored["metadataId"]);
            KubernetesCluster.Note("a second cluster from the backup");
            string another = await outside.MountAnotherAsync(await Kubectl.RunAsync("get", "-n", Namespace, "service", "restored", "-o", "jsonpath={.spec.clusterIP}"));
            Assert.Equal(tree, WholeTree.Of(another));

            await cluster.MakeAsync("MfsHaOperation", "release", """{"cluster":"restored","type":"ReleaseDeletions"}""");
            _ = await cluster.StatusAsync("mfshaop", "release", static s => (string?)s["phase"] == "Succeeded");
            KubernetesCluster.Note("its tree is the same");

            // The first cluster has not noticed the second.
            await cluster.ReadyAsync(3);
            _ = await Kubectl.RunAsync("delete", "-n", Namespace, "mfsha", "restored", "--timeout=120s");
        }
    }

    // The files of the volume, seen by a pod: paths below its root.
    private static async Task<string[]> BackupsAsync(KubernetesCluster cluster)
    {
        _ = await Kubectl.FeedAsync(
            $$$"""
            {"apiVersion":"v1","kind":"Pod","metadata":{"name":"look","namespace":"{{{Namespace}}}"},"spec":{"restartPolicy":"Never","automountServiceAccountToken":false,
            "containers":[{"name":"look","image":"mfsha/node:0.1.0","command":["/bin/sh","-c","cd /backup && find . -type f"],"volumeMounts":[{"name":"backups","mountPath":"/backup"}]}],
            "volumes":[{"name":"backups","persistentVolumeClaim":{"claimName":"backups"} }]} }
            """,
            "create", "-f", "-");
        JsonNode looked = await cluster.StatusAsync("pod", "look", static s => (string?)s["phase"] is "Succeeded" or "Failed");
        string said = await Kubectl.RunAsync("logs", "-n", Namespace, "look");
        Assert.True((string?)looked["phase"] == "Succeeded", said);
        return [.. said.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(static l => l[2..])];
    }
}
