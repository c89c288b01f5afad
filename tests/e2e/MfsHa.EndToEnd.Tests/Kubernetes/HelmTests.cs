namespace MfsHa.EndToEnd.Tests.Kubernetes;

/// <summary>Both charts, installed as docs/operator.md says, up to a mounted file system.</summary>
[Trait(InstalledOperator.Trait, InstalledOperator.Helms)]
public sealed class HelmTests
{
    private const string Namespace = "mfsha-e2e-helm";

    [Fact(Explicit = true)]
    public async Task Both_charts_are_installed_changed_and_removed_with_helm()
    {
        await using KubernetesCluster cluster = await KubernetesCluster.InstallWithHelmAsync(Namespace);
        KubernetesCluster.Note("helm has installed the operator");
        _ = await Helm.RunAsync("install", "mfsmaster", Path.Combine(KubernetesCluster.Root, "helm/mfsha-cluster"), "-n", Namespace, "--set", "spec.storage.size=1Gi");
        await cluster.ReadyAsync(3);
        KubernetesCluster.Note("and a cluster");
        await using var outside = new OutsidePrograms();
        await outside.StartAsync(await cluster.AddressAsync());
        await using var files = new KeptFiles(outside.Mounted);
        await files.StartAsync();
        KubernetesCluster.Note("mounted and written to");

        string[] pods = await cluster.PodUidsAsync(3);
        _ = await Helm.RunAsync(
            "upgrade", "mfsmaster", Path.Combine(KubernetesCluster.Root, "helm/mfsha-cluster"), "-n", Namespace, "--set", "spec.storage.size=1Gi", "--set-string", "spec.config.MATOCL_TIMEOUT=20",
            "--set", "backups.nightly.schedule=0 2 * * *", "--set", "backups.nightly.target.claimName=backups");
        await cluster.WaitAsync("a key of the values is set in the running cluster", async () =>
            (await cluster.AdminAsync("config", "get", "MATOCL_TIMEOUT")).Output.Contains("MATOCL_TIMEOUT = 20  (cluster", StringComparison.Ordinal));
        await cluster.WaitAsync("a schedule of the values has its CronJob", async () => await Kubectl.GetAsync("-n", Namespace, "cronjob", "nightly") is not null);
        await cluster.ReadyAsync(3);
        Assert.Equal(pods, await cluster.PodUidsAsync(3));
        CommandResult refused = await Helm.TryAsync("upgrade", "mfsmaster", Path.Combine(KubernetesCluster.Root, "helm/mfsha-cluster"), "-n", Namespace, "--set", "spec.replicas=4");
        Assert.NotEqual(0, refused.ExitCode);
        Assert.Contains("/spec/replicas", refused.Error, StringComparison.Ordinal);
        await files.GrowAsync();
        await files.CheckAsync();
        KubernetesCluster.Note("values were changed");

        _ = await Helm.RunAsync("uninstall", "mfsmaster", "-n", Namespace);
        await cluster.WaitAsync("the pods are gone, and the volumes are not", async () =>
            (await Kubectl.GetAsync("-n", Namespace, "pods", "-l", "mfsha.io/cluster=mfsmaster"))!["items"]!.AsArray().Count == 0
            && (await Kubectl.GetAsync("-n", Namespace, "pvc"))!["items"]!.AsArray().Count == 3);
        KubernetesCluster.Note("the cluster was uninstalled; its volumes stay");
    }
}
