using MfsHa.Metadata.Kernel;
using MfsHa.Metadata.Namespace;
using MfsHa.Metadata.Operations;
using MfsHa.Metadata.State;
using MfsHa.NodeLink;
using MfsHa.Protocol;
using MfsHa.Storage.State;
using Xunit;

namespace MfsHa.Cluster.Tests.Hosting;

/// <summary>One record is changed behind one node's back: it is named.</summary>
public sealed class FirstDifferenceTests
{
    private const ushort Group = 1;
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);
    private static readonly NodeId[] Nodes = [new(1), new(2), new(3)];

    public enum Damage
    {
        Lost,
        Changed,
        Added,
    }

    [Theory]
    [InlineData(Damage.Lost, "d7")]
    [InlineData(Damage.Changed, "d7")]
    [InlineData(Damage.Added, "d7x")]
    public async Task The_record_is_named_with_what_each_replica_has(Damage damage, string name)
    {
        var cancellation = TestContext.Current.CancellationToken;
        await using var cluster = await InProcessCluster.StartAsync(cancellation);
        for (var i = 0; i < 20; i++)
        {
            Assert.Equal(StatusCode.Ok, (await cluster.Hosts[0]!.Cluster.ExecuteAsync(new MakeDirectory(1, new Name($"d{i}"), 0x1ED, 0, CopySgid: false, Callers.Root), cancellation)).Status);
        }

        var same = await cluster.Hosts[1]!.Differences.FindAsync(Group, Nodes, cancellation);
        Assert.Null(same.Key);
        Assert.Contains("a second look finds none", same.Reason, StringComparison.Ordinal);

        // What is only in the log would come again from there.
        using (var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellation))
        {
            patience.CancelAfter(Limit);
            while (cluster.Hosts[2]!.Status.Self().Replicas.Single(static r => r.Group == Group).Durable < 20)
            {
                await Task.Delay(20, patience.Token);
            }
        }

        await cluster.StopAsync(2);
        Change(Path.Combine(cluster.DirectoryOf(2), "state"), damage);
        await cluster.StartAsync(2, cancellation);

        var checksums = await cluster.Hosts[0]!.Status.CompareAsync(Group, Nodes, cancellation);
        Assert.Equal(2, checksums.Values.Distinct().Count());
        var found = await cluster.Hosts[0]!.Differences.FindAsync(Group, Nodes, cancellation);
        Assert.Equal("", found.Reason);
        foreach (var node in Nodes)
        {
            TestContext.Current.TestOutputHelper?.WriteLine($"node {node}: checksum {checksums[node]?.Checksum:x16} at index {checksums[node]?.Index}; {Convert.ToHexStringLower(found.Key!)}: {found.Replicas[node]?.Length} bytes {found.Replicas[node]?.Hash:x16}");
        }

        Assert.Equal($"entry '{name}' of directory 1", RecordName.Of(Group, found.Key));
        Assert.Equal(Nodes, found.Replicas.Keys.Order());
        Assert.Equal(found.Replicas[Nodes[0]], found.Replicas[Nodes[1]]);
        Assert.Equal((damage != Damage.Added, damage != Damage.Lost), (found.Replicas[Nodes[0]] is not null, found.Replicas[Nodes[2]] is not null));
        if (damage == Damage.Changed)
        {
            Assert.Equal(found.Replicas[Nodes[0]]!.Value.Length, found.Replicas[Nodes[2]]!.Value.Length);
            Assert.NotEqual(found.Replicas[Nodes[0]]!.Value.Hash, found.Replicas[Nodes[2]]!.Value.Hash);
        }

        // One that does not answer is left out; of two of three nothing can be said about the third.
        await cluster.StopAsync(2);
        var without = await cluster.Hosts[0]!.Differences.FindAsync(Group, Nodes, cancellation);
        Assert.Null(without.Key);
        Assert.Contains("the others do not answer", without.Reason, StringComparison.Ordinal);
    }

    // Of the entry of d7.
    private static void Change(string path, Damage damage)
    {
        using var store = StateStore.Open(path, new StateStoreOptions());
        using var batch = new StateBatch();
        using (var cursor = store.Iterate([], [0xFF]))
        {
            while (cursor.MoveNext())
            {
                if (!cursor.Key.EndsWith("d7"u8))
                {
                    continue;
                }

                var value = cursor.Value.ToArray();
                switch (damage)
                {
                    case Damage.Lost:
                        batch.Delete(cursor.Key);
                        break;
                    case Damage.Changed:
                        value[^1] ^= 1;
                        batch.Put(cursor.Key, value);
                        break;
                    default:
                        batch.Put([.. cursor.Key, (byte)'x'], value);
                        break;
                }
            }
        }

        Assert.Equal(1, batch.Count);
        store.Write(batch);
        store.Flush();
    }
}
