using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace MfsHa.EndToEnd.Tests.Kubernetes;

/// <summary>
/// An operator in the cluster. Tests share one, installed as people install it, that sees to all namespaces; those that kill theirs have one of their own, that sees to their namespace alone, and the shared one rests
/// meanwhile; that of the chart replaces the shared one. scripts/test-e2e.sh runs the three kinds one after the other, and tests of a kind beside each other.
/// </summary>
internal static partial class InstalledOperator
{
    /// <summary>Trait of tests that do not use the shared one.</summary>
    public const string Trait = "operator";

    /// <summary>Its value for those that have one of their own.</summary>
    public const string Own = "own";

    /// <summary>Its value for those that install one with its chart.</summary>
    public const string Helms = "helm";

    /// <summary>Namespace of the shared one.</summary>
    public const string SharedNamespace = "mfsha-system";

    private const string Deployment = "mfsha-operator";

    // Tests kill theirs some thirty times.
    private const string OwnLease = "6";
    private static readonly string _manifests = Path.Combine(KubernetesCluster.Root, "config/operator");

    // Tests run beside each other.
    private static readonly SemaphoreSlim _one = new(1);

    /// <summary>Namespace of the operator of a test's own.</summary>
    public static string NamespaceOf(string ns) => ns + "-system";

    /// <summary>Installs the shared one, or wakes it. It stays.</summary>
    public static Task InstallSharedAsync() => AloneAsync(async () =>
    {
        _ = await Kubectl.RunAsync("apply", "-k", _manifests);
        _ = await Kubectl.RunAsync("scale", "-n", SharedNamespace, "deployment", Deployment, "--replicas=1");
        _ = await DefinitionsAsync();
    });

    /// <summary>Installs one that sees to one namespace; the shared one rests from now on.</summary>
    public static Task InstallOwnAsync(string ns) => AloneAsync(async () =>
    {
        if (await Kubectl.GetAsync("-n", SharedNamespace, "deployment", Deployment) is not null)
        {
            _ = await Kubectl.RunAsync("scale", "-n", SharedNamespace, "deployment", Deployment, "--replicas=0");
            // That of a run before may rest already: then there is nothing to wait for, which kubectl calls an error.
            _ = await Kubectl.TryAsync("wait", "-n", SharedNamespace, "--for=delete", "pod", "-l", $"app.kubernetes.io/name={Deployment}", "--timeout=60s");
            Assert.Empty((await Kubectl.GetAsync("-n", SharedNamespace, "pods", "-l", $"app.kubernetes.io/name={Deployment}"))!["items"]!.AsArray());
        }

        string manifests = await Kubectl.RunAsync("kustomize", _manifests);
        string own = manifests.Replace(SharedNamespace, NamespaceOf(ns), StringComparison.Ordinal);
        own = Binding().Replace(own, $"$1{NamespaceOf(ns)}");
        own = Environment().Replace(own, $"$0        - name: MFSHA_WATCH_NAMESPACE\n          value: {ns}\n        - name: MFSHA_OPERATOR_LEASE_SECONDS\n          value: \"{OwnLease}\"\n");
        Assert.Contains("MFSHA_WATCH_NAMESPACE", own, StringComparison.Ordinal);
        _ = await Kubectl.FeedAsync(own, "apply", "-f", "-");
        _ = await DefinitionsAsync();
    });

    /// <summary>The shared one has the rights of its generated role, all of them and no others, from anywhere; and it has not been refused anything.</summary>
    public static async Task CheckRightsAsync()
    {
        const string Account = $"system:serviceaccount:{SharedNamespace}:{Deployment}";
        JsonArray bindings = (await Kubectl.GetAsync("clusterrolebindings,rolebindings", "-A"))!["items"]!.AsArray();
        string[] roles =
        [
            .. bindings.Where(static b => b!["subjects"] is JsonArray subjects && subjects.Any(static s => (string?)s!["kind"] == "ServiceAccount" && (string?)s["name"] == Deployment && (string?)s["namespace"] == SharedNamespace))
                .Select(static b => $"{b!["kind"]} {b["roleRef"]!["kind"]} {b["roleRef"]!["name"]}"),
        ];
        Assert.Equal([$"ClusterRoleBinding ClusterRole {Deployment}"], roles);
        JsonNode role = (await Kubectl.GetAsync("clusterrole", Deployment))!;
        JsonNode generated = JsonNode.Parse(await Kubectl.RunAsync("create", "--dry-run=client", "-o", "json", "-f", Path.Combine(KubernetesCluster.Root, "config/rbac/role.yaml")))!;
        Assert.True(JsonNode.DeepEquals(generated["rules"], role["rules"]), role["rules"]!.ToJsonString());
        foreach ((string what, string answer) in new[] { ("delete pods", "yes"), ("create pods", "no"), ("create pods/exec", "no"), ("delete nodes", "no"), ("update secrets", "no"), ("create clusterrolebindings", "no") })
        {
            Assert.Equal((what, answer), (what, (await Kubectl.TryAsync(["auth", "can-i", .. what.Split(' '), "-A", $"--as={Account}"])).Output.Trim()));
        }

        Assert.DoesNotContain("forbidden", await Kubectl.RunAsync("logs", "-n", SharedNamespace, $"deployment/{Deployment}"), StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>Takes the shared one away, with its definitions and every cluster.</summary>
    public static Task UninstallSharedAsync() => Kubectl.RunAsync("delete", "-k", _manifests, "--ignore-not-found", "--timeout=120s");

    /// <summary>What there is of a test's own one, as arguments of kubectl delete.</summary>
    public static IEnumerable<string[]> PartsOf(string ns) => [["clusterrolebinding", NamespaceOf(ns)], ["namespace", NamespaceOf(ns)]];

    private static Task<string> DefinitionsAsync() => Kubectl.RunAsync("wait", "--for=condition=Established", "crd/mfshaclusters.mfsha.io", "crd/mfshaoperations.mfsha.io", "crd/mfsharestores.mfsha.io", "--timeout=60s");

    private static async Task AloneAsync(Func<Task> work)
    {
        await _one.WaitAsync(TestContext.Current.CancellationToken);
        try
        {
            await work();
        }
        finally
        {
            _ = _one.Release();
        }
    }

    // The role is the same for all; who has it is not.
    [GeneratedRegex("(kind: ClusterRoleBinding\nmetadata:\n  name: )mfsha-operator", RegexOptions.CultureInvariant)]
    private static partial Regex Binding();

    [GeneratedRegex("^      - env:\n", RegexOptions.CultureInvariant | RegexOptions.Multiline)]
    private static partial Regex Environment();
}
