using MemoryPack;
using MfsHa.Metadata.Operations;
using MfsHa.Protocol;

namespace MfsHa.Metadata.SystemGroup;

/// <summary>
/// Moves a node on: joining to active, active to draining and back, any to removed. <see cref="StatusCode.NotFound"/> for an unknown node or another
/// incarnation, <see cref="StatusCode.EInval"/> for any other step; the state that it already has is a success.
/// </summary>
[MemoryPackable]
public sealed partial record SetNodeState(ushort Node, uint Incarnation, NodeState State) : SystemCommand
{
    /// <inheritdoc/>
    public override SystemReply Execute(SystemState state, in OperationContext context)
    {
        if (state.Nodes.Get(Node) is not { } node || node.Incarnation != Incarnation)
        {
            return new SystemStatus(StatusCode.NotFound);
        }

        if (node.State == State)
        {
            return SystemStatus.Ok;
        }

        var allowed = (node.State, State) is
            (NodeState.Joining, NodeState.Active)
            or (NodeState.Active, NodeState.Draining)
            or (NodeState.Draining, NodeState.Active)
            or (not NodeState.Removed, NodeState.Removed);
        if (!allowed)
        {
            return new SystemStatus(StatusCode.EInval);
        }

        state.Nodes.Set(Node, node with { State = State, Since = context.Now });
        return SystemStatus.Ok;
    }
}

/// <summary>All nodes, removed ones included.</summary>
[MemoryPackable]
public sealed partial record ListNodes : SystemQuery
{
    /// <inheritdoc/>
    public override SystemReply Execute(SystemState state, in OperationContext context) => new NodesReply(SystemState.Values(state.Nodes.All()));
}
