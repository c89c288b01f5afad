using MfsHa.Operator.Cluster;
using MfsHa.Operator.Cluster.Rendering;
using MfsHa.Operator.Cluster.Steps;
using MfsHa.Operator.Entities;
using Xunit;

namespace MfsHa.Operator.Tests.Cluster;

/// <summary>The steps together, against what Kubernetes and nodes would make of them.</summary>
public sealed class ReconcileTests
{
    [Fact]
    public void A_new_cluster_gets_all_its_objects_and_then_nothing_is_written()
    {
        var cluster = new SimulatedCluster();
        cluster.Settle();
        Assert.Equal([1, 2, 3], cluster.Members);
        Assert.Equal(
            [
                "create Secret c-token with a new token", "apply ConfigMap c-config", "apply Service c-nodes", "apply Service c", "apply ServiceAccount c-node",
                "apply PodDisruptionBudget c", "apply StatefulSet c",

                // From now on nodes form no other one.
                "apply ConfigMap c-config",
            ],
            cluster.History);
        MfsHaClusterStatus before = cluster.Cluster.Status!;
        Assert.Empty(cluster.Pass());
        Assert.Equal(k8s.KubernetesJson.Serialize(before), k8s.KubernetesJson.Serialize(cluster.Cluster.Status));
        Assert.Equal("Ready", before.Phase);
        Assert.Equal("3/3", before.Quorum);
        Assert.Equal("2/2", before.Leaders);
        Assert.Equal("0000000000000ABC", before.MetadataId);
    }

    [Fact]
    public void A_new_image_goes_round_pod_by_pod_and_to_the_leader_last()
    {
        var cluster = new SimulatedCluster();
        cluster.Settle();
        cluster.History.Clear();
        cluster.Cluster.Spec.Image = "mfsha/node:2";
        cluster.Settle();
        Assert.Equal(
            [
                "apply StatefulSet c",
                "delete pod c-2: it is not of the present image or configuration",
                "delete pod c-1: it is not of the present image or configuration",
                "move leaders away from node 1",
                "delete pod c-0: it is not of the present image or configuration",
            ],
            cluster.History);
    }

    [Fact]
    public void No_pod_is_touched_while_a_node_is_away()
    {
        var cluster = new SimulatedCluster();
        cluster.Settle();
        cluster.Cluster.Spec.Image = "mfsha/node:2";
        _ = cluster.Pass();
        cluster.History.Clear();
        cluster.Away.Add(2);
        for (int pass = 0; pass < 5; pass++)
        {
            _ = cluster.Pass();
        }

        Assert.Empty(cluster.History);
        Assert.Contains("node 2 is away", cluster.Cluster.Status!.Message, StringComparison.Ordinal);
        Assert.Equal("Roll", cluster.Cluster.Status.Operation!.Type);
        cluster.Away.Clear();
        cluster.Settle();
    }

    [Fact]
    public void From_three_to_five_and_back_members_change_one_by_one_and_pods_go_after_their_membership()
    {
        var cluster = new SimulatedCluster();
        cluster.Settle();
        cluster.Cluster.Spec.Replicas = 5;
        cluster.Settle();
        Assert.Equal([1, 2, 3, 4, 5], cluster.Members);
        Assert.Equal([1, 2, 3, 4, 5], cluster.PodNodes);
        Assert.DoesNotContain(cluster.History, static h => h.StartsWith("delete pod", StringComparison.Ordinal));
        cluster.Cluster.Spec.Replicas = 3;
        cluster.Settle();
        Assert.Equal([1, 2, 3], cluster.Members);
        Assert.Equal([1, 2, 3], cluster.PodNodes);
        Assert.Equal([1, 2, 3], cluster.ClaimNodes);
        Assert.True(
            cluster.History.IndexOf("remove node 5: there are more nodes than are wanted") < cluster.History.IndexOf("remove node 4: there are more nodes than are wanted"));
        cluster.Cluster.Spec.Replicas = 5;
        cluster.Settle();
        Assert.Equal([1, 2, 3, 4, 5], cluster.Members);
        Assert.DoesNotContain(cluster.History, static h => h.StartsWith("delete pod", StringComparison.Ordinal));
    }

    [Fact]
    public void A_node_whose_joining_was_broken_off_joins_the_groups_that_it_is_not_yet_a_member_of()
    {
        var cluster = new SimulatedCluster();
        cluster.Settle();
        cluster.Cluster.Spec.Replicas = 5;
        while (!cluster.Members.Contains(4))
        {
            _ = cluster.Pass();
        }

        cluster.HalfJoined.Add(4);
        cluster.Settle();
        Assert.Empty(cluster.HalfJoined);
        Assert.Equal(["add node 4", "add node 4", "add node 5"], cluster.History.Where(static h => h.StartsWith("add node", StringComparison.Ordinal)));
    }

    [Fact]
    public void Keys_that_nodes_can_change_while_they_run_are_set_and_unset_and_no_pod_is_touched()
    {
        var cluster = new SimulatedCluster();
        cluster.Settle();
        cluster.History.Clear();
        cluster.Options["ATIME_MODE"] = "4";
        cluster.Cluster.Spec.Config = new Dictionary<string, string> { ["MATOCL_TIMEOUT"] = "20", ["MFSHA_LOG_LEVEL"] = "debug" };
        cluster.Settle();
        cluster.Cluster.Spec.Config = new Dictionary<string, string> { ["MFSHA_LOG_LEVEL"] = "info" };
        cluster.Settle();
        Assert.Equal(["set MATOCL_TIMEOUT = 20", "set MFSHA_LOG_LEVEL = debug", "set MFSHA_LOG_LEVEL = info", "unset MATOCL_TIMEOUT"], cluster.History);
        Assert.Equal(["ATIME_MODE", "MFSHA_LOG_LEVEL"], cluster.Options.Keys);
        Assert.Equal(["MFSHA_LOG_LEVEL"], cluster.Cluster.Status!.Options);
    }

    [Fact]
    public void All_keys_that_need_a_reload_only_are_set_in_the_running_cluster()
    {
        string[] documented =
        [
            .. File.ReadLines(Path.Combine(Repository.Root, "docs/configuration.md"))
                .Select(static l => l.Split(" | "))
                .Where(static c => c is [_, _, _, "reload", ..])
                .Select(static c => c[0].Trim('|', ' ', '`'))
                .Except(["AUTH_CODE", "MFSHA_AUTH_TOKEN", "EXPORTS_FILENAME"])
                .Order(StringComparer.Ordinal),
        ];
        Assert.Equal(documented, OnlineKeys.All);
    }

    [Fact]
    public void A_volume_that_was_kept_is_never_used_for_a_new_node()
    {
        var cluster = new SimulatedCluster(5);
        cluster.Cluster.Spec.Storage.RetentionPolicy = "Retain";
        cluster.Settle();
        cluster.Cluster.Spec.Replicas = 3;
        cluster.Settle();
        Assert.Equal([1, 2, 3, 4, 5], cluster.ClaimNodes);
        cluster.Cluster.Spec.Replicas = 5;
        cluster.History.Clear();
        for (int pass = 0; pass < 3; pass++)
        {
            _ = cluster.Pass();
        }

        Assert.Equal("Rejected", cluster.Cluster.Status!.Phase);
        Assert.Contains("delete claim data-c-3, data-c-4", cluster.Cluster.Status.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("apply StatefulSet c", cluster.History);
        Assert.Equal([1, 2, 3], cluster.PodNodes);
    }

    [Fact]
    public void No_pod_is_taken_away_while_nobody_says_who_the_members_are()
    {
        var cluster = new SimulatedCluster(5);
        cluster.Settle();
        cluster.Away.UnionWith([1, 2, 3, 4, 5]);
        cluster.Cluster.Spec.Replicas = 3;
        for (int pass = 0; pass < 5; pass++)
        {
            _ = cluster.Pass();
        }

        Assert.Equal([1, 2, 3, 4, 5], cluster.PodNodes);
    }

    [Fact]
    public void A_node_that_lost_its_disk_is_replaced_and_one_that_is_away_is_not()
    {
        var cluster = new SimulatedCluster();
        cluster.Settle();
        cluster.History.Clear();
        cluster.Away.Add(3);
        _ = cluster.Pass();
        Assert.Empty(cluster.History);
        Assert.Equal("Degraded", cluster.Cluster.Status!.Phase);
        cluster.LoseDisk(3);
        _ = cluster.Pass();
        Assert.Empty(cluster.History);
        cluster.Away.Clear();
        cluster.Settle();
        Assert.Equal(["replace node 3: its volume is lost"], cluster.History);
    }

    [Fact]
    public void Lost_quorum_is_reported_and_nothing_is_done()
    {
        var cluster = new SimulatedCluster();
        cluster.Settle();
        cluster.History.Clear();
        cluster.Away.UnionWith([1, 2]);
        _ = cluster.Pass();
        Assert.Empty(cluster.History);
        Assert.Equal("NoQuorum", cluster.Cluster.Status!.Phase);
        Assert.Equal("True", cluster.Cluster.Status.Conditions!.Single(static c => c.Type == "QuorumLost").Status);
        Assert.Equal("False", cluster.Cluster.Status.Conditions!.Single(static c => c.Type == "Available").Status);
        cluster.Away.Clear();
        cluster.Settle();
    }

    [Theory]
    [InlineData(2, 1, "MFSHA_LOG_LEVEL", "info", "spec.replicas: 1, 3, 5 or 7 expected, found 2")]
    [InlineData(3, 65, "MFSHA_LOG_LEVEL", "info", "spec.shards: 1..64 expected, found 65")]
    [InlineData(3, 1, "MFSHA_PEERS", "a", "spec.config.MFSHA_PEERS: the operator sets this key")]
    [InlineData(3, 1, "no-key", "a", "spec.config.no-key: a key of mfsha.cfg expected")]
    [InlineData(3, 1, "MFSHA_REGION", "a\nMFSHA_PEERS = x", "spec.config.MFSHA_REGION: one line expected")]
    public void A_wrong_specification_changes_nothing_and_says_what_is_wrong(int replicas, int shards, string key, string value, string expected)
    {
        var cluster = new SimulatedCluster(replicas);
        cluster.Cluster.Spec.Shards = shards;
        cluster.Cluster.Spec.Config = new Dictionary<string, string> { [key] = value };
        Assert.Empty(cluster.Pass());
        Assert.Equal("Rejected", cluster.Cluster.Status!.Phase);
        Assert.Contains(expected, cluster.Cluster.Status.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Volumes_do_not_shrink_and_the_number_of_shards_stays()
    {
        var cluster = new SimulatedCluster();
        cluster.Settle();
        cluster.Cluster.Spec.Storage.Size = "5Gi";
        cluster.Cluster.Spec.Shards = 2;
        Assert.Empty(cluster.Pass());
        Assert.Contains("spec.storage.size: the volumes have 10Gi, found 5Gi", cluster.Cluster.Status!.Message, StringComparison.Ordinal);
        Assert.Contains("spec.shards: the cluster has 1 shards, found 2", cluster.Cluster.Status.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_cluster_from_a_backup_has_its_first_volume_filled_before_there_is_any_node_and_never_again()
    {
        var cluster = new SimulatedCluster();
        cluster.Cluster.Spec.Bootstrap = new BootstrapSpec { FromBackup = new BackupFile { ClaimName = "backups", Path = "c/x.mfs" } };
        _ = cluster.Pass();
        Assert.Equal(["apply PersistentVolumeClaim data-c-0", "apply Job c-bootstrap"], cluster.History.TakeLast(2));
        Assert.Empty(cluster.Pass());
        Assert.Empty(cluster.PodNodes);
        Assert.Contains("--backup=/backup/c/x.mfs", cluster.BootstrapJob!.Spec.Template.Spec.Containers[0].Command);
        cluster.BootstrapJob.Status = new k8s.Models.V1JobStatus { Conditions = [new k8s.Models.V1JobCondition { Type = "Complete", Status = "True" }] };
        cluster.Settle();
        Assert.Equal([1, 2, 3], cluster.PodNodes);
        cluster.History.Clear();
        cluster.BootstrapJob = null;
        cluster.LoseDisk(3);
        cluster.Settle();
        Assert.Equal(["replace node 3: its volume is lost"], cluster.History);
    }

    [Fact]
    public void A_volume_of_a_former_cluster_is_not_filled_from_a_backup()
    {
        var former = new SimulatedCluster();
        former.Settle();
        V1MfsHaCluster cluster = former.Cluster;
        cluster.Status = null;
        cluster.Spec.Bootstrap = new BootstrapSpec { FromBackup = new BackupFile { ClaimName = "backups", Path = "c/x.mfs" } };
        ReconcilePlan plan = Reconcile.Plan(former.Observe() with { StatefulSet = null, Pods = [], Nodes = null });
        Assert.True(plan.IsFailed);
        Assert.Contains("claim data-c-0 of a former cluster is there", plan.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/etc/passwd")]
    [InlineData("a/../../b")]
    public void A_backup_lies_on_its_volume(string path)
    {
        var cluster = new SimulatedCluster();
        cluster.Cluster.Spec.Bootstrap = new BootstrapSpec { FromBackup = new BackupFile { ClaimName = "backups", Path = path } };
        _ = cluster.Pass();
        Assert.Contains("spec.bootstrap.fromBackup.path: a path below the root of the volume expected", cluster.Cluster.Status!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Tls_reaches_nodes_probes_and_backups_and_is_not_turned_on_later()
    {
        var cluster = new SimulatedCluster();
        cluster.Cluster.Spec.Tls = new TlsSpec { SecretName = "certificates" };
        cluster.Settle();
        k8s.Models.V1PodSpec pod = cluster.Observe().StatefulSet!.Spec.Template.Spec;
        Assert.Contains(pod.Volumes, static v => v.Secret?.SecretName == "certificates");
        Assert.Contains(pod.Containers[0].Env, static e => e is { Name: "MFSHA_TLS_ENABLE", Value: "1" });
        Assert.Equal("HTTPS", pod.Containers[0].LivenessProbe.HttpGet.Scheme);
        cluster.Cluster.Spec.Tls = null;
        Assert.Empty(cluster.Pass());
        Assert.Contains("spec.tls: nodes speak TLS", cluster.Cluster.Status!.Message, StringComparison.Ordinal);
        var without = new SimulatedCluster();
        without.Settle();
        without.Cluster.Spec.Tls = new TlsSpec { SecretName = "certificates" };
        _ = without.Pass();
        Assert.Contains("spec.tls: nodes do not speak TLS", without.Cluster.Status!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Nodes_may_form_a_cluster_until_there_is_one_and_wait_when_all_volumes_are_lost()
    {
        var cluster = new SimulatedCluster();
        Assert.Equal("1\n", NodeConfigurationFile.MayForm(cluster.Observe()));

        // What nodes say of groups while they form it comes and goes.
        Assert.Equal("1\n", NodeConfigurationFile.MayForm(cluster.Observe() with { Nodes = new Admin.Contract.ClusterStatus { Groups = { new Admin.Contract.GroupStatus { Group = 0, Replicas = { new Admin.Contract.ReplicaStatus { Node = 1 } } } } } }));
        cluster.Settle();
        Assert.Equal("0\n", NodeConfigurationFile.MayForm(cluster.Observe() with { Nodes = null }));
        foreach (int node in new[] { 1, 2, 3 })
        {
            cluster.LoseDisk(node);
        }

        cluster.History.Clear();
        ReconcilePlan plan = Reconcile.Plan(cluster.Observe() with { Nodes = null });
        Assert.Empty(plan.Actions);
        Assert.Equal("Form", plan.Stop!.Value.Step.Name);
        Assert.Contains("the volumes of all nodes are lost: nothing is served, and the nodes wait instead of forming a new, empty cluster", plan.Message, StringComparison.Ordinal);
        MfsHaClusterStatus status = Operator.Cluster.Status.StatusRenderer.Render(cluster.Observe() with { Nodes = null }, plan, isManaged: true, DateTimeOffset.UnixEpoch);
        Assert.Equal(("NoQuorum", "0000000000000ABC"), (status.Phase, status.MetadataId));
        Assert.Contains("delete MfsHaCluster c and its claims", status.Conditions!.Single(static c => c.Type == "QuorumLost").Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_remedy_for_a_change_of_tls_keeps_the_volumes()
    {
        var cluster = new SimulatedCluster();
        cluster.Settle();
        cluster.Cluster.Spec.Tls = new TlsSpec { SecretName = "certificates" };
        _ = cluster.Pass();
        const string Remedy = "delete MfsHaCluster c, and apply it again with the other spec.tls: a cluster of the same name goes on with the volumes";
        Assert.Contains($"while clients wait: {Remedy}", cluster.Cluster.Status!.Message, StringComparison.Ordinal);
        ConditionStatus refused = cluster.Cluster.Status.Conditions!.Single(static c => c.Type == "Progressing");
        Assert.Equal(("False", "Refused"), (refused.Status, refused.Reason));
        Assert.Contains(Remedy, refused.Message, StringComparison.Ordinal);
        cluster.Cluster.Spec.DeletionPolicy = "Delete";
        _ = cluster.Pass();
        Assert.Contains($"while clients wait: set spec.deletionPolicy: Retain, so that the volumes stay; {Remedy}", cluster.Cluster.Status.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Each_node_has_a_service_of_its_own_on_request_and_as_long_as_there_is_the_node()
    {
        var cluster = new SimulatedCluster();
        cluster.Settle();
        cluster.History.Clear();
        cluster.Cluster.Spec.Service = new ServiceSpec { Type = "LoadBalancer", Annotations = new Dictionary<string, string> { ["lb"] = "inner" }, PerNode = true };
        cluster.Settle();
        Assert.Equal(["apply Service c", "apply Service c-0", "apply Service c-1", "apply Service c-2"], cluster.History);
        k8s.Models.V1Service service = cluster.Service("c-1");
        Assert.Equal(("LoadBalancer", "inner"), (service.Spec.Type, service.Metadata.Annotations["lb"]));
        Assert.Equal("c-1", service.Spec.Selector["statefulset.kubernetes.io/pod-name"]);
        Assert.Equal("c", service.Spec.Selector["mfsha.io/cluster"]);
        Assert.Equal([9419, 9420, 9421], service.Spec.Ports.Select(static p => p.Port));
        Assert.Empty(cluster.Pass());

        cluster.Cluster.Spec.Replicas = 5;
        cluster.Settle();
        cluster.History.Clear();
        cluster.Cluster.Spec.Replicas = 3;
        cluster.Settle();
        Assert.Equal(["delete service c-3: its node was removed", "delete service c-4: its node was removed"], cluster.History.Where(static h => h.Contains("service", StringComparison.Ordinal)).Order());
        Assert.True(cluster.History.IndexOf("remove node 5: there are more nodes than are wanted") < cluster.History.IndexOf("delete service c-4: its node was removed"));

        cluster.History.Clear();
        cluster.Cluster.Spec.Service = new ServiceSpec { Type = "LoadBalancer" };
        cluster.Settle();
        Assert.Equal(
            [
                "apply Service c", "delete service c-0: services for each node are not wanted", "delete service c-1: services for each node are not wanted",
                "delete service c-2: services for each node are not wanted",
            ],
            cluster.History);
        Assert.Empty(cluster.Pass());
    }

    [Fact]
    public void Services_of_nodes_stay_while_a_restore_has_stopped_them()
    {
        var cluster = new SimulatedCluster();
        cluster.Cluster.Spec.Service.PerNode = true;
        cluster.Settle();
        cluster.History.Clear();
        cluster.Restore = new V1MfsHaRestore { Spec = { Cluster = "c" }, Status = new MfsHaRestoreStatus { Phase = Operator.Restores.RestorePhase.Stopping } };
        for (int pass = 0; pass < 5; pass++)
        {
            _ = cluster.Pass();
        }

        Assert.Empty(cluster.PodNodes);
        Assert.DoesNotContain(cluster.History, static h => h.Contains("service", StringComparison.OrdinalIgnoreCase));
    }

    [Fact]
    public void Steps_have_names_of_their_own() =>
        Assert.Equal(Reconcile.Steps.Count, Reconcile.Steps.Select(static (Step s) => s.Name).Distinct().Count());
}
