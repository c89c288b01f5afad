using System.Text.Json.Nodes;

namespace MfsHa.EndToEnd.Tests.Kubernetes;

/// <summary>Volumes of a cluster that serves grow, where their class lets them.</summary>
public sealed class GrowthTests
{
    private const string Namespace = "mfsha-e2e-growth";
    private const string Class = "mfsha-e2e-growing";

    [Fact(Explicit = true)]
    public async Task Volumes_grow_while_a_client_works_and_it_is_said_when_their_class_does_not_let_them()
    {
        await using KubernetesCluster cluster = await KubernetesCluster.InstallAsync(Namespace);
        try
        {
            await MakeClassAsync();
            await cluster.MakeAsync("MfsHaCluster", "mfsmaster", $$"""{"replicas":3,"storage":{"size":"1Gi","storageClassName":"{{Class}}"} }""");
            await cluster.ReadyAsync(3);
            await using var outside = new OutsidePrograms();
            await outside.StartAsync(await cluster.AddressAsync());
            await using var files = new KeptFiles(outside.Mounted);
            await files.StartAsync();
            string[] pods = await cluster.PodUidsAsync(3);
            string former = await StatefulSetAsync();

            await AllowAsync("false");
            await cluster.PatchAsync("""{"storage":{"size":"2Gi"} }""");
            await cluster.WaitAsync("it is said that volumes cannot grow", async () => (string?)(await cluster.GetAsync())["status"]!["phase"] == "Rejected");
            Assert.Contains($"its storage class {Class} does not let volumes grow", (string?)(await cluster.GetAsync())["status"]!["message"], StringComparison.Ordinal);
            Assert.Equal(former, await StatefulSetAsync());
            KubernetesCluster.Note($"refused: {await cluster.ProgressAsync()}");

            await AllowAsync("true");
            await cluster.WaitAsync("all volumes are larger", async () =>
                (await Kubectl.GetAsync("-n", Namespace, "pvc"))!["items"]!.AsArray().All(static c => (string?)c!["status"]?["capacity"]?["storage"] == "2Gi"));
            await cluster.WaitAsync("the stateful set is another one, of larger volumes", async () =>
                await Kubectl.GetAsync("-n", Namespace, "statefulset", "mfsmaster") is { } set
                && (string?)set["metadata"]!["uid"] != former
                && (string?)set["spec"]!["volumeClaimTemplates"]![0]!["spec"]!["resources"]!["requests"]!["storage"] == "2Gi");
            await cluster.ReadyAsync(3);
            await files.GrowAsync();
            Assert.Equal(pods, await cluster.PodUidsAsync(3));
            KubernetesCluster.Note("three volumes of 2Gi, and no pod was touched");

            // Its pods are those of the new stateful set.
            await cluster.RecreatePodAsync(2, nodes: 3);
            await cluster.PatchAsync("""{"storage":{"size":"1Gi"} }""");
            await cluster.WaitAsync("volumes do not shrink", async () => ((string?)(await cluster.GetAsync())["status"]!["message"])?.Contains("volumes do not shrink", StringComparison.Ordinal) == true);
            await cluster.PatchAsync("""{"storage":{"size":"2Gi"},"replicas":5}""");
            await cluster.ReadyAsync(5);
            Assert.All((await Kubectl.GetAsync("-n", Namespace, "pvc"))!["items"]!.AsArray(), static c => Assert.Equal("2Gi", (string?)c!["spec"]!["resources"]!["requests"]!["storage"]));
            await files.CheckAsync();
            CommandResult replicas = await cluster.AdminAsync("consistency-check");
            Assert.True(replicas.ExitCode == 0, replicas.Output + replicas.Error);
        }
        finally
        {
            _ = await Kubectl.TryAsync("delete", "storageclass", Class, "--ignore-not-found");
        }
    }

    private static async Task<string> StatefulSetAsync() => (string)(await Kubectl.GetAsync("-n", Namespace, "statefulset", "mfsmaster"))!["metadata"]!["uid"]!;

    private static async Task AllowAsync(string value) => _ = await Kubectl.RunAsync("patch", "storageclass", Class, "--type=merge", "-p", $$"""{"allowVolumeExpansion":{{value}}}""");

    // As the default one, which stays as it is.
    private static async Task MakeClassAsync()
    {
        JsonNode all = (await Kubectl.GetAsync("storageclass"))!;
        JsonNode model = all["items"]!.AsArray().First(static c => (string?)c!["metadata"]!["annotations"]?["storageclass.kubernetes.io/is-default-class"] == "true")!;
        var made = new JsonObject
        {
            ["apiVersion"] = "storage.k8s.io/v1",
            ["kind"] = "StorageClass",
            ["metadata"] = new JsonObject { ["name"] = Class },
            ["provisioner"] = model["provisioner"]!.DeepClone(),
            ["parameters"] = model["parameters"]?.DeepClone(),
            ["volumeBindingMode"] = model["volumeBindingMode"]?.DeepClone(),
            ["allowVolumeExpansion"] = true,
        };
        _ = await Kubectl.FeedAsync(made.ToJsonString(), "create", "-f", "-");
    }
}
