using System.Text.Json;
using MfsHa.Storage.RaftLog;
using MfsHa.Storage.State;
using MfsHa.Testbed.MfsHaNodes;

namespace MfsHa.EndToEnd.Tests.Membership;

/// <summary>Where the replicas of a running cluster's shards are, as <c>migration-status</c> says; and what is left of one on the disk of a node that has stopped.</summary>
internal static class ShardPlaces
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>Nodes with a replica, by shard.</summary>
    public static async Task<int[][]> ReadAsync(MfsHaCluster cluster, MfsHaNode asked)
    {
        var json = JsonDocument.Parse((await cluster.TryAdminAsync(asked, ["migration-status", "--output", "json"], Cancellation)).Output).RootElement;
        return [.. json.EnumerateArray().Select(static s => s.GetProperty("replicas").EnumerateArray().Select(static r => r.GetProperty("node").GetInt32()).Order().ToArray())];
    }

    /// <summary>Returns when every replica is where it is to be, and nowhere else.</summary>
    public static Task SettledAsync(MfsHaCluster cluster, MfsHaNode asked) => Deadline.WaitAsync(
        "all replicas are where they are to be", Limit, async token => (await cluster.TryAdminAsync(asked, ["migration-status"], token)).ExitCode == 0, Cancellation);

    /// <summary>Nothing of the shard is on the node's disk, neither records nor log; the node must not run.</summary>
    /// <param name="node">The node.</param>
    /// <param name="dropped">A shard that it has no replica of any more.</param>
    /// <param name="kept">One that it has a replica of: it would be seen.</param>
    public static void AssertDropped(MfsHaNode node, int dropped, int kept)
    {
        using (var store = StateStore.Open(Path.Combine(node.DataFolder, "state"), new StateStoreOptions()))
        {
            Assert.True(HasRecords(store, kept), $"node {node.Id} has no record of shard {kept}, which it has a replica of");
            Assert.False(HasRecords(store, dropped), $"node {node.Id} has records of shard {dropped}");
        }

        using var log = RaftLogStore.Open(Path.Combine(node.DataFolder, "log"), new RaftLogStoreOptions(), TimeProvider.System);
        Assert.Contains(GroupOf(kept), log.Groups);
        Assert.DoesNotContain(GroupOf(dropped), log.Groups);
        Assert.Contains(GroupOf(dropped), log.RemovedGroups);
    }

    private static bool HasRecords(StateStore store, int shard)
    {
        // Keys begin with the group, big-endian.
        using var cursor = store.Iterate([0, (byte)GroupOf(shard)], [0, (byte)(GroupOf(shard) + 1)]);
        return cursor.MoveNext();
    }

    private static ushort GroupOf(int shard) => (ushort)(shard + 1);
}
