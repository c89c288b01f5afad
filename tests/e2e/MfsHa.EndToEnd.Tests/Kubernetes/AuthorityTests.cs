using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;

namespace MfsHa.EndToEnd.Tests.Kubernetes;

/// <summary>Certificates that the operator makes, and its CA that is replaced while a client writes and the operator is killed in each of the steps.</summary>
[Trait(InstalledOperator.Trait, InstalledOperator.Own)]
public sealed class AuthorityTests
{
    private const string Namespace = "mfsha-e2e-authority";
    private const int Nodes = 3;

    [Fact(Explicit = true)]
    public async Task The_operator_makes_a_CA_and_replaces_it_in_two_steps_that_nobody_notices()
    {
        await using KubernetesCluster cluster = await KubernetesCluster.InstallAsync(Namespace, hasOwnOperator: true);
        await cluster.MakeAsync("MfsHaCluster", "mfsmaster", """{"replicas":3,"storage":{"size":"1Gi"},"tls":{"mode":"Operator"}}""");
        await cluster.ReadyAsync(Nodes);
        CommandResult status = await cluster.AdminAsync("status", "--host", "localhost");
        Assert.True(status.ExitCode == 0, status.Output + status.Error);
        KubernetesCluster.Note("ready with certificates that the operator has made");

        await using var outside = new OutsidePrograms();
        await outside.StartAsync(await cluster.AddressAsync());
        await using var files = new KeptFiles(outside.Mounted);
        await files.StartAsync();
        files.ForgetPauses();
        string[] pods = await cluster.PodUidsAsync(Nodes);
        string restarts = await RestartsAsync();
        string? former = await AuthorityAsync(cluster);
        Assert.NotNull(former);
        using X509Certificate2 old = await CertificateAsync();
        string address = (await cluster.PodAddressesAsync())[0];
        Assert.True(await AdminDoor.LetsInAsync(address, old), "a node does not let in who shows its own certificate");

        await cluster.MakeAsync("MfsHaOperation", "rotate", """{"cluster":"mfsmaster","type":"RotateAuthority"}""");
        foreach (string step in new[] { "Trust", "Use" })
        {
            _ = await cluster.StatusAsync("mfsha", "mfsmaster", s => (string?)s["tls"]?["rotation"] == step);
            KubernetesCluster.Note($"step {step}: {await cluster.ProgressAsync()}");
            await cluster.KillOperatorAsync();
            await files.GrowAsync();
        }

        JsonNode done = await cluster.StatusAsync("mfshaop", "rotate", static s => (string?)s["phase"] is "Succeeded" or "Failed");
        Assert.True((string?)done["phase"] == "Succeeded", done.ToJsonString());
        Assert.NotEqual(former, await AuthorityAsync(cluster));
        await cluster.ReadyAsync(Nodes);
        KubernetesCluster.Note($"replaced; the longest write took {files.LongestPause} ms");
        for (int node = 0; node < Nodes; node++)
        {
            // How long elections of a busy machine take is another matter: no node was refused for its certificate.
            string log = await Kubectl.RunAsync("logs", "-n", Namespace, $"mfsmaster-{node}");
            Assert.DoesNotContain("may not believe", log, StringComparison.Ordinal);
            Assert.DoesNotContain("will not let this one in", log, StringComparison.Ordinal);
            Assert.DoesNotContain("what was read before stays in force", log, StringComparison.Ordinal);
        }

        using X509Certificate2 present = await CertificateAsync();
        foreach (string node in await cluster.PodAddressesAsync())
        {
            Assert.Equal(present.Thumbprint, await AdminDoor.ShownByAsync(node));
            Assert.True(await AdminDoor.LetsInAsync(node, present), $"{node} does not let in who shows the new certificate");
            Assert.False(await AdminDoor.LetsInAsync(node, old), $"{node} still believes the former CA");
        }

        Assert.Equal(pods, await cluster.PodUidsAsync(Nodes));
        Assert.Equal(restarts, await RestartsAsync());

        // New connections of all kinds: a pod that comes again, a node that joins, a backup.
        await cluster.RecreatePodAsync(2, Nodes);
        await cluster.PatchAsync("""{"replicas":5}""");
        await cluster.ReadyAsync(5);
        _ = await cluster.BackUpAsync();
        await files.GrowAsync();
        await files.CheckAsync();
        CommandResult replicas = await cluster.AdminAsync("consistency-check", "--host", "localhost");
        Assert.True(replicas.ExitCode == 0, replicas.Output + replicas.Error);
    }

    // Of each pod. One that finds no leader in time when it starts is started again by kubelet.
    private static Task<string> RestartsAsync() =>
        Kubectl.RunAsync("get", "-n", Namespace, "pods", "-l", "mfsha.io/cluster=mfsmaster", "-o", "jsonpath={.items[*].status.containerStatuses[0].restartCount}");

    private static async Task<string?> AuthorityAsync(KubernetesCluster cluster) => (string?)(await cluster.GetAsync())["status"]!["tls"]?["authority"];

    // As nodes have it, with its key; through PKCS #12, because a key that is only in memory is not shown to servers everywhere.
    private static async Task<X509Certificate2> CertificateAsync()
    {
        JsonNode data = (await Kubectl.GetAsync("-n", Namespace, "secret", "mfsmaster-certificates"))!["data"]!;
        using var pem = X509Certificate2.CreateFromPem(Text("tls.crt"), Text("tls.key"));
        return X509CertificateLoader.LoadPkcs12(pem.Export(X509ContentType.Pkcs12), null);

        string Text(string key) => Encoding.ASCII.GetString(Convert.FromBase64String((string)data[key]!));
    }
}
