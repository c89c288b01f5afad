using System.Text.Json.Nodes;

namespace MfsHa.EndToEnd.Tests.Kubernetes;

/// <summary>kubectl with the cluster of KUBECONFIG: what a person would type.</summary>
internal static class Kubectl
{
    private static readonly TimeSpan _interval = TimeSpan.FromSeconds(1);

    /// <summary>Runs it; its output.</summary>
    public static Task<string> RunAsync(params string[] arguments) => Command.RunAsync(["kubectl", .. arguments], TestContext.Current.CancellationToken);

    /// <summary>Runs it with something on its standard input.</summary>
    public static Task<string> FeedAsync(string input, params string[] arguments) => Command.RunAsync(["kubectl", .. arguments], input, TestContext.Current.CancellationToken);

    /// <summary>Runs it; whether it succeeded, and what it said.</summary>
    public static Task<CommandResult> TryAsync(params string[] arguments) => Command.TryRunAsync(["kubectl", .. arguments], cancellation: TestContext.Current.CancellationToken);

    /// <summary>An object, or a list; null: there is none.</summary>
    public static async Task<JsonNode?> GetAsync(params string[] arguments)
    {
        CancellationToken cancellation = TestContext.Current.CancellationToken;
        if (ApiServer.PathOf(arguments) is { } path && await ApiServer.PresentAsync(cancellation) is { } server)
        {
            return await server.GetAsync(path, cancellation);
        }

        return await TryAsync(["get", "-o", "json", .. arguments]) is { ExitCode: 0, Output: { Length: > 0 } json } ? JsonNode.Parse(json) : null;
    }

    /// <summary>Looks every second until a condition holds.</summary>
    public static async Task WaitAsync(string what, TimeSpan limit, Func<Task<bool>> condition, Func<Task<string>> explain)
    {
        long end = Environment.TickCount64 + (long)limit.TotalMilliseconds;
        while (!await condition())
        {
            if (Environment.TickCount64 > end)
            {
                Assert.Fail($"not within {limit.TotalSeconds:0} s: {what}\n{await explain()}");
            }

            await Task.Delay(_interval, TestContext.Current.CancellationToken);
        }
    }
}
