using MemoryPack;
using MfsHa.Metadata.Operations;
using MfsHa.Protocol;

namespace MfsHa.Metadata.SystemGroup;

/// <summary>
/// Notes which format levels a member reads, or a node that is about to be added. <see cref="StatusCode.Mismatch"/> when it does not read the cluster's,
/// <see cref="StatusCode.EExist"/> while another incarnation of the node is a member, <see cref="StatusCode.EInval"/> for values out of range.
/// </summary>
/// <remarks>Releases before format levels do not know this command: it is proposed only when every member has answered <c>RpcMethod.Introduce</c>, which they do not know either.</remarks>
[MemoryPackable]
public sealed partial record AnnounceFormats(NodeFormats Formats) : SystemCommand
{
    /// <inheritdoc/>
    public override SystemReply Execute(SystemState state, in OperationContext context)
    {
        if (!Formats.IsValid)
        {
            return new SystemStatus(StatusCode.EInval);
        }

        if (!Formats.Reads(state.FormatLevel))
        {
            return new SystemStatus(StatusCode.Mismatch);
        }

        if (state.Nodes.Get(Formats.Node) is { State: not NodeState.Removed } member && member.Incarnation != Formats.Incarnation)
        {
            return new SystemStatus(StatusCode.EExist);
        }

        state.NodeFormats.Set(Formats.Node, Formats);
        return SystemStatus.Ok;
    }
}

/// <summary>
/// Raises the cluster's format level by one. <see cref="StatusCode.Mismatch"/> unless every member, also one that is away, has announced that it reads the new level; the level that is in force already is a
/// success, <see cref="StatusCode.EInval"/> for any other one.
/// </summary>
[MemoryPackable]
public sealed partial record RaiseFormatLevel(byte Level) : SystemCommand
{
    /// <inheritdoc/>
    public override SystemReply Execute(SystemState state, in OperationContext context)
    {
        var status = Check(state);
        if (status == StatusCode.Ok)
        {
            state.FormatLevel = Level;
        }

        return new SystemStatus(status);
    }

    /// <summary>What it will answer; who cannot read the level has to know before it is executed.</summary>
    public StatusCode Check(SystemState state)
    {
        var level = state.FormatLevel;
        if (Level == level)
        {
            return StatusCode.Ok;
        }

        if (Level != level + 1)
        {
            return StatusCode.EInval;
        }

        // Before the cluster is formed there is nobody, and nobody is not everybody.
        var members = SystemState.Values(state.Nodes.All()).Where(static n => n.State != NodeState.Removed).ToList();
        return members.Count > 0 && members.TrueForAll(n => state.FormatsOf(n.Node, n.Incarnation)?.Reads(Level) == true) ? StatusCode.Ok : StatusCode.Mismatch;
    }
}

/// <summary>The cluster's format level, and what nodes have announced.</summary>
[MemoryPackable]
public sealed partial record GetFormats : SystemQuery
{
    /// <inheritdoc/>
    public override SystemReply Execute(SystemState state, in OperationContext context) => new FormatsReply(state.FormatLevel, SystemState.Values(state.NodeFormats.All()));
}
