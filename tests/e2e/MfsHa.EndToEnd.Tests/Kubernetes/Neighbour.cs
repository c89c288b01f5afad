namespace MfsHa.EndToEnd.Tests.Kubernetes;

/// <summary>The life of another cluster, of the same name in another namespace: made, rolled, refused and deleted.</summary>
internal static class Neighbour
{
    /// <summary>From its making to its end.</summary>
    public static async Task LiveAsync(string ns)
    {
        await using KubernetesCluster cluster = await KubernetesCluster.InstallAsync(ns);
        await cluster.MakeAsync("MfsHaCluster", "mfsmaster", """{"replicas":1,"deletionPolicy":"Delete","storage":{"size":"1Gi"} }""");
        await cluster.ReadyAsync(1);
        string pod = await cluster.PodUidAsync(1);
        await cluster.PatchAsync("""{"config":{"MFSHA_REGION":"rolled"} }""");
        await cluster.WaitAsync("its pod is another one", async () => await cluster.PodUidAsync(1) is { Length: > 0 } now && now != pod);
        await cluster.ReadyAsync(1);
        await cluster.PatchAsync("""{"config":{"MFSHA_PEERS":"nobody"} }""");
        await cluster.WaitAsync("a wrong specification is refused", async () => (string?)(await cluster.GetAsync())["status"]!["phase"] == "Rejected");
        _ = await Kubectl.RunAsync("delete", "-n", ns, "mfsha", "mfsmaster", "--timeout=120s");
        await cluster.WaitAsync("nothing of it is left", async () => (await Kubectl.GetAsync("-n", ns, "pods,pvc,statefulset"))!["items"]!.AsArray().Count == 0);
    }
}
