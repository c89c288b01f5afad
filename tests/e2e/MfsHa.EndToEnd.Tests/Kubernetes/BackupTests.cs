using System.Globalization;
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
            string[] tree = Tree(outside.Mounted);
            Assert.NotEmpty(tree);

            _ = await Kubectl.FeedAsync(
                $$$"""{"apiVersion":"v1","kind":"PersistentVolumeClaim","metadata":{"name":"backups","namespace":"{{{Namespace}}}"},"spec":{"accessModes":["ReadWriteOnce"],"resources":{"requests":{"storage":"1Gi"} } } }""",
                "create", "-f", "-");
            await MakeAsync("MfsHaBackup", "once", """{"cluster":"mfsmaster","target":{"claimName":"backups"}}""");
            JsonNode made = await StatusAsync(cluster, "mfshab", "once", static s => (string?)s["phase"] is "Completed" or "Failed");
            Assert.True((string?)made["phase"] == "Completed", made.ToJsonString());
            Assert.True((long?)made["sizeBytes"] > 0, made.ToJsonString());

            await MakeAsync("MfsHaScheduledBackup", "often", """{"cluster":"mfsmaster","schedule":"*/1 * * * *","keep":1,"target":{"claimName":"backups"}}""");
            JsonNode schedule = await StatusAsync(cluster, "mfshasb", "often", static s => s["lastSuccessTime"] is not null);
            Assert.StartsWith("mfsmaster/mfsmaster-often-", (string?)schedule["lastPath"], StringComparison.Ordinal);
            await cluster.WaitAsync("the cluster says that its backups are healthy", async () =>
                (await cluster.GetAsync())["status"]!["conditions"]!.AsArray().Any(static c => (string?)c!["type"] == "BackupHealthy" && (string?)c["status"] == "True"));
            _ = await Kubectl.RunAsync("patch", "-n", Namespace, "mfshasb", "often", "--type=merge", "-p", """{"spec":{"suspend":true}}""");

            await MakeAsync(
                "MfsHaCluster", "restored",
                $$$"""{"replicas":3,"deletionPolicy":"Delete","storage":{"size":"1Gi"},"bootstrap":{"fromBackup":{"claimName":"backups","path":"{{{made["path"]}}}"} } }""");
            JsonNode restored = await StatusAsync(cluster, "mfsha", "restored", static s => (string?)s["phase"] == "Ready" && (string?)s["quorum"] == "3/3");
            Assert.Equal((string?)(await cluster.GetAsync())["status"]!["metadataId"], (string?)restored["metadataId"]);
            string another = await outside.MountAnotherAsync(await Kubectl.RunAsync("get", "-n", Namespace, "service", "restored", "-o", "jsonpath={.spec.clusterIP}"));
            Assert.Equal(tree, Tree(another));

            await MakeAsync("MfsHaOperation", "release", """{"cluster":"restored","type":"ReleaseDeletions"}""");
            _ = await StatusAsync(cluster, "mfshaop", "release", static s => (string?)s["phase"] == "Succeeded");

            // The first cluster has not noticed the second.
            await cluster.ReadyAsync(3);
            _ = await Kubectl.RunAsync("delete", "-n", Namespace, "mfsha", "restored", "--timeout=120s");
        }
    }

    private static Task<string> MakeAsync(string kind, string name, string spec) => Kubectl.FeedAsync(
        $$$"""{"apiVersion":"mfsha.io/v1","kind":"{{{kind}}}","metadata":{"name":"{{{name}}}","namespace":"{{{Namespace}}}"},"spec":{{{spec}}} }""", "create", "-f", "-");

    private static async Task<JsonNode> StatusAsync(KubernetesCluster cluster, string kind, string name, Func<JsonNode, bool> isIt)
    {
        JsonNode? last = null;
        await cluster.WaitAsync($"{kind} {name} comes so far", async () => (last = (await Kubectl.GetAsync("-n", Namespace, kind, name))?["status"]) is not null && isIt(last));
        return last!;
    }

    private static string[] Tree(string root) =>
    [
        .. new DirectoryInfo(root).EnumerateFileSystemInfos("*", SearchOption.AllDirectories)
            .Select(i => string.Create(CultureInfo.InvariantCulture, $"{Path.GetRelativePath(root, i.FullName)} {(i as FileInfo)?.Length} {i.UnixFileMode} {i.LastWriteTimeUtc:O}"))
            .Order(StringComparer.Ordinal),
    ];
}
