using MemoryPack;
using MfsHa.Metadata.Operations;
using MfsHa.Protocol;

namespace MfsHa.Metadata.SystemGroup;

/// <summary>A connection of a session has ended. Says nothing about later connections; unknown sessions and epochs are a success.</summary>
[MemoryPackable]
public sealed partial record SessionDisconnected(uint Session, uint Epoch) : SystemCommand
{
    /// <inheritdoc/>
    public override SystemReply Execute(SystemState state, in OperationContext context)
    {
        if (state.Sessions.Get(Session) is { } session)
        {
            var epoch = Epoch;
            var changed = session.WithoutConnections(c => c.Epoch == epoch, context.Now);
            if (!ReferenceEquals(changed, session))
            {
                state.Sessions.Set(Session, changed);
            }
        }

        return SystemStatus.Ok;
    }
}

/// <summary>
/// CLOSESESSION (client-protocol 2.8): the client is done. The session is closed if this is its last connection.
/// <see cref="StatusCode.BadSessionId"/> for an unknown session.
/// </summary>
[MemoryPackable]
public sealed partial record CloseSession(uint Session, uint Epoch) : SystemCommand
{
    /// <inheritdoc/>
    public override SystemReply Execute(SystemState state, in OperationContext context)
    {
        if (state.Sessions.Get(Session) is not { } session)
        {
            return new SystemStatus(StatusCode.BadSessionId);
        }

        var epoch = Epoch;
        if (!session.Closed && Array.TrueForAll(session.Connections, c => c.Epoch == epoch))
        {
            state.Sessions.Set(Session, session with { Closed = true });
        }

        return SystemStatus.Ok;
    }
}

/// <summary>
/// All connections of a node ended with it: of sessions and of chunkservers. Proposed by whoever finds the node dead, and by the node itself when it
/// starts again.
/// </summary>
/// <param name="Node">The node.</param>
/// <param name="ExceptRun">Run whose connections stay, 0 = none.</param>
[MemoryPackable]
public sealed partial record DropConnections(ushort Node, ulong ExceptRun) : SystemCommand
{
    /// <inheritdoc/>
    public override SystemReply Execute(SystemState state, in OperationContext context)
    {
        var (node, run, now) = (Node, ExceptRun, context.Now);
        var sessions = state.Sessions.All()
            .Select(r => (Before: r.Value, After: r.Value.WithoutConnections(c => c.Node == node && c.Run != run, now)))
            .Where(static c => !ReferenceEquals(c.Before, c.After))
            .ToList();
        foreach (var (_, after) in sessions)
        {
            state.Sessions.Set(after.Id, after);
        }

        var servers = state.ChunkServers.All().Select(static r => r.Value).Where(s => s.Node == node && s.Run != run).ToList();
        foreach (var server in servers)
        {
            state.ChunkServers.Set(server.Id, server with { Node = 0, Run = 0, Disconnected = now });
        }

        return SystemStatus.Ok;
    }
}
