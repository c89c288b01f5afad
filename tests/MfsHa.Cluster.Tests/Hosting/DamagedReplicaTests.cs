using MfsHa.Cluster.Status;
using MfsHa.Metadata.Kernel;
using MfsHa.Metadata.Namespace;
using MfsHa.Metadata.Operations;
using MfsHa.Protocol;
using MfsHa.Storage.State;
using Xunit;

namespace MfsHa.Cluster.Tests.Hosting;

public sealed class DamagedReplicaTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    /// <summary>A record of one node's state is lost behind its back. The comparison finds it; that node stops and does not start again, the others go on.</summary>
    [Fact]
    public async Task A_node_whose_replica_differs_stops_and_stays_away()
    {
        var cancellation = TestContext.Current.CancellationToken;
        await using var cluster = await InProcessCluster.StartAsync(cancellation, comparisonInterval: TimeSpan.FromSeconds(1));
        for (var i = 0; i < 20; i++)
        {
            var made = await cluster.Hosts[0]!.Cluster.ExecuteAsync(Make($"d{i}"), cancellation);
            Assert.Equal(StatusCode.Ok, made.Status);
        }

        // What is only in the log would come again from there.
        using (var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellation))
        {
            patience.CancelAfter(Limit);
            while (cluster.Hosts[2]!.Status.Self().Replicas.Single(static r => r.Group == 1) is var replica && replica.Durable < 20)
            {
                await Task.Delay(20, patience.Token);
            }
        }

        await cluster.StopAsync(2);
        LoseRecord(Path.Combine(cluster.DirectoryOf(2), "state"), "d7");
        await cluster.StartAsync(2, cancellation);

        var fault = await cluster.Hosts[2]!.Failed.WaitAsync(Limit, cancellation);
        Assert.Contains("group 1", fault.Message, StringComparison.Ordinal);
        Assert.Contains("mfsha-admin node remove 3", fault.Message, StringComparison.Ordinal);
        Assert.False(cluster.Hosts[0]!.Failed.IsCompleted);
        Assert.False(cluster.Hosts[1]!.Failed.IsCompleted);

        await cluster.StopAsync(2);
        var refused = await Assert.ThrowsAsync<ReplicaDiffersException>(() => cluster.StartAsync(2, cancellation));
        Assert.Contains(fault.Message, refused.Message, StringComparison.Ordinal);
        Assert.Equal(StatusCode.Ok, (await cluster.Hosts[0]!.Cluster.ExecuteAsync(Make("after"), cancellation)).Status);
    }

    private static MakeDirectory Make(string name) => new(1, new Name(name), 0x1ED, 0, CopySgid: false, Callers.Root);

    // The record whose key holds the name: the entry of the directory.
    private static void LoseRecord(string path, string name)
    {
        var wanted = System.Text.Encoding.UTF8.GetBytes(name);
        using var store = StateStore.Open(path, new StateStoreOptions());
        using var batch = new StateBatch();
        using (var cursor = store.Iterate([], [0xFF]))
        {
            while (cursor.MoveNext())
            {
                if (cursor.Key.EndsWith(wanted))
                {
                    batch.Delete(cursor.Key);
                }
            }
        }

        Assert.NotEqual(0, batch.Count);
        store.Write(batch);
        store.Flush();
    }
}
