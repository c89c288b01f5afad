namespace MfsHa.EndToEnd.Tests.Kubernetes;

/// <summary>helm with the cluster of KUBECONFIG (tests/e2e/kubernetes/helm.sh): what a person would type.</summary>
internal static class Helm
{
    /// <summary>Runs it; its output.</summary>
    public static Task<string> RunAsync(params string[] arguments) => Command.RunAsync(["helm", .. arguments], TestContext.Current.CancellationToken);

    /// <summary>Runs it; whether it succeeded, and what it said.</summary>
    public static Task<CommandResult> TryAsync(params string[] arguments) => Command.TryRunAsync(["helm", .. arguments], cancellation: TestContext.Current.CancellationToken);
}
