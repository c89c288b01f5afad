using MfsHa.Consensus;
using MfsHa.Consensus.Commands;
using MfsHa.NodeLink;

namespace MfsHa.Cluster.Tests.Chunks.Writes;

/// <summary>The shard's log as one node sees it: a command is committed only while the node really leads, and its proposer may not hear of it.</summary>
internal sealed class SimulatedLog(CopySimulation world, SimulatedNode node) : IShardLog
{
    /// <inheritdoc/>
    public event Action<Leadership>? LeadershipChanged;

    /// <inheritdoc/>
    public ushort Group => 1;

    /// <inheritdoc/>
    public Leadership Leadership { get; private set; }

    /// <inheritdoc/>
    public long AppliedIndex => world.Replica.AppliedIndex;

    /// <inheritdoc/>
    public IReadOnlyList<NodeEndPoint> Members => [];

    /// <summary>The node hears who leads; later than it is so.</summary>
    public void Learn(Leadership now)
    {
        if (now.Term > Leadership.Term)
        {
            Leadership = now;
            LeadershipChanged?.Invoke(now);
        }
    }

    /// <inheritdoc/>
    public ValueTask<object> ProposeAsync(ReadOnlyMemory<byte> command, CancellationToken cancellation)
    {
        var bytes = command.ToArray();

        // Disks are slow at times; a read barrier does not wait for them.
        var longest = world.IsFaulty && world.Random.Next(5) == 0 ? 150 : 6;
        return new ValueTask<object>(InTermAsync(world.Random.Next(1, longest), term => world.Apply(bytes, term)));
    }

    /// <inheritdoc/>
    public CommandHold Hold(ReadOnlyMemory<byte> last, TimeSpan limit) => throw new NotSupportedException();

    /// <inheritdoc/>
    public ValueTask ReadBarrierAsync(CancellationToken cancellation) => new(InTermAsync(world.Random.Next(0, 3), static _ => new object()));

    /// <inheritdoc/>
    public bool IsCurrentFollower() => false;

    /// <inheritdoc/>
    public ValueTask ResignAsync(CancellationToken cancellation) => throw new NotSupportedException();

    /// <inheritdoc/>
    public ValueTask HandOverAsync(NodeId to, CancellationToken cancellation) => throw new NotSupportedException();

    /// <inheritdoc/>
    public Task<bool> AddMemberAsync(NodeEndPoint member, CancellationToken cancellation) => throw new NotSupportedException();

    /// <inheritdoc/>
    public Task<bool> RemoveMemberAsync(NodeEndPoint member, CancellationToken cancellation) => throw new NotSupportedException();

    private async Task<object> InTermAsync(int milliseconds, Func<long, object> action)
    {
        var term = Leadership.Term;
        if (!Leadership.IsReady)
        {
            throw new NotLeaderException(Group, Leadership.Leader);
        }

        await node.Delay(milliseconds).ConfigureAwait(false);
        if (world.Leads(node, term))
        {
            var result = action(term);

            // On a busy machine it takes long until who proposed it goes on.
            await node.Delay(world.Random.Next(0, world.IsFaulty && world.Random.Next(4) == 0 ? 300 : 3)).ConfigureAwait(false);
            if (world.Leads(node, term))
            {
                return result;
            }
        }

        // A leader that was deposed hears of it a while later.
        await node.Delay(world.Random.Next(1, 300)).ConfigureAwait(false);
        throw new NotLeaderException(Group, NodeId.None);
    }
}
