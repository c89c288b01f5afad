using MemoryPack;
using MfsHa.Metadata.Operations;
using MfsHa.Protocol;

namespace MfsHa.Metadata.SystemGroup;

/// <summary>
/// NEWSESSION and NEWMETASESSION after the exports were checked (client-protocol 2.3): a new session, or the named one with new parameters.
/// Needs a token, or a repetition makes a second session. <see cref="StatusCode.NoSpace"/> when no id is left.
/// </summary>
[MemoryPackable]
public sealed partial record CreateSession : SystemCommand
{
    /// <summary>What is granted, with the checksum of the exports that granted it.</summary>
    public required SessionParameters Parameters { get; init; }

    /// <summary>Session that the client wants to go on with, 0 = none.</summary>
    public uint Reuse { get; init; }

    /// <summary>Metadata id that the client remembers with it.</summary>
    public ulong ReuseMetaId { get; init; }

    /// <summary>Node that the client is connected to.</summary>
    public required ushort Node { get; init; }

    /// <summary>Run of that node's process.</summary>
    public required ulong Run { get; init; }

    /// <inheritdoc/>
    public override SystemReply Execute(SystemState state, in OperationContext context)
    {
        if (Parameters.Info.Length > SessionParameters.MaxInfoLength || Node == 0)
        {
            return new SystemStatus(StatusCode.EInval);
        }

        var cluster = state.RequireCluster();
        if (Reuse != 0 && ReuseMetaId == cluster.MetaId && state.Sessions.Get(Reuse) is { Ending: false } known)
        {
            var renewed = (known with { Parameters = Parameters }).WithConnection(Node, Run);
            state.Sessions.Set(Reuse, renewed);
            return new SessionReply(renewed);
        }

        if (cluster.NextSession > SessionRecord.MaxId)
        {
            return new SystemStatus(StatusCode.NoSpace);
        }

        var session = new SessionRecord { Id = cluster.NextSession, Parameters = Parameters }.WithConnection(Node, Run);
        state.Sessions.Add(session.Id, session);
        state.Cluster = cluster with { NextSession = cluster.NextSession + 1 };
        return new SessionReply(session);
    }
}
