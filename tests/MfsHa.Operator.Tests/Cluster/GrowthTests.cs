using MfsHa.Operator.Cluster.Observation;
using MfsHa.Operator.Cluster.Steps;
using MfsHa.Operator.Entities;
using Xunit;

namespace MfsHa.Operator.Tests.Cluster;

/// <summary>Volumes grow, and what happens while there is no stateful set.</summary>
public sealed class GrowthTests
{
    private readonly SimulatedCluster _cluster = new();

    public GrowthTests()
    {
        _cluster.Settle();
        _cluster.History.Clear();
    }

    [Fact]
    public void Volumes_grow_the_stateful_set_is_made_anew_and_no_pod_is_touched()
    {
        string[] pods = [.. _cluster.PodUids];
        _cluster.Cluster.Spec.Storage.Size = "20Gi";
        for (int pass = 0; pass < 5; pass++)
        {
            _ = _cluster.Pass();
        }

        Assert.Equal(["grow claim data-c-0 to 20Gi", "grow claim data-c-1 to 20Gi", "grow claim data-c-2 to 20Gi", "delete stateful set c without its pods", "apply StatefulSet c"], _cluster.History);
        Assert.Equal(("Progressing", "Grown"), (_cluster.Cluster.Status!.Phase, _cluster.Cluster.Status.Operation!.Type));
        Assert.StartsWith("claim data-c-0 has 10Gi of 20Gi", _cluster.Cluster.Status.Message, StringComparison.Ordinal);
        _cluster.FinishGrowth();
        _cluster.Settle();
        Assert.Equal(pods, _cluster.PodUids);
        _cluster.Cluster.Spec.Replicas = 5;
        _cluster.Settle();
        Assert.Equal(Enumerable.Repeat("20Gi", 5), _cluster.ClaimSizes);
    }

    [Fact]
    public void Where_the_class_does_not_let_them_it_is_said_and_everything_else_goes_on()
    {
        _cluster.VolumesMayGrow = false;
        _cluster.Cluster.Spec.Storage.Size = "20Gi";
        _cluster.Cluster.Spec.Image = "mfsha/node:2";
        for (int pass = 0; pass < 10; pass++)
        {
            _ = _cluster.Pass();
        }

        Assert.Equal(3, _cluster.History.Count(static h => h.StartsWith("delete pod", StringComparison.Ordinal)));
        Assert.DoesNotContain(_cluster.History, static h => h.Contains("claim", StringComparison.Ordinal) || h.StartsWith("delete stateful set", StringComparison.Ordinal));
        Assert.Equal("Rejected", _cluster.Cluster.Status!.Phase);
        Assert.Equal(
            "spec.storage.size: claim data-c-0 has 10Gi, found 20Gi: its storage class standard does not let volumes grow (allowVolumeExpansion)", _cluster.Cluster.Status.Message);

        // What asks for nothing more may be asked for less.
        _cluster.Cluster.Spec.Storage.Size = "10Gi";
        _cluster.Settle();
    }

    [Fact]
    public void A_full_disk_may_be_why_no_node_answers_so_volumes_grow_and_the_stateful_set_stays_until_all_is_whole()
    {
        _cluster.Away.UnionWith([1, 2, 3]);
        _cluster.Cluster.Spec.Storage.Size = "20Gi";
        for (int pass = 0; pass < 5; pass++)
        {
            _ = _cluster.Pass();
        }

        Assert.Equal(["grow claim data-c-0 to 20Gi", "grow claim data-c-1 to 20Gi", "grow claim data-c-2 to 20Gi"], _cluster.History);
        _cluster.Away.Remove(1);
        _ = _cluster.Pass();
        Assert.DoesNotContain("delete stateful set c without its pods", _cluster.History);
        _cluster.Away.Clear();
        _cluster.FinishGrowth();
        _cluster.Settle();
        Assert.Contains("delete stateful set c without its pods", _cluster.History);
    }

    [Fact]
    public void While_there_is_no_stateful_set_nobody_forgets_members_or_fills_a_volume()
    {
        _cluster.Cluster.Spec.Bootstrap = new BootstrapSpec { FromBackup = new BackupFile { ClaimName = "backups", Path = "c/x.mfs" } };
        _cluster.Cluster.Spec.Replicas = 1;
        ObservedCluster observed = _cluster.Observe() with { StatefulSet = null, Nodes = null };
        Assert.Equal(3, observed.PodCount);
        Assert.Equal(3, (observed with { Pods = [] }).PodCount);
        Assert.IsType<StepResult.Done>(Bootstrap.Run(observed));
        Assert.IsType<StepResult.Done>(Bootstrap.Run(observed with { Pods = [] }));
    }
}
