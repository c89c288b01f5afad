using MemoryPack;
using MfsHa.Metadata.Operations;
using MfsHa.Protocol;

namespace MfsHa.Metadata.SystemGroup;

/// <summary>
/// All nodes but these are lost for good: they are removed, at once and all together, so that one that comes back hears it from whoever it asks. Sessions and epochs of chunkservers that only lost
/// nodes may know of are stepped over. <see cref="StatusCode.NotFound"/> when one of the nodes is no member, or has another data directory.
/// </summary>
/// <param name="Kept">Ids of the nodes that stay.</param>
/// <param name="Incarnations">Their data directories, in the same order.</param>
[MemoryPackable]
public sealed partial record ForceNodes(ushort[] Kept, uint[] Incarnations) : SystemCommand
{
    private const uint Sessions = 1 << 16;
    private const ulong Epochs = 1 << 20;

    /// <inheritdoc/>
    public override SystemReply Execute(SystemState state, in OperationContext context)
    {
        if (Kept.Length == 0 || Kept.Length != Incarnations.Length)
        {
            return new SystemStatus(StatusCode.EInval);
        }

        for (var i = 0; i < Kept.Length; i++)
        {
            if (state.Nodes.Get(Kept[i]) is not { State: not NodeState.Removed } known || known.Incarnation != Incarnations[i])
            {
                return new SystemStatus(StatusCode.NotFound);
            }
        }

        foreach (var lost in SystemState.Values(state.Nodes.All()).Where(n => n.State != NodeState.Removed && !Kept.Contains(n.Node)))
        {
            state.Nodes.Set(lost.Node, lost with { State = NodeState.Removed, Since = context.Now });
        }

        var cluster = state.RequireCluster();
        state.Cluster = cluster with
        {
            NextSession = cluster.NextSession + Math.Min(Sessions, (SessionRecord.MaxId - Math.Min(cluster.NextSession, SessionRecord.MaxId)) / 2),
            NextChunkServerEpoch = cluster.NextChunkServerEpoch + Epochs,
        };
        return SystemStatus.Ok;
    }
}
