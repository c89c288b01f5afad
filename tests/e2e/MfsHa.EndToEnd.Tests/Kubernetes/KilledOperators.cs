namespace MfsHa.EndToEnd.Tests.Kubernetes;

/// <summary>Operators that are killed in the middle of their work.</summary>
internal static class KilledOperators
{
    /// <summary>How long each operator may work after it has taken over: from its first look to some passes.</summary>
    public static IReadOnlyList<TimeSpan> Terms { get; } =
    [
        TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(4), TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(6), TimeSpan.FromSeconds(3),
    ];

    /// <summary>Operators take over, work for a while, and are killed.</summary>
    public static async Task KillAsync(KubernetesCluster cluster, IEnumerable<TimeSpan> terms)
    {
        foreach (TimeSpan term in terms)
        {
            string holder = "";
            await cluster.WaitAsync("an operator that is there holds the lease", async () =>
            {
                holder = (string?)(await Kubectl.GetAsync("-n", cluster.OperatorNamespace, "lease", "mfsha-operator"))?["spec"]?["holderIdentity"] ?? "";
                return holder.Length > 0
                    && await Kubectl.GetAsync("-n", cluster.OperatorNamespace, "pod", holder) is { } pod && pod["metadata"]!["deletionTimestamp"] is null;
            });

            // Not waiting for anything: how far it gets before it is killed is what differs from term to term.
            await Task.Delay(term, TestContext.Current.CancellationToken);
            _ = await Kubectl.RunAsync("delete", "pod", "-n", cluster.OperatorNamespace, holder, "--grace-period=0", "--force");
            KubernetesCluster.Note($"{holder} was killed {term.TotalSeconds} s after it had taken over; the cluster: {await cluster.ProgressAsync()}");
        }
    }
}
