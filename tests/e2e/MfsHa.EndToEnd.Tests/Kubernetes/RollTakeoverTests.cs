using System.Globalization;
using System.Text.Json.Nodes;

namespace MfsHa.EndToEnd.Tests.Kubernetes;

/// <summary>Operators that are killed while pods and a volume are replaced: the next one looks, and everything is done once.</summary>
[Trait(InstalledOperator.Trait, InstalledOperator.Own)]
public sealed class RollTakeoverTests
{
    private const string Namespace = "mfsha-e2e-roll";

    [Fact(Explicit = true)]
    public async Task A_roll_and_a_new_volume_come_to_their_end_once_under_operators_that_are_killed_again_and_again()
    {
        await using KubernetesCluster cluster = await KubernetesCluster.CreateAsync(Namespace, hasOwnOperator: true);
        await cluster.ReadyAsync(3);
        await using var outside = new OutsidePrograms();
        await outside.StartAsync(await cluster.AddressAsync());
        await using var files = new KeptFiles(outside.Mounted);
        await files.StartAsync();
        string[] pods = await cluster.PodUidsAsync(3);
        string[] claims = await ClaimsAsync(cluster);
        await cluster.PatchAsync("""{"config":{"MFSHA_REGION":"rolled"} }""");
        await KilledOperators.KillAsync(cluster, KilledOperators.Terms.Concat(KilledOperators.Terms.Take(3)));
        await cluster.ReadyAsync(3);
        await files.GrowAsync();
        string[] rolled = await cluster.PodUidsAsync(3);
        Assert.Empty(rolled.Intersect(pods));
        Assert.Equal(claims, await ClaimsAsync(cluster));
        Assert.Equal(["2", "2", "2"], await MadeAsync("Pod"));
        KubernetesCluster.Note($"every pod was replaced once; the longest write took {files.LongestPause} ms");

        await cluster.MakeAsync("MfsHaOperation", "replace", """{"cluster":"mfsmaster","type":"ReplaceNode","node":2}""");
        await KilledOperators.KillAsync(cluster, KilledOperators.Terms);
        JsonNode done = await cluster.StatusAsync("mfshaop", "replace", static s => (string?)s["phase"] is "Succeeded" or "Failed");
        Assert.True((string?)done["phase"] == "Succeeded", done.ToJsonString());
        await cluster.ReadyAsync(3);
        await files.GrowAsync();
        string[] now = await ClaimsAsync(cluster);
        Assert.Equal([claims[0], claims[2]], [now[0], now[2]]);
        Assert.NotEqual(claims[1], now[1]);
        Assert.Equal((rolled[0], rolled[2]), (await cluster.PodUidAsync(1), await cluster.PodUidAsync(3)));
        string[] volumes = await MadeAsync("Claim");
        Assert.Equal(["1", "2", "1"], volumes);
        KubernetesCluster.Note($"node 2 has another volume, made once; the longest write took {files.LongestPause} ms");
        await files.CheckAsync();
        CommandResult replicas = await cluster.AdminAsync("consistency-check");
        Assert.True(replicas.ExitCode == 0, replicas.Output + replicas.Error);
    }

    private static Task<string[]> ClaimsAsync(KubernetesCluster cluster) => Task.WhenAll(Enumerable.Range(1, 3).Select(cluster.ClaimUidAsync));

    // How often the stateful set says that it has made the pod, or the claim, of each node.
    private static async Task<string[]> MadeAsync(string kind)
    {
        JsonArray events = (await Kubectl.GetAsync("-n", Namespace, "events", "--field-selector=reason=SuccessfulCreate,involvedObject.kind=StatefulSet"))!["items"]!.AsArray();
        return
        [
            .. Enumerable.Range(0, 3).Select(ordinal =>
            {
                string made = string.Create(CultureInfo.InvariantCulture, $"create {kind} {(kind == "Claim" ? "data-" : "")}mfsmaster-{ordinal} ");
                return events.Where(e => ((string?)e!["message"])?.StartsWith(made, StringComparison.Ordinal) == true).Sum(static e => (int?)e!["count"] ?? 1).ToString(CultureInfo.InvariantCulture);
            }),
        ];
    }
}
