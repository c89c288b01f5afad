using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;

namespace MfsHa.Kubectl;

/// <summary>Options of all commands, and what follows from them.</summary>
internal sealed class PluginContext
{
    /// <summary>Which cluster.</summary>
    public Option<string?> Cluster { get; } = new("--cluster", "-c") { Description = "The MfsHaCluster; not needed where the namespace has only one.", HelpName = "NAME", Recursive = true };

    private Option<string?> Namespace { get; } = new("--namespace", "-n") { Description = "As of kubectl.", HelpName = "NAMESPACE", Recursive = true };

    private Option<string?> Context { get; } = new("--context") { Description = "As of kubectl.", HelpName = "CONTEXT", Recursive = true };

    private Option<string?> Configuration { get; } = new("--kubeconfig") { Description = "As of kubectl.", HelpName = "FILE", Recursive = true };

    /// <summary>All of them.</summary>
    public IEnumerable<Option> All => [Cluster, Namespace, Context, Configuration];

    /// <summary>kubectl with these options.</summary>
    public KubectlProcess Kubectl(ParseResult parsed) => new(
        [.. new[] { ("--namespace", parsed.GetValue(Namespace)), ("--context", parsed.GetValue(Context)), ("--kubeconfig", parsed.GetValue(Configuration)) }
            .Where(static o => o.Item2 is not null).Select(static o => $"{o.Item1}={o.Item2}")]);

    /// <summary>The cluster that is meant.</summary>
    public async Task<string> NameAsync(ParseResult parsed, CancellationToken cancellation)
    {
        if (parsed.GetValue(Cluster) is { } named)
        {
            return named;
        }

        string[] names = (await Kubectl(parsed).ReadAsync(cancellation, "get", "mfshaclusters.mfsha.io", "-o", "name").ConfigureAwait(false))
            .Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(static n => n.Split('/')[^1]).ToArray();
        return names switch
        {
            [var only] => only,
            [] => throw new PluginException("there is no MfsHaCluster in this namespace"),
            _ => throw new PluginException($"say which one with --cluster: {string.Join(", ", names)}"),
        };
    }

    /// <summary>A node's number, from the number or from the pod's name.</summary>
    public static int NodeOf(string node) =>
        int.TryParse(node, NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number > 0 ? number
        : int.TryParse(node.Split('-')[^1], NumberStyles.None, CultureInfo.InvariantCulture, out int ordinal) && node.Contains('-', StringComparison.Ordinal) ? ordinal + 1
        : throw new PluginException($"a node's number (2) or its pod (mfsmaster-1) expected, found {node}");

    /// <summary>A pod of the cluster that is ready, or runs at least.</summary>
    public static string PodOf(JsonNode pods)
    {
        JsonNode[] running = [.. (pods["items"] as JsonArray ?? []).OfType<JsonNode>().Where(static p => (string?)p["status"]?["phase"] == "Running")];
        return (string?)(running.FirstOrDefault(static p => (p["status"]?["conditions"] as JsonArray ?? []).Any(static c => (string?)c?["type"] == "Ready" && (string?)c["status"] == "True")) ?? running.FirstOrDefault())?["metadata"]?["name"]
            ?? throw new PluginException("no pod of the cluster runs");
    }

    /// <summary>Selects the cluster's pods.</summary>
    public static string Selector(string cluster) => $"mfsha.io/cluster={cluster}";
}
