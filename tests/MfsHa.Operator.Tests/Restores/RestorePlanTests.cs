using k8s;
using k8s.Models;
using MfsHa.Operator.Backups;
using MfsHa.Operator.Cluster.Observation;
using MfsHa.Operator.Entities;
using MfsHa.Operator.Restores;
using MfsHa.Operator.Tests.Cluster;
using Xunit;

namespace MfsHa.Operator.Tests.Restores;

/// <summary>Passes of a restore and of its cluster in any order, and what Jobs make of volumes (<see cref="SimulatedVolumes"/>).</summary>
public sealed class RestorePlanTests
{
    private readonly SimulatedCluster _cluster = new();
    private readonly SimulatedVolumes _volumes = new(3);
    private readonly List<string> _phases = [];
    private readonly V1MfsHaRestore _restore = new()
    {
        Metadata = new V1ObjectMeta { Name = "r", NamespaceProperty = "ns", Uid = "0123456789" },
        Spec = { Cluster = "c", Confirm = "c", File = new BackupFile { ClaimName = "backups", Path = "c/x.mfs" } },
    };

    public RestorePlanTests()
    {
        _cluster.Settle();
        _cluster.Restore = _restore;
    }

    public static TheoryData<int> Seeds => [.. Enumerable.Range(1, 40)];

    [Theory]
    [MemberData(nameof(Seeds))]
    public void A_cluster_is_restored_in_place_whoever_is_killed_when(int seed)
    {
        Run(seed);
        Assert.Equal(["Checking", "Stopping", "Replacing", "Starting", "Completed"], _phases);
        Assert.Equal(["new", "empty", "empty"], _volumes.InPlace);
        Assert.Equal(["old", "old", "old"], _volumes.KeptAs("r-01234567"));
        _cluster.Settle();
        Assert.Equal([1, 2, 3], _cluster.Members);
        Assert.DoesNotContain(_cluster.History, static h => h.StartsWith("delete claim", StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void When_the_data_cannot_be_replaced_what_there_was_serves_again(int seed)
    {
        _volumes.Fails = RestoreJobs.NodeName(_restore, (seed % 3) + 1);
        Run(seed);
        Assert.Equal(["Checking", "Stopping", "Replacing", "Reverting", "Restarting", "Failed"], _phases);
        Assert.Equal(["old", "old", "old"], _volumes.InPlace);
        Assert.Contains("no space", _restore.Status!.Message, StringComparison.Ordinal);
        _cluster.Settle();
    }

    [Fact]
    public void A_backup_that_cannot_be_used_stops_nothing()
    {
        _volumes.Fails = RestoreJobs.CheckName(_restore);
        Run(1);
        Assert.Equal(["Checking", "Failed"], _phases);
        Assert.Equal(3, _cluster.PodNodes.Count());
        Assert.Equal(["old", "old", "old"], _volumes.InPlace);
    }

    [Fact]
    public void What_was_kept_is_put_back_by_another_restore()
    {
        Run(1);
        _phases.Clear();
        V1MfsHaRestore back = new()
        {
            Metadata = new V1ObjectMeta { Name = "back", NamespaceProperty = "ns", Uid = "9876543210" },
            Spec = { Cluster = "c", Confirm = "c", Former = _restore.Status!.Former },
        };
        _cluster.Restore = back;
        Run(2, back);
        Assert.Equal(["Stopping", "Replacing", "Starting", "Completed"], _phases);
        Assert.Equal(["old", "old", "old"], _volumes.InPlace);
        Assert.Equal(["new", "empty", "empty"], _volumes.KeptAs("back-98765432"));
    }

    [Fact]
    public void While_nodes_are_stopped_the_cluster_says_so_and_no_volume_goes()
    {
        _cluster.Cluster.Spec.Storage.RetentionPolicy = "Delete";
        while (_restore.Status?.Phase != "Replacing")
        {
            Step(_restore);
            _volumes.RunOne(_cluster);
            _ = _cluster.Pass();
        }

        _ = _cluster.Pass();
        Assert.Empty(_cluster.PodNodes);
        Assert.Equal("Restoring", _cluster.Cluster.Status!.Phase);
        Assert.Equal("False", _cluster.Cluster.Status.Conditions!.Single(static c => c.Type == "QuorumLost").Status);
        Assert.Equal("Restore", _cluster.Cluster.Status.Operation!.Type);
        Assert.Equal([1, 2, 3], _cluster.ClaimNodes);

        // Whoever starts a node from here on has where the others are.
        Assert.Contains("3@", _cluster.Observe().Objects[new ObjectName("ConfigMap", "c-config")]["data"]!["peers"]!.GetValue<string>(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("d", "c/x.mfs", "spec.confirm: c expected, found d")]
    [InlineData("c", "/etc/passwd", "spec.file.path: a path below the root of the volume expected")]
    [InlineData("c", "a/../../b", "spec.file.path: a path below the root of the volume expected")]
    [InlineData("c", null, "spec: one of backup, file and former expected")]
    public void A_wrong_one_is_refused(string confirm, string? path, string expected)
    {
        _restore.Spec.Confirm = confirm;
        _restore.Spec.File = path is null ? null : new BackupFile { ClaimName = "backups", Path = path };
        Step(_restore);
        Assert.Equal("Failed", _restore.Status!.Phase);
        Assert.Contains(expected, _restore.Status.Message, StringComparison.Ordinal);
    }

    private void Run(int seed, V1MfsHaRestore? which = null)
    {
        V1MfsHaRestore restore = which ?? _restore;
        var random = new Random(seed);
        for (int turn = 0; turn < 500 && !RestorePhase.IsOver(restore); turn++)
        {
            switch (random.Next(3))
            {
                case 0:
                    Step(restore, isKilled: random.Next(3) == 0);
                    break;
                case 1:
                    _volumes.RunOne(_cluster);
                    break;
                default:
                    _ = _cluster.Pass();
                    break;
            }
        }

        Assert.True(RestorePhase.IsOver(restore), $"{restore.Status?.Phase}: {restore.Status?.Message}");
    }

    // As the controller does it: Jobs first, then the status. A killed one does not get to the status.
    private void Step(V1MfsHaRestore restore, bool isKilled = false)
    {
        RestoreDecision decision = RestorePlan.Next(restore, _cluster.Observe(), restore.Spec.File, _volumes.JobsOf(restore), _volumes.Pods);
        foreach (V1Job job in decision.Jobs)
        {
            _volumes.Add(job, restore);
        }

        if (isKilled)
        {
            return;
        }

        if (decision.Phase != restore.Status?.Phase)
        {
            _phases.Add(decision.Phase);
        }

        restore.Status = new MfsHaRestoreStatus
        {
            Phase = decision.Phase,
            Message = decision.Message,
            Source = decision.Begin?.Source ?? restore.Status?.Source,
            Nodes = decision.Begin?.Nodes ?? restore.Status?.Nodes,
            MetadataId = decision.Begin?.MetadataId ?? restore.Status?.MetadataId,
            Former = decision.Begin?.Former ?? restore.Status?.Former,
        };
    }
}
