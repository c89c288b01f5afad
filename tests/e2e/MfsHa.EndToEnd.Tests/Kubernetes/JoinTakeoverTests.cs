namespace MfsHa.EndToEnd.Tests.Kubernetes;

/// <summary>Operators that are killed while nodes join: the next one looks, and goes on.</summary>
[Trait(InstalledOperator.Trait, InstalledOperator.Own)]
public sealed class JoinTakeoverTests
{
    private const string Namespace = "mfsha-e2e-join";

    [Fact(Explicit = true)]
    public async Task Three_nodes_become_five_under_operators_that_are_killed_again_and_again()
    {
        await using KubernetesCluster cluster = await KubernetesCluster.CreateAsync(Namespace, hasOwnOperator: true);
        await cluster.ReadyAsync(3);
        await using var outside = new OutsidePrograms();
        await outside.StartAsync(await cluster.AddressAsync());
        await using var files = new KeptFiles(outside.Mounted);
        await files.StartAsync();
        string[] pods = await cluster.PodUidsAsync(3);
        await cluster.PatchAsync("""{"replicas":5}""");
        await KilledOperators.KillAsync(cluster, KilledOperators.Terms);
        await cluster.ReadyAsync(5);
        await files.GrowAsync();
        Assert.Equal(pods, await cluster.PodUidsAsync(3));
        await files.CheckAsync();
        CommandResult replicas = await cluster.AdminAsync("consistency-check");
        Assert.True(replicas.ExitCode == 0, replicas.Output + replicas.Error);
    }
}
