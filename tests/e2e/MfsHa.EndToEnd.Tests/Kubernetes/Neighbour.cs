namespace MfsHa.EndToEnd.Tests.Kubernetes;

/// <summary>The life of another cluster, of the same name in another namespace: made, rolled, refused, made anew with TLS on the same volumes, and deleted.</summary>
internal static class Neighbour
{
    /// <summary>From its making to its end.</summary>
    public static async Task LiveAsync(string ns)
    {
        await using KubernetesCluster cluster = await KubernetesCluster.InstallAsync(ns);
        await cluster.MakeAsync("MfsHaCluster", "mfsmaster", """{"replicas":1,"storage":{"size":"1Gi"} }""");
        await cluster.ReadyAsync(1);
        string pod = await cluster.PodUidAsync(1);
        await cluster.PatchAsync("""{"config":{"MFSHA_REGION":"rolled"} }""");
        await cluster.WaitAsync("its pod is another one", async () => await cluster.PodUidAsync(1) is { Length: > 0 } now && now != pod);
        await cluster.ReadyAsync(1);
        await cluster.PatchAsync("""{"config":{"MFSHA_PEERS":"nobody"} }""");
        await cluster.RejectedAsync("spec.config.MFSHA_PEERS: the operator sets this key");

        // TLS is refused, with what helps; that is done, and the metadata are the same.
        await cluster.PatchAsync("""{"config":null,"tls":{"mode":"Operator"} }""");
        await cluster.RejectedAsync("delete MfsHaCluster mfsmaster, and apply it again with the other spec.tls");
        string metadata = (string)(await cluster.GetAsync())["status"]!["metadataId"]!;
        _ = await Kubectl.RunAsync("delete", "-n", ns, "mfsha", "mfsmaster", "--timeout=120s");
        await cluster.MakeAsync("MfsHaCluster", "mfsmaster", """{"replicas":1,"deletionPolicy":"Delete","storage":{"size":"1Gi"},"tls":{"mode":"Operator"} }""");
        await cluster.ReadyAsync(1);
        Assert.Equal(metadata, (string?)(await cluster.GetAsync())["status"]!["metadataId"]);
        CommandResult status = await cluster.AdminAsync("status", "--host", "localhost");
        Assert.True(status.ExitCode == 0, status.Output + status.Error);
        _ = await Kubectl.RunAsync("delete", "-n", ns, "mfsha", "mfsmaster", "--timeout=120s");
        await cluster.WaitAsync("nothing of it is left", async () => (await Kubectl.GetAsync("-n", ns, "pods,pvc,statefulset"))!["items"]!.AsArray().Count == 0);
    }
}
