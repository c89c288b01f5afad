using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;
using MfsHa.TestCertificates;

namespace MfsHa.EndToEnd.Tests.Kubernetes;

/// <summary>A cluster with certificates from a Secret, with the names that docs/operator.md asks for: nodes, operator, mfsha-admin, kubelet's probes and backups all meet over TLS.</summary>
public sealed class TlsTests
{
    private const string Namespace = "mfsha-e2e-tls";

    [Fact(Explicit = true)]
    public async Task A_cluster_with_certificates_forms_serves_grows_and_takes_over_a_new_certificate()
    {
        using var authority = new TestAuthority("the cluster's CA");
        await using KubernetesCluster cluster = await KubernetesCluster.InstallAsync(Namespace);
        await FileSecretAsync(authority, "create");
        await cluster.MakeAsync("MfsHaCluster", "mfsmaster", """{"replicas":3,"storage":{"size":"1Gi"},"tls":{"secretName":"mfsmaster-tls"}}""");
        await cluster.ReadyAsync(3);
        KubernetesCluster.Note("ready");
        CommandResult status = await cluster.AdminAsync("status", "--host", "localhost");
        Assert.True(status.ExitCode == 0, status.Output + status.Error);
        Assert.Contains("HEALTHY", status.Output, StringComparison.Ordinal);
        CommandResult bare = await Kubectl.TryAsync(
            "exec", "-n", Namespace, "mfsmaster-0", "--", "/bin/sh", "-c", "unset MFSHA_TLS_CA_PATH MFSHA_TLS_CERT_PATH MFSHA_TLS_KEY_PATH; mfsha-admin status --host localhost");
        Assert.NotEqual(0, bare.ExitCode);
        Assert.Contains("TLS", bare.Output + bare.Error, StringComparison.Ordinal);

        await using var outside = new OutsidePrograms();
        await outside.StartAsync(await cluster.AddressAsync());
        await using var files = new KeptFiles(outside.Mounted);
        await files.StartAsync();
        KubernetesCluster.Note("mounted and written to");

        await cluster.RecreatePodAsync(2, nodes: 3);
        await files.GrowAsync();
        KubernetesCluster.Note("a pod was deleted and came again");

        await cluster.PatchAsync("""{"replicas":5}""");
        await cluster.ReadyAsync(5);
        await files.GrowAsync();
        KubernetesCluster.Note("five nodes");

        _ = await cluster.BackUpAsync();
        KubernetesCluster.Note("backed up");

        string[] pods = await cluster.PodUidsAsync(5);
        TestCertificate renewed = await FileSecretAsync(authority, "apply");
        using var expected = X509Certificate2.CreateFromPem(renewed.Pem);
        await cluster.WaitAsync("all nodes show the new certificate", async () =>
        {
            string?[] shown = await Task.WhenAll((await cluster.PodAddressesAsync()).Select(AdminDoor.ShownByAsync));
            return shown.Length == 5 && shown.All(s => s == expected.Thumbprint);
        });
        await cluster.ReadyAsync(5);
        await files.GrowAsync();
        Assert.Equal(pods, await cluster.PodUidsAsync(5));
        KubernetesCluster.Note("a new certificate, and no pod was started again for it");

        await files.CheckAsync();
        CommandResult replicas = await cluster.AdminAsync("consistency-check", "--host", "localhost");
        Assert.True(replicas.ExitCode == 0, replicas.Output + replicas.Error);
    }

    // As cert-manager would, with the names of config/samples/mfshacluster-tls.yaml.
    private static async Task<TestCertificate> FileSecretAsync(TestAuthority authority, string verb)
    {
        TestCertificate certificate = authority.Issue("mfsmaster", [$"*.mfsmaster-nodes.{Namespace}.svc", "localhost"]);
        var secret = new JsonObject
        {
            ["apiVersion"] = "v1",
            ["kind"] = "Secret",
            ["type"] = "kubernetes.io/tls",
            ["metadata"] = new JsonObject { ["name"] = "mfsmaster-tls", ["namespace"] = Namespace },
            ["data"] = new JsonObject { ["ca.crt"] = Encode(authority.Pem), ["tls.crt"] = Encode(certificate.Pem), ["tls.key"] = Encode(certificate.KeyPem) },
        };
        _ = await Kubectl.FeedAsync(secret.ToJsonString(), verb, "-f", "-");
        return certificate;
    }

    private static string Encode(string pem) => Convert.ToBase64String(Encoding.ASCII.GetBytes(pem + "\n"));
}
