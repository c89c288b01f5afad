using MemoryPack;
using MfsHa.Metadata.Kernel;
using MfsHa.Metadata.Operations;
using MfsHa.Protocol;

namespace MfsHa.Metadata.SystemGroup;

/// <summary>
/// A chunkserver registers (chunkserver-protocol 2.3; mfsmaster/csdb.c: csdb_new_connection, csdb_get_csid). It is found by id and address, else by address,
/// else by id alone (its address has changed), else it is new and gets the smallest free id. Whom id and address name takes the place of its older connection;
/// otherwise <see cref="StatusCode.Active"/> while the found one is connected. <see cref="StatusCode.NoSpace"/> when all ids are taken.
/// </summary>
/// <param name="Id">Id that the chunkserver claims, 0 = none.</param>
/// <param name="Address">IPv4 address of its data port.</param>
/// <param name="Port">Its data port.</param>
/// <param name="Node">Node that it is connected to.</param>
/// <param name="Run">Run of that node's process.</param>
[MemoryPackable]
public sealed partial record RegisterChunkServer(ushort Id, uint Address, ushort Port, ushort Node, ulong Run) : SystemCommand
{
    /// <inheritdoc/>
    public override SystemReply Execute(SystemState state, in OperationContext context)
    {
        if (Node == 0 || Address == 0 || Port == 0)
        {
            return new SystemStatus(StatusCode.EInval);
        }

        var byId = Id == 0 ? null : state.ChunkServers.Get(Id);
        if (byId is not null && byId.Address == Address && byId.Port == Port)
        {
            return Connect(state, byId, ChunkServerChange.None);
        }

        if (state.ChunkServersByAddress.Get((Address, Port)) is { } there)
        {
            var byAddress = state.ChunkServers.Require(there.Id);
            return byAddress.IsConnected ? new SystemStatus(StatusCode.Active) : Connect(state, byAddress, ChunkServerChange.None);
        }

        if (byId is not null)
        {
            if (byId.IsConnected)
            {
                return new SystemStatus(StatusCode.Active);
            }

            state.ChunkServersByAddress.Remove((byId.Address, byId.Port));
            state.ChunkServersByAddress.Add((Address, Port), new ChunkServerId(byId.Id));
            return Connect(state, byId with { Address = Address, Port = Port }, ChunkServerChange.AddressChanged);
        }

        if (SmallestFreeId(state) is not { } free)
        {
            return new SystemStatus(StatusCode.NoSpace);
        }

        state.ChunkServersByAddress.Add((Address, Port), new ChunkServerId(free));
        return Connect(state, new ChunkServerRecord { Id = free, Address = Address, Port = Port, Epoch = 0 }, ChunkServerChange.Added);
    }

    private static ushort? SmallestFreeId(SystemState state)
    {
        uint candidate = 1;
        foreach (var (id, _) in state.ChunkServers.All())
        {
            if (id != candidate)
            {
                break;
            }

            candidate++;
        }

        return candidate <= ushort.MaxValue ? (ushort)candidate : null;
    }

    private ChunkServerReply Connect(SystemState state, ChunkServerRecord server, ChunkServerChange change)
    {
        var cluster = state.RequireCluster();
        var connected = server with { Epoch = cluster.NextChunkServerEpoch, Node = Node, Run = Run, Disconnected = 0 };
        if (connected.Maintenance == MaintenanceMode.Temporary)
        {
            connected = connected with { Maintenance = MaintenanceMode.Off, MaintenanceUntil = 0 };
        }

        if (connected.Epoch <= server.Epoch)
        {
            throw new InvariantException($"chunkserver {server.Id}: epoch {connected.Epoch} after {server.Epoch}");
        }

        state.ChunkServers.Set(connected.Id, connected);
        state.Cluster = cluster with { NextChunkServerEpoch = cluster.NextChunkServerEpoch + 1 };
        return new ChunkServerReply(connected, change);
    }
}
