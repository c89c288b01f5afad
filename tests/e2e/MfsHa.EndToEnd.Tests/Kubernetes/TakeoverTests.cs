namespace MfsHa.EndToEnd.Tests.Kubernetes;

/// <summary>Operators that are killed in the middle of their work: the next one looks, and goes on.</summary>
public sealed class TakeoverTests
{
    private const string Namespace = "mfsha-e2e-takeover";
    private const string OperatorNamespace = "mfsha-system";

    /// <summary>How long each operator may work after it has taken over: from its first look to some passes.</summary>
    private static readonly TimeSpan[] _terms =
    [
        TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(4), TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(6), TimeSpan.FromSeconds(3),
    ];

    [Fact(Explicit = true)]
    public async Task Three_nodes_become_five_under_operators_that_are_killed_again_and_again()
    {
        await using KubernetesCluster cluster = await KubernetesCluster.CreateAsync(Namespace);
        await cluster.ReadyAsync(3);
        await using var outside = new OutsidePrograms();
        await outside.StartAsync(await cluster.AddressAsync());
        await using var files = new KeptFiles(outside.Mounted);
        await files.StartAsync();
        string[] pods = await cluster.PodUidsAsync(3);
        await cluster.PatchAsync("""{"replicas":5}""");
        foreach (TimeSpan term in _terms)
        {
            string holder = "";
            await cluster.WaitAsync("an operator that is there holds the lease", async () =>
            {
                holder = (string?)(await Kubectl.GetAsync("-n", OperatorNamespace, "lease", "mfsha-operator"))?["spec"]?["holderIdentity"] ?? "";
                return holder.Length > 0
                    && await Kubectl.GetAsync("-n", OperatorNamespace, "pod", holder) is { } pod && pod["metadata"]!["deletionTimestamp"] is null;
            });
            // Not waiting for anything: how far it gets before it is killed is what differs from term to term.
            await Task.Delay(term, TestContext.Current.CancellationToken);
            _ = await Kubectl.RunAsync("delete", "pod", "-n", OperatorNamespace, holder, "--grace-period=0", "--force");
            KubernetesCluster.Note($"{holder} was killed {term.TotalSeconds} s after it had taken over; the cluster: {await cluster.ProgressAsync()}");
        }

        await cluster.ReadyAsync(5);
        await files.GrowAsync();
        Assert.Equal(pods, await cluster.PodUidsAsync(3));
        await files.CheckAsync();
        CommandResult replicas = await cluster.AdminAsync("consistency-check");
        Assert.True(replicas.ExitCode == 0, replicas.Output + replicas.Error);
    }
}
