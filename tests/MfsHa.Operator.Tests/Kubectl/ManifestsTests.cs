using System.Text.Json.Nodes;
using k8s;
using MfsHa.Kubectl;
using MfsHa.Operator.Entities;
using Xunit;

namespace MfsHa.Operator.Tests.Kubectl;

/// <summary>What the plugin makes is what the operator reads.</summary>
public sealed class ManifestsTests
{
    [Fact]
    public void A_backup_goes_to_an_object_store_and_a_cluster_comes_from_there()
    {
        JsonObject target = Manifests.Store("bucket", "keys", "http://s3:9000", prefix: null, "eu-1");
        V1MfsHaBackup backup = KubernetesJson.Deserialize<V1MfsHaBackup>(Manifests.Backup("c", "once", (JsonObject)target.DeepClone()).ToJsonString());
        Assert.Equal(("bucket", "keys", "http://s3:9000", null, "eu-1"), Of(backup.Spec.Target.S3!));
        Assert.Null(backup.Spec.Target.ClaimName);
        target["directory"] = "d";
        V1MfsHaCluster cluster = KubernetesJson.Deserialize<V1MfsHaCluster>(Manifests.Restored("d", 3, "1Gi", target, "d/x.mfs").ToJsonString());
        BackupFile source = cluster.Spec.Bootstrap!.FromBackup!;
        Assert.Equal(("bucket", "keys", "http://s3:9000", null, "eu-1"), Of(source.S3!));
        Assert.Equal(("d/x.mfs", null), (source.Path, source.ClaimName));
    }

    [Fact]
    public void A_cluster_comes_from_a_volume()
    {
        V1MfsHaCluster cluster = KubernetesJson.Deserialize<V1MfsHaCluster>(Manifests.Restored("d", 3, "1Gi", new JsonObject { ["claimName"] = "backups" }, "d/x.mfs").ToJsonString());
        Assert.Equal(("backups", null), (cluster.Spec.Bootstrap!.FromBackup!.ClaimName, cluster.Spec.Bootstrap.FromBackup.S3));
    }

    [Fact]
    public void A_quorum_is_recovered_with_named_nodes_and_a_confirmation()
    {
        V1MfsHaOperation operation = KubernetesJson.Deserialize<V1MfsHaOperation>(Manifests.Recovery("c", [1, 3]).ToJsonString());
        Assert.Equal(("c", "RecoverQuorum", "c"), (operation.Spec.Cluster, operation.Spec.Type, operation.Spec.Confirm));
        Assert.Equal([1, 3], operation.Spec.Nodes!);
    }

    private static (string, string, string?, string?, string?) Of(ObjectStoreSpec store) => (store.Bucket, store.CredentialsSecret, store.Endpoint, store.Prefix, store.Region);
}
