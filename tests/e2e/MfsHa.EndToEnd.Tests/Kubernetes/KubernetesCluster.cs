using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using MfsHa.Testbed.MfsHaNodes;

namespace MfsHa.EndToEnd.Tests.Kubernetes;

/// <summary>An MfsHaCluster in a namespace of its own, under an operator that was installed as people install it. All but a shared operator goes with it.</summary>
internal sealed class KubernetesCluster : IAsyncDisposable
{
    private const string Name = "mfsmaster";
    /// <summary>Two busy processors start five nodes, and those of other tests.</summary>
    private static readonly TimeSpan _limit = TimeSpan.FromMinutes(8);

    /// <summary>kubectl gives up after 120 s by itself.</summary>
    private static readonly TimeSpan _cleanLimit = TimeSpan.FromSeconds(150);

    private readonly OperatorKind _operator;

    private KubernetesCluster(string ns, OperatorKind kind)
    {
        Namespace = ns;
        _operator = kind;
    }

    private enum OperatorKind
    {
        Shared,
        Own,
        Helms,
    }

    /// <summary>Its namespace.</summary>
    public string Namespace { get; }

    /// <summary>Namespace of its operator.</summary>
    public string OperatorNamespace => _operator == OperatorKind.Own ? InstalledOperator.NamespaceOf(Namespace) : InstalledOperator.SharedNamespace;

    /// <summary>Installs operator and sample.</summary>
    /// <param name="ns">The namespace to make.</param>
    /// <param name="hasOwnOperator">The test kills its operator: nobody else's.</param>
    public static async Task<KubernetesCluster> CreateAsync(string ns, bool hasOwnOperator = false)
    {
        KubernetesCluster cluster = await InstallAsync(ns, hasOwnOperator);
        try
        {
            _ = await Kubectl.RunAsync("apply", "-n", ns, "-f", Path.Combine(Root, "config/samples/mfshacluster.yaml"));
            return cluster;
        }
        catch
        {
            await cluster.DisposeAsync();
            throw;
        }
    }

    /// <summary>Installs the operator; the cluster is the caller's to make, with the sample's name.</summary>
    /// <param name="ns">The namespace to make.</param>
    /// <param name="hasOwnOperator">The test kills its operator: nobody else's.</param>
    public static async Task<KubernetesCluster> InstallAsync(string ns, bool hasOwnOperator = false)
    {
        AssertCluster();
        await MakeNamespaceAsync(ns);
        var cluster = new KubernetesCluster(ns, hasOwnOperator ? OperatorKind.Own : OperatorKind.Shared);
        try
        {
            await (hasOwnOperator ? InstalledOperator.InstallOwnAsync(ns) : InstalledOperator.InstallSharedAsync());
            return cluster;
        }
        catch
        {
            await cluster.DisposeAsync();
            throw;
        }
    }

    /// <summary>Installs the operator with its chart; the cluster is the caller's to make, with the sample's name.</summary>
    public static async Task<KubernetesCluster> InstallWithHelmAsync(string ns)
    {
        AssertCluster();
        await InstalledOperator.UninstallSharedAsync();
        var cluster = new KubernetesCluster(ns, OperatorKind.Helms);
        try
        {
            _ = await Helm.RunAsync("install", "mfsha-operator", Path.Combine(Root, "helm/mfsha-operator"), "-n", InstalledOperator.SharedNamespace, "--create-namespace", "--wait", "--timeout", "180s");
            await MakeNamespaceAsync(ns);
            return cluster;
        }
        catch
        {
            await cluster.DisposeAsync();
            throw;
        }
    }

    /// <summary>The object.</summary>
    public async Task<JsonNode> GetAsync() => await Kubectl.GetAsync("-n", Namespace, "mfsha", Name) ?? throw new InvalidOperationException("there is no such cluster");

    /// <summary>Changes the specification, by a merge patch.</summary>
    public Task PatchAsync(string spec) => Kubectl.RunAsync("patch", "-n", Namespace, "mfsha", Name, "--type=merge", "-p", $$"""{"spec":{{spec}}}""");

    /// <summary>Waits until so many nodes serve and the operator has nothing to do.</summary>
    public Task ReadyAsync(int nodes) => WaitAsync($"{nodes} nodes are ready", async () =>
    {
        JsonNode cluster = await GetAsync();
        return cluster["status"] is { } status
            && (long?)status["observedGeneration"] == (long?)cluster["metadata"]!["generation"]
            && (string?)status["phase"] == "Ready"
            && (int?)status["readyReplicas"] == nodes
            && (string?)status["quorum"] == $"{nodes}/{nodes}"
            && ((await Kubectl.GetAsync("-n", Namespace, "pods", "-l", $"mfsha.io/cluster={Name}"))?["items"] as JsonArray)?.Count == nodes;
    });

    /// <summary>Waits until the specification is refused, and the phase, the message and the condition say why.</summary>
    public Task RejectedAsync(string reason) => WaitAsync($"it is refused: {reason}", async () =>
        (await GetAsync())["status"] is { } status
        && (string?)status["phase"] == "Rejected"
        && ((string?)status["message"])?.Contains(reason, StringComparison.Ordinal) == true
        && status["conditions"]!.AsArray().Any(c =>
            (string?)c!["type"] == "Progressing" && (string?)c["status"] == "False" && (string?)c["reason"] == "Refused" && ((string?)c["message"])!.Contains(reason, StringComparison.Ordinal)));

    /// <summary>Waits for a condition; a failure shows what there is.</summary>
    public Task WaitAsync(string what, Func<Task<bool>> condition) => Kubectl.WaitAsync(what, _limit, condition, ExplainAsync);

    /// <summary>Address of the service that clients are pointed to.</summary>
    public Task<string> AddressAsync() => Kubectl.RunAsync("get", "-n", Namespace, "service", Name, "-o", "jsonpath={.spec.clusterIP}");

    /// <summary>How far it is, in its own words.</summary>
    public async Task<string> ProgressAsync()
    {
        JsonNode? status = (await GetAsync())["status"];
        return $"{status?["phase"]}, {status?["quorum"]}: {status?["message"]}";
    }

    /// <summary>Name and uid of the pod of a node.</summary>
    public async Task<string> PodUidAsync(int node) => (string?)(await Kubectl.GetAsync("-n", Namespace, "pod", $"{Name}-{node - 1}"))?["metadata"]?["uid"] ?? "";

    /// <summary>Uids of the pods of the first nodes.</summary>
    public Task<string[]> PodUidsAsync(int nodes) => Task.WhenAll(Enumerable.Range(1, nodes).Select(PodUidAsync));

    /// <summary>Addresses of the nodes' pods.</summary>
    public async Task<string[]> PodAddressesAsync() =>
        (await Kubectl.RunAsync("get", "-n", Namespace, "pods", "-l", $"mfsha.io/cluster={Name}", "-o", "jsonpath={.items[*].status.podIP}")).Split(' ', StringSplitOptions.RemoveEmptyEntries);

    /// <summary>Uid of the claim of a node.</summary>
    public async Task<string> ClaimUidAsync(int node) => (string?)(await Kubectl.GetAsync("-n", Namespace, "pvc", $"data-{Name}-{node - 1}"))?["metadata"]?["uid"] ?? "";

    /// <summary>Deletes a node's pod and returns when another one is there and all nodes are ready.</summary>
    /// <param name="node">The node.</param>
    /// <param name="nodes">How many nodes there are.</param>
    /// <param name="isKilled">It gets no time to hand over.</param>
    public async Task RecreatePodAsync(int node, int nodes, bool isKilled = false)
    {
        string before = await PodUidAsync(node);
        string[] how = isKilled ? ["--grace-period=0", "--force"] : [];
        _ = await Kubectl.RunAsync(["delete", "pod", "-n", Namespace, $"{Name}-{node - 1}", .. how]);
        await WaitAsync("the deleted pod is made anew", async () => await PodUidAsync(node) is { Length: > 0 } now && now != before);
        await ReadyAsync(nodes);
    }

    /// <summary>Kills the operator at once, in the middle of what it does; another one is started in its place.</summary>
    public Task KillOperatorAsync() => Kubectl.RunAsync("delete", "pod", "-n", OperatorNamespace, "-l", "app.kubernetes.io/name=mfsha-operator", "--grace-period=0", "--force");

    /// <summary>Makes a volume claim "backups" and one backup "once" on it; returns its status.</summary>
    public async Task<JsonNode> BackUpAsync()
    {
        _ = await Kubectl.FeedAsync(
            $$$"""{"apiVersion":"v1","kind":"PersistentVolumeClaim","metadata":{"name":"backups","namespace":"{{{Namespace}}}"},"spec":{"accessModes":["ReadWriteOnce"],"resources":{"requests":{"storage":"1Gi"} } } }""",
            "create", "-f", "-");
        await MakeAsync("MfsHaBackup", "once", """{"cluster":"mfsmaster","target":{"claimName":"backups"}}""");
        JsonNode made = await StatusAsync("mfshab", "once", static s => (string?)s["phase"] is "Completed" or "Failed");
        Assert.True((string?)made["phase"] == "Completed", made.ToJsonString());
        return made;
    }

    /// <summary>One-time work; returns when it has succeeded.</summary>
    public async Task OperateAsync(string type, int? node)
    {
        string name = type.ToLowerInvariant();
        string which = node is { } number ? $""","node":{number}""" : "";
        await MakeAsync("MfsHaOperation", name, $$"""{"cluster":"{{Name}}","type":"{{type}}"{{which}}}""");
        await WaitAsync($"MfsHaOperation {name} has succeeded", async () =>
        {
            JsonNode? status = (await Kubectl.GetAsync("-n", Namespace, "mfshaop", name))?["status"];
            Assert.False((string?)status?["phase"] == "Failed", $"{name}: {status?["message"]}");
            return (string?)status?["phase"] == "Succeeded";
        });
    }

    /// <summary>Makes an object of one of the operator's kinds.</summary>
    public Task MakeAsync(string kind, string name, string spec) => Kubectl.FeedAsync(
        $$$"""{"apiVersion":"mfsha.io/v1","kind":"{{{kind}}}","metadata":{"name":"{{{name}}}","namespace":"{{{Namespace}}}"},"spec":{{{spec}}} }""", "create", "-f", "-");

    /// <summary>Waits until the status of an object is as it should be; the status.</summary>
    public async Task<JsonNode> StatusAsync(string kind, string name, Func<JsonNode, bool> isIt)
    {
        JsonNode? last = null;
        await WaitAsync($"{kind} {name} comes so far", async () => (last = (await Kubectl.GetAsync("-n", Namespace, kind, name))?["status"]) is not null && isIt(last));
        return last!;
    }

    /// <summary>The node that leads the first shard.</summary>
    public async Task<int> LeaderAsync()
    {
        int? leader = null;
        await WaitAsync("the first shard has a leader", async () => (leader = ClusterStatus.Parse((await AdminAsync("status", "--output", "json")).Output).LeaderOf(1)) is not null);
        return leader!.Value;
    }

    /// <summary>mfsha-admin in a pod.</summary>
    public Task<CommandResult> AdminAsync(params string[] arguments) => Kubectl.TryAsync(["exec", "-n", Namespace, $"{Name}-0", "--", "mfsha-admin", .. arguments]);

    /// <summary>Versions of all objects that belong to the cluster, and of what the operator tells about it: equal while it writes nothing.</summary>
    public async Task<string> VersionsAsync()
    {
        string[] all =
        [
            await Kubectl.RunAsync(
                "get", "-n", Namespace, "mfsha,statefulset,service,configmap,secret,serviceaccount,pdb,pvc", "-o",
                "jsonpath={range .items[*]}{.kind}/{.metadata.name}={.metadata.resourceVersion}{\"\\n\"}{end}"),
            await Kubectl.RunAsync(
                "get", "-n", Namespace, "events", "-o",
                "jsonpath={range .items[?(@.source.component==\"mfsha-operator\")]}{.metadata.name} {.reason}={.metadata.resourceVersion}{\"\\n\"}{end}"),
        ];
        return string.Join('\n', all.SelectMany(static a => a.Split('\n')).Where(static l => l.Contains(Name, StringComparison.Ordinal)));
    }

    /// <summary>What its conditions say, and since when: another one after every change of its state.</summary>
    public async Task<string> StateAsync() => (await GetAsync())["status"]?["conditions"]?.ToJsonString() ?? "";

    /// <summary>Says how far a test has come, and when.</summary>
    public static void Note(string text) => TestContext.Current.SendDiagnosticMessage(
        "{0}", string.Create(CultureInfo.InvariantCulture, $"{DateTime.UtcNow:HH:mm:ss} {TestContext.Current.TestClass?.TestClassSimpleName}: {text}"));

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        // Its operator has to be there until the cluster is gone; what is left then goes by itself, while other tests begin.
        await CleanAsync("-n", Namespace, "mfsha", "--all");
        await CleanAsync("namespace", Namespace, "--wait=false");
        if (_operator == OperatorKind.Own)
        {
            foreach (string[] part in InstalledOperator.PartsOf(Namespace))
            {
                await CleanAsync([.. part, "--wait=false"]);
            }
        }
        else if (_operator == OperatorKind.Helms)
        {
            using var limited = new CancellationTokenSource(_cleanLimit);
            _ = await Command.TryRunAsync(["helm", "uninstall", "mfsha-operator", "-n", OperatorNamespace, "--ignore-not-found"], cancellation: limited.Token);
            await CleanAsync("-k", Path.Combine(Root, "crds"));
            await CleanAsync("namespace", OperatorNamespace);
        }
    }

    private static void AssertCluster() =>
        Assert.False(string.IsNullOrEmpty(Environment.GetEnvironmentVariable("KUBECONFIG")), "KUBECONFIG is not set: scripts/test-e2e.sh starts a cluster and sets it");

    // That of a run before may be about to go still.
    private static async Task MakeNamespaceAsync(string ns)
    {
        _ = await Kubectl.TryAsync("wait", "--for=delete", $"namespace/{ns}", "--timeout=120s");
        _ = await Kubectl.RunAsync("create", "namespace", ns);
    }

    // A test that was cancelled, or ran out of its time, has to be cleaned up after, too: not with its own token.
    private static async Task CleanAsync(params string[] what)
    {
        using var limited = new CancellationTokenSource(_cleanLimit);
        try
        {
            _ = await Command.TryRunAsync(["kubectl", "delete", .. what, "--ignore-not-found", "--timeout=120s"], cancellation: limited.Token);
        }
        catch (OperationCanceledException)
        {
            Note($"kubectl delete {string.Join(' ', what)} did not end within {_cleanLimit.TotalSeconds:0} s");
        }
    }

    private async Task<string> ExplainAsync()
    {
        CommandResult[] said =
        [
            await Kubectl.TryAsync("get", "-n", Namespace, "mfsha,pods,pvc", "-o", "wide"),
            await Kubectl.TryAsync("get", "-n", Namespace, "mfsha", Name, "-o", "jsonpath={.status}"),
            await Kubectl.TryAsync("get", "-n", Namespace, "events", "--sort-by=.lastTimestamp"),
            await Kubectl.TryAsync("logs", "-n", OperatorNamespace, "deployment/mfsha-operator", "--tail=40"),
            await Kubectl.TryAsync("logs", "-n", Namespace, $"{Name}-0", "--tail=30"),
        ];
        return string.Join("\n", said.Select(static s => s.Output + s.Error));
    }

    /// <summary>The repository.</summary>
    public static string Root { get; } = Path.GetFullPath("../../../..", Path.GetDirectoryName(Here())!);

    private static string Here([CallerFilePath] string path = "") => path;
}
