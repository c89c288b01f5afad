using MfsHa.Gateway.Clients;
using MfsHa.Metadata.SystemGroup;
using MfsHa.Protocol;
using MfsHa.Protocol.ChunkServer;
using MfsHa.Protocol.Framing;
using MfsHa.Protocol.Tools;
using MfsHa.Replication.Locations;

namespace MfsHa.Gateway.Tools;

internal sealed partial class ToolDesk
{
    private const byte WithMaintenanceMode = 1;
    private const uint Overloaded = 0xC000_0000;
    private const uint LowSpeedRebalance = 0x4000_0000;
    private const uint HighSpeedRebalance = 0x8000_0000;
    private const byte RemovalReady = 2;

    private async Task AnswerChunkServersAsync(ClientConnection connection, ToolRequest request)
    {
        var known = await KnownServersAsync(connection).ConfigureAwait(false);
        var now = (uint)clock.GetUtcNow().ToUnixTimeSeconds();
        var statuses = locations.Servers.ToLookup(static s => s.Incarnation.ChunkServerId);
        var entries = Array.ConvertAll(known, record => ToEntry(record, statuses[record.Id].MaxBy(static s => s.Incarnation.Epoch), now));
        var form = request.Mode == WithMaintenanceMode ? ChunkServerListForm.WithMaintenance : ChunkServerListForm.Basic;
        connection.Write((request.MessageId, entries, form), static (ref writer, a) => ChunkServerListReply.Write(ref writer, a.MessageId, a.entries, a.form));
    }

    private static ChunkServerEntry ToEntry(ChunkServerRecord record, ChunkServerStatus? status, uint now)
    {
        var info = status?.Info ?? new ChunkServerInfo();
        var flags = (record.IsConnected ? ChunkServerFlags.None : ChunkServerFlags.Disconnected)
            | record.Maintenance switch
            {
                MaintenanceMode.On => ChunkServerFlags.Maintenance,
                MaintenanceMode.Temporary => ChunkServerFlags.TemporaryMaintenance,
                _ => ChunkServerFlags.None,
            };
        var left = record.Maintenance == MaintenanceMode.Off || record.MaintenanceUntil == 0
            ? ChunkServerEntry.NoMaintenance
            : record.MaintenanceUntil > now ? record.MaintenanceUntil - now : 0;
        return new ChunkServerEntry(
            flags,
            new PeerVersion(info.Version),
            record.Address,
            record.Address,
            record.Port,
            record.Id,
            record.IsConnected ? new SpaceReport(info.UsedSpace, info.TotalSpace, info.Chunks, info.RemovalUsedSpace, info.RemovalTotalSpace, info.RemovalChunks) : default,
            info.Errors,
            info.Load,
            (HeavyLoadStatus)info.HeavyLoadStatus switch
            {
                HeavyLoadStatus.Overloaded => Overloaded,
                HeavyLoadStatus.LowSpeedRebalance => LowSpeedRebalance,
                HeavyLoadStatus.HighSpeedRebalance => HighSpeedRebalance,
                _ => 0,
            },
            info.Labels,
            RemovalReady,
            left);
    }

    private async Task CommandChunkServerAsync(ClientConnection connection, ReadOnlyMemory<byte> payload)
    {
        var request = ParseCommand(payload);
        var known = await KnownServersAsync(connection).ConfigureAwait(false);
        var status = StatusCode.NotFound;
        if (Array.Find(known, s => s.Address == request.Ip && s.Port == request.Port) is { } server)
        {
            status = await CommandAsync(connection, server, request.Kind ?? ChunkServerCommandKind.Remove).ConfigureAwait(false);
        }

        connection.Write((request.Kind, status), static (ref writer, a) =>
        {
            if (a.Kind is null)
            {
                writer.Begin(PacketType.ChunkServerCommandReply);
                writer.End();
            }
            else
            {
                ToolReply.WriteStatus(ref writer, PacketType.ChunkServerCommand, a.status);
            }
        });
    }

    private async ValueTask<StatusCode> CommandAsync(ClientConnection connection, ChunkServerRecord server, ChunkServerCommandKind kind)
    {
        SystemCommand? command = kind switch
        {
            ChunkServerCommandKind.Remove => new RemoveChunkServer(server.Id),
            ChunkServerCommandKind.MaintenanceOn => new SetMaintenance(server.Id, MaintenanceMode.On, MaintenanceEnd()),
            ChunkServerCommandKind.MaintenanceOff => new SetMaintenance(server.Id, MaintenanceMode.Off, 0),
            _ => null,
        };
        if (command is null)
        {
            // "Back to work" ends a grace period for heavy load, which nobody has here.
            return kind == ChunkServerCommandKind.BackToWork ? StatusCode.Ok : StatusCode.EInval;
        }

        var reply = await cluster.ExecuteAsync(command, connection.Closing).ConfigureAwait(false);
        return reply.Status;
    }

    private uint MaintenanceEnd() => options.Maintenance.LimitSeconds is var limit and not 0 ? (uint)clock.GetUtcNow().ToUnixTimeSeconds() + limit : 0;

    private async ValueTask<ChunkServerRecord[]> KnownServersAsync(ClientConnection connection) =>
        await cluster.ExecuteAsync(new ListChunkServers(), connection.Closing).ConfigureAwait(false) is ChunkServersReply reply ? reply.Servers : [];

    private static ChunkServerCommandRequest ParseCommand(ReadOnlyMemory<byte> payload)
    {
        var reader = new PacketReader(payload);
        return ChunkServerCommandRequest.Parse(ref reader);
    }
}
