using System.Text.Json.Nodes;

namespace MfsHa.EndToEnd.Tests.Kubernetes;

/// <summary>A cluster is restored in place while the operator is killed in every phase, and brought back to what it was before.</summary>
[Trait(InstalledOperator.Trait, InstalledOperator.Own)]
public sealed class RestoreTests
{
    private const string Namespace = "mfsha-e2e-restore";
    private const int Nodes = 3;

    [Fact(Explicit = true)]
    public async Task A_cluster_is_restored_in_place_and_what_there_was_can_be_put_back()
    {
        await using KubernetesCluster cluster = await KubernetesCluster.CreateAsync(Namespace, hasOwnOperator: true);
        await cluster.ReadyAsync(Nodes);
        await using var outside = new OutsidePrograms();
        await outside.StartAsync(await cluster.AddressAsync());
        await using (var files = new KeptFiles(outside.Mounted))
        {
            await files.StartAsync();
            await files.CheckAsync();
            (string[] tree, string[] contents) monday = Look(outside.Mounted);
            JsonNode made = await cluster.BackUpAsync();
            KubernetesCluster.Note($"backed up: {made["path"]}");

            await File.WriteAllTextAsync(Path.Combine(outside.Mounted, "tuesday"), "written after the backup\n", TestContext.Current.CancellationToken);
            File.Delete(Path.Combine(outside.Mounted, "file-0"));
            _ = Directory.CreateDirectory(Path.Combine(outside.Mounted, "directory"));
            (string[] tree, string[] contents) tuesday = Look(outside.Mounted);
            Assert.NotEqual(monday.tree, tuesday.tree);
            string metadata = (string)(await cluster.GetAsync())["status"]!["metadataId"]!;
            string[] claims = await Task.WhenAll(Enumerable.Range(1, Nodes).Select(cluster.ClaimUidAsync));

            await cluster.MakeAsync("MfsHaRestore", "wrong", """{"cluster":"mfsmaster","confirm":"another","backup":"once"}""");
            JsonNode refused = await cluster.StatusAsync("mfshar", "wrong", static s => (string?)s["phase"] == "Failed");
            Assert.Contains("spec.confirm", (string?)refused["message"], StringComparison.Ordinal);
            await cluster.MakeAsync("MfsHaRestore", "damaged", $$"""{"cluster":"mfsmaster","confirm":"mfsmaster","file":{"claimName":"backups","path":"{{made["path"]}}.not"} }""");
            refused = await cluster.StatusAsync("mfshar", "damaged", static s => (string?)s["phase"] is "Failed" or "Completed");
            Assert.Equal("Failed", (string?)refused["phase"]);
            await cluster.ReadyAsync(Nodes);
            KubernetesCluster.Note($"nothing was touched for wrong ones: {refused["message"]}");

            string former = await RestoreAsync(cluster, "monday", """{"cluster":"mfsmaster","confirm":"mfsmaster","backup":"once"}""");
            Assert.Equal(metadata, (string?)(await cluster.GetAsync())["status"]!["metadataId"]);
            Assert.Equal(claims, await Task.WhenAll(Enumerable.Range(1, Nodes).Select(cluster.ClaimUidAsync)));
            for (int node = 0; node < Nodes; node++)
            {
                string kept = await Kubectl.RunAsync("exec", "-n", Namespace, $"mfsmaster-{node}", "--", "ls", "-A", $"/var/lib/mfsha/former-{former}");
                Assert.Contains("state", kept, StringComparison.Ordinal);
            }

            Same(monday, Look(await outside.MountAnotherAsync(await cluster.AddressAsync())));
            CommandResult held = await cluster.AdminAsync("release-deletions");
            Assert.Contains("deletions are released", held.Output, StringComparison.Ordinal);
            KubernetesCluster.Note("monday's tree is there, what came after it is kept, and no chunk was deleted before it was allowed");

            _ = await RestoreAsync(cluster, "tuesday", $$"""{"cluster":"mfsmaster","confirm":"mfsmaster","former":"{{former}}"}""");
            Same(tuesday, Look(await outside.MountAnotherAsync(await cluster.AddressAsync())));
            KubernetesCluster.Note("tuesday's tree is there again");

            // Nothing of that name was kept: each node's Job says so before it touches anything, and the nodes start again.
            await cluster.MakeAsync("MfsHaRestore", "nothing", """{"cluster":"mfsmaster","confirm":"mfsmaster","former":"nowhere-1"}""");
            refused = await cluster.StatusAsync("mfshar", "nothing", static s => (string?)s["phase"] is "Failed" or "Completed");
            Assert.Contains("there is no whole former-nowhere-1", (string?)refused["message"], StringComparison.Ordinal);
            await cluster.ReadyAsync(Nodes);
            Same(tuesday, Look(await outside.MountAnotherAsync(await cluster.AddressAsync())));
            CommandResult replicas = await cluster.AdminAsync("consistency-check");
            Assert.True(replicas.ExitCode == 0, replicas.Output + replicas.Error);
            KubernetesCluster.Note("a restore that cannot be done leaves what there was");
        }
    }

    private static (string[] Tree, string[] Contents) Look(string root) => (WholeTree.Of(root), WholeTree.ContentsOf(root));

    private static void Same((string[] Tree, string[] Contents) expected, (string[] Tree, string[] Contents) found)
    {
        Assert.Equal(expected.Tree, found.Tree);
        Assert.Equal(expected.Contents, found.Contents);
    }

    // The operator is killed in each phase that is seen; returns by what name the former data are kept.
    private static async Task<string> RestoreAsync(KubernetesCluster cluster, string name, string spec)
    {
        await cluster.MakeAsync("MfsHaRestore", name, spec);
        var seen = new List<string>();
        while (true)
        {
            JsonNode status = await cluster.StatusAsync("mfshar", name, s => (string?)s["phase"] is { } phase && !seen.Contains(phase));
            string now = (string)status["phase"]!;
            seen.Add(now);
            if (now is "Completed" or "Failed")
            {
                KubernetesCluster.Note($"{name}: {string.Join(", ", seen)}: {status["message"]}");
                Assert.Equal("Completed", now);
                Assert.Contains("Replacing", seen);
                await cluster.ReadyAsync(Nodes);
                return (string)status["former"]!;
            }

            KubernetesCluster.Note($"{name}: {now}; the operator is killed");
            await cluster.KillOperatorAsync();
        }
    }
}
