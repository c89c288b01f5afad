using MemoryPack;
using MfsHa.Metadata.Operations;
using MfsHa.Protocol;

namespace MfsHa.Metadata.SystemGroup;

/// <summary>A connection of a chunkserver has ended. Says nothing about a later connection; unknown ids are a success.</summary>
/// <param name="Id">Chunkserver id.</param>
/// <param name="Epoch">The connection.</param>
/// <param name="TemporarySeconds">Not 0: it said goodbye (REGISTER rver 63) and is in temporary maintenance for so long, unless maintenance is on.</param>
[MemoryPackable]
public sealed partial record ChunkServerDisconnected(ushort Id, ulong Epoch, uint TemporarySeconds) : SystemCommand
{
    /// <inheritdoc/>
    public override SystemReply Execute(SystemState state, in OperationContext context)
    {
        if (state.ChunkServers.Get(Id) is not { IsConnected: true } server || server.Epoch != Epoch)
        {
            return SystemStatus.Ok;
        }

        var gone = server with { Node = 0, Run = 0, Disconnected = context.Now };
        if (TemporarySeconds != 0 && gone.Maintenance != MaintenanceMode.On)
        {
            gone = gone with
            {
                Maintenance = MaintenanceMode.Temporary,
                MaintenanceUntil = (uint)Math.Min(context.Now + (ulong)TemporarySeconds, uint.MaxValue),
            };
        }

        state.ChunkServers.Set(Id, gone);
        return SystemStatus.Ok;
    }
}

/// <summary>Changes the maintenance mode of a chunkserver (CSSERV_COMMAND 2, 3, and the end of a mode). <see cref="StatusCode.NotFound"/> if unknown.</summary>
/// <param name="Id">Chunkserver id.</param>
/// <param name="Mode">The mode.</param>
/// <param name="Until">End of the mode, Unix seconds; 0 = none.</param>
[MemoryPackable]
public sealed partial record SetMaintenance(ushort Id, MaintenanceMode Mode, uint Until) : SystemCommand
{
    /// <inheritdoc/>
    public override SystemReply Execute(SystemState state, in OperationContext context)
    {
        if (state.ChunkServers.Get(Id) is not { } server)
        {
            return new SystemStatus(StatusCode.NotFound);
        }

        if (Mode > MaintenanceMode.Temporary)
        {
            return new SystemStatus(StatusCode.EInval);
        }

        state.ChunkServers.Set(Id, server with { Maintenance = Mode, MaintenanceUntil = Mode == MaintenanceMode.Off ? 0 : Until });
        return SystemStatus.Ok;
    }
}

/// <summary>
/// Forgets a chunkserver (CSSERV_COMMAND 0; mfsmaster/csdb.c: csdb_remove_server). <see cref="StatusCode.NotFound"/> if unknown,
/// <see cref="StatusCode.Active"/> while it is connected.
/// </summary>
[MemoryPackable]
public sealed partial record RemoveChunkServer(ushort Id) : SystemCommand
{
    /// <inheritdoc/>
    public override SystemReply Execute(SystemState state, in OperationContext context)
    {
        if (state.ChunkServers.Get(Id) is not { } server)
        {
            return new SystemStatus(StatusCode.NotFound);
        }

        if (server.IsConnected)
        {
            return new SystemStatus(StatusCode.Active);
        }

        Forget(state, server);
        return SystemStatus.Ok;
    }

    internal static void Forget(SystemState state, ChunkServerRecord server)
    {
        state.ChunkServersByAddress.Remove((server.Address, server.Port));
        state.ChunkServers.Remove(server.Id);
    }
}

/// <summary>Forgets chunkservers that are away for longer than CS_DAYS_TO_REMOVE_UNUSED (mfsmaster/csdb.c: csdb_remove_unused).</summary>
/// <param name="UnusedSeconds">How long, seconds.</param>
[MemoryPackable]
public sealed partial record RemoveUnusedChunkServers(uint UnusedSeconds) : SystemCommand
{
    /// <inheritdoc/>
    public override SystemReply Execute(SystemState state, in OperationContext context)
    {
        var (unused, now) = (UnusedSeconds, context.Now);
        var due = state.ChunkServers.All()
            .Select(static r => r.Value)
            .Where(s => !s.IsConnected && s.Maintenance == MaintenanceMode.Off && s.Disconnected + (ulong)unused < now)
            .ToList();
        foreach (var server in due)
        {
            RemoveChunkServer.Forget(state, server);
        }

        return SystemStatus.Ok;
    }
}

/// <summary>All known chunkservers.</summary>
[MemoryPackable]
public sealed partial record ListChunkServers : SystemQuery
{
    /// <inheritdoc/>
    public override SystemReply Execute(SystemState state, in OperationContext context) =>
        new ChunkServersReply(SystemState.Values(state.ChunkServers.All()));
}
