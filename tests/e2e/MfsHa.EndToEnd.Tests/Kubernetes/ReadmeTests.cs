namespace MfsHa.EndToEnd.Tests.Kubernetes;

/// <summary>The README's chapter on Kubernetes, command by command: it ends in a pod with a mounted file system, all of whose parts are pods.</summary>
public sealed class ReadmeTests
{
    private const string Namespace = "mfsha-e2e-readme";
    private const string Chapter = "## On Kubernetes";
    private const string Indentation = "    ";

    [Fact(Explicit = true)]
    public async Task What_the_README_says_gives_a_mounted_file_system()
    {
        CancellationToken cancellation = TestContext.Current.CancellationToken;
        await using KubernetesCluster cluster = await KubernetesCluster.InstallAsync(Namespace);

        // A stranger's kubectl, in the namespace of their choice.
        string own = Path.GetTempFileName();
        try
        {
            File.Copy(Environment.GetEnvironmentVariable("KUBECONFIG")!, own, overwrite: true);
            _ = await Kubectl.RunAsync($"--kubeconfig={own}", "config", "set-context", "--current", $"--namespace={Namespace}");
            string said = "";
            foreach (string command in await CommandsAsync())
            {
                said = await Command.RunAsync(["env", $"KUBECONFIG={own}", "sh", "-c", $"cd '{KubernetesCluster.Root}' && {command}"], cancellation);
                KubernetesCluster.Note($"{command}: {said.Trim()}");
            }

            Assert.Equal("hello\n", said);

            // All of it is in pods, and stays in the volumes of the chunkservers: another client sees it, when they have started again.
            _ = await Kubectl.RunAsync("delete", "pod", "-n", Namespace, "mfschunkserver-0", "mfschunkserver-1", "mfsclient", "--wait=true");
            _ = await Kubectl.RunAsync("apply", "-n", Namespace, "-f", Path.Combine(KubernetesCluster.Root, "config/samples/client.yaml"));
            _ = await Kubectl.RunAsync("wait", "-n", Namespace, "pod/mfsclient", "--for=condition=Ready", "--timeout=300s");
            Assert.Equal("hello\n", await Kubectl.RunAsync("exec", "-n", Namespace, "mfsclient", "--", "cat", "/mnt/hello"));
            await cluster.ReadyAsync(3);
        }
        finally
        {
            File.Delete(own);
        }
    }

    private static async Task<string[]> CommandsAsync()
    {
        string[] lines = await File.ReadAllLinesAsync(Path.Combine(KubernetesCluster.Root, "README.md"), TestContext.Current.CancellationToken);
        string[] commands =
        [
            .. lines.SkipWhile(static l => l != Chapter).Skip(1).TakeWhile(static l => !l.StartsWith("## ", StringComparison.Ordinal))
                .Where(static l => l.StartsWith(Indentation, StringComparison.Ordinal)).Select(static l => l.Trim()),
        ];
        Assert.Contains("kubectl apply -k config/operator", commands);
        Assert.All(commands, static c => Assert.StartsWith("kubectl ", c, StringComparison.Ordinal));
        return commands;
    }
}
