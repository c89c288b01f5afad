using System.Text.Json.Nodes;

namespace MfsHa.EndToEnd.Tests.Kubernetes;

/// <summary>Two of three volumes are deleted at once: the operator says what people can do, does nothing by itself, and brings the cluster back when it is told to. Then all three: nobody goes on with nothing.</summary>
public sealed class QuorumTests
{
    private const string Namespace = "mfsha-e2e-quorum";

    [Fact(Explicit = true)]
    public async Task A_majority_that_is_lost_for_good_is_told_and_recovered_with_the_node_that_is_left()
    {
        CancellationToken cancellation = TestContext.Current.CancellationToken;
        await using KubernetesCluster cluster = await KubernetesCluster.CreateAsync(Namespace);
        await cluster.ReadyAsync(3);
        await using var outside = new OutsidePrograms();
        await outside.StartAsync(await cluster.AddressAsync());
        await using var files = new KeptFiles(outside.Mounted);
        await files.StartAsync();
        await files.CheckAsync();
        (string[] tree, string[] contents) = (WholeTree.Of(outside.Mounted), WholeTree.ContentsOf(outside.Mounted));
        CommandResult level = await cluster.AdminAsync("consistency-check");
        Assert.True(level.ExitCode == 0, level.Output + level.Error);

        string metadata = (string)(await cluster.GetAsync())["status"]!["metadataId"]!;
        string[] pods = await cluster.PodUidsAsync(3);
        string[] claims = await Task.WhenAll(Enumerable.Range(1, 3).Select(cluster.ClaimUidAsync));
        _ = await Kubectl.RunAsync("delete", "pvc", "-n", Namespace, "data-mfsmaster-1", "data-mfsmaster-2", "--wait=false");
        _ = await Kubectl.RunAsync("delete", "pod", "-n", Namespace, "mfsmaster-1", "mfsmaster-2", "--grace-period=0", "--force");
        const string Remedy = "kubectl mfsha recover-quorum --cluster mfsmaster --nodes 1 --confirm mfsmaster";
        await cluster.WaitAsync("it is said what people can do", async () =>
        {
            JsonNode? status = (await cluster.GetAsync())["status"];
            return (string?)status?["phase"] == "NoQuorum" && ((string?)status["message"])?.Contains(Remedy, StringComparison.Ordinal) == true
                && status["conditions"]!.AsArray().Any(static c => (string?)c!["type"] == "QuorumLost" && (string?)c["status"] == "True" && ((string?)c["message"])!.Contains(Remedy, StringComparison.Ordinal));
        });
        KubernetesCluster.Note(await cluster.ProgressAsync());
        await cluster.WaitAsync("both lost nodes run on new volumes", async () =>
            await cluster.ClaimUidAsync(2) is { Length: > 0 } two && two != claims[1] && await cluster.ClaimUidAsync(3) is { Length: > 0 } three && three != claims[2]
            && (await cluster.PodAddressesAsync()).Length == 3);

        // They answer, and nothing happens by itself.
        string[] waiting = await Task.WhenAll(Enumerable.Range(1, 3).Select(cluster.ClaimUidAsync));
        await Task.Delay(TimeSpan.FromSeconds(20), cancellation);
        Assert.Contains(Remedy, (string?)(await cluster.GetAsync())["status"]!["message"], StringComparison.Ordinal);
        Assert.Equal(waiting, await Task.WhenAll(Enumerable.Range(1, 3).Select(cluster.ClaimUidAsync)));
        Assert.Equal(pods[0], await cluster.PodUidAsync(1));
        Assert.Equal(2, (await cluster.AdminAsync("quorum-status")).ExitCode);

        await cluster.MakeAsync("MfsHaOperation", "unconfirmed", """{"cluster":"mfsmaster","type":"RecoverQuorum","nodes":[1],"confirm":"another"}""");
        JsonNode refused = await cluster.StatusAsync("mfshaop", "unconfirmed", static s => (string?)s["phase"] is "Failed" or "Succeeded");
        Assert.Contains("spec.confirm", (string?)refused["message"], StringComparison.Ordinal);
        await cluster.MakeAsync("MfsHaOperation", "recover", """{"cluster":"mfsmaster","type":"RecoverQuorum","nodes":[1],"confirm":"mfsmaster"}""");
        JsonNode done = await cluster.StatusAsync("mfshaop", "recover", static s => (string?)s["phase"] is "Failed" or "Succeeded");
        Assert.True((string?)done["phase"] == "Succeeded", done.ToJsonString());
        await cluster.ReadyAsync(3);
        KubernetesCluster.Note($"{done["message"]}");
        Assert.Equal(metadata, (string?)(await cluster.GetAsync())["status"]!["metadataId"]);
        Assert.Equal((pods[0], claims[0]), (await cluster.PodUidAsync(1), await cluster.ClaimUidAsync(1)));

        string another = await outside.MountAnotherAsync(await cluster.AddressAsync());
        Assert.Equal(tree, WholeTree.Of(another));
        Assert.Equal(contents, WholeTree.ContentsOf(another));
        await File.WriteAllTextAsync(Path.Combine(another, "after"), "written after the loss\n", cancellation);
        Assert.Equal("written after the loss\n", await File.ReadAllTextAsync(Path.Combine(outside.Mounted, "after"), cancellation));
        await cluster.OperateAsync("ReleaseDeletions", null);

        // The new ones are worth something: the survivor may lose its volume now.
        await cluster.OperateAsync("ReplaceNode", 1);
        await cluster.ReadyAsync(3);
        Assert.Equal("written after the loss\n", await File.ReadAllTextAsync(Path.Combine(await outside.MountAnotherAsync(await cluster.AddressAsync()), "after"), cancellation));
        CommandResult replicas = await cluster.AdminAsync("consistency-check");
        Assert.True(replicas.ExitCode == 0, replicas.Output + replicas.Error);
        await LoseAllAsync(cluster, metadata);
    }

    private static async Task LoseAllAsync(KubernetesCluster cluster, string metadata)
    {
        string[] claims = await Task.WhenAll(Enumerable.Range(1, 3).Select(cluster.ClaimUidAsync));
        string[] names = [.. Enumerable.Range(0, 3).Select(static n => $"mfsmaster-{n}")];
        _ = await Kubectl.RunAsync(["delete", "pvc", "-n", Namespace, .. names.Select(static n => $"data-{n}"), "--wait=false"]);
        _ = await Kubectl.RunAsync(["delete", "pod", "-n", Namespace, .. names, "--grace-period=0", "--force"]);
        await cluster.WaitAsync("all nodes run on new volumes, and wait", async () =>
        {
            string[] now = await Task.WhenAll(Enumerable.Range(1, 3).Select(cluster.ClaimUidAsync));
            if (now.Any(string.IsNullOrEmpty) || now.Intersect(claims).Any())
            {
                return false;
            }

            CommandResult[] logs = await Task.WhenAll(names.Select(static n => Kubectl.TryAsync("logs", "-n", Namespace, n)));
            return logs.All(static l => l.Output.Contains("the node may not form a cluster", StringComparison.Ordinal));
        });

        // All of them are there and empty: a cluster would be formed within a second.
        await Task.Delay(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken);
        JsonNode? status = (await cluster.GetAsync())["status"];
        Assert.Equal(("NoQuorum", metadata), ((string?)status?["phase"], (string?)status?["metadataId"]));
        Assert.Contains("the volumes of all nodes are lost", (string?)status?["message"], StringComparison.Ordinal);
        Assert.Contains("delete MfsHaCluster mfsmaster and its claims", (string?)status?["message"], StringComparison.Ordinal);
        KubernetesCluster.Note(await cluster.ProgressAsync());

        _ = await Kubectl.RunAsync("delete", "-n", Namespace, "mfsha", "mfsmaster", "--timeout=120s");
        _ = await Kubectl.RunAsync("delete", "-n", Namespace, "pvc", "--all", "--timeout=120s");
        await cluster.MakeAsync("MfsHaCluster", "mfsmaster", """{"replicas":3,"storage":{"size":"1Gi"} }""");
        await cluster.ReadyAsync(3);
        Assert.NotEqual(metadata, (string?)(await cluster.GetAsync())["status"]!["metadataId"]);
    }
}
