using MemoryPack;
using MfsHa.Metadata.Operations;
using MfsHa.Protocol;

namespace MfsHa.Metadata.SystemGroup;

/// <summary>
/// A node joins: a new one, or a removed one with a new data directory. Its address, region and priority may also be renewed so.
/// <see cref="StatusCode.EExist"/> while another incarnation is a member; <see cref="StatusCode.EInval"/> for an incarnation that was retired;
/// <see cref="StatusCode.Mismatch"/> for one that has not announced (<see cref="AnnounceFormats"/>) that it reads the cluster's format level, when that is above the first.
/// </summary>
/// <param name="Joining">The node; state and history are ignored.</param>
[MemoryPackable]
public sealed partial record AddNode(NodeRecord Joining) : SystemCommand
{
    /// <inheritdoc/>
    public override SystemReply Execute(SystemState state, in OperationContext context)
    {
        if (!Joining.IsValid)
        {
            return new SystemStatus(StatusCode.EInval);
        }

        // At the first level nobody needs to: releases before format levels know this command, and have to do the same.
        if (state.FormatLevel > ClusterFormat.First.Level && state.FormatsOf(Joining.Node, Joining.Incarnation)?.Reads(state.FormatLevel) != true)
        {
            return new SystemStatus(StatusCode.Mismatch);
        }

        if (state.Nodes.Get(Joining.Node) is not { } known)
        {
            state.Nodes.Add(Joining.Node, Joining with { State = NodeState.Joining, Since = context.Now, Retired = [] });
            return SystemStatus.Ok;
        }

        if (known.Retired.Contains(Joining.Incarnation) || (known.State == NodeState.Removed && known.Incarnation == Joining.Incarnation))
        {
            return new SystemStatus(StatusCode.EInval);
        }

        if (known.Incarnation == Joining.Incarnation)
        {
            state.Nodes.Set(Joining.Node, known with { Address = Joining.Address, Region = Joining.Region, Priority = Joining.Priority });
            return SystemStatus.Ok;
        }

        if (known.State != NodeState.Removed)
        {
            return new SystemStatus(StatusCode.EExist);
        }

        var retired = known.Retired.Append(known.Incarnation).TakeLast(NodeRecord.MaxRetired).ToArray();
        state.Nodes.Set(Joining.Node, Joining with { State = NodeState.Joining, Since = context.Now, Retired = retired });
        return SystemStatus.Ok;
    }
}
