using MfsHa.Metadata.SystemGroup;

namespace MfsHa.MetadataFile.Changelogs.Replays;

/// <summary>Known chunkservers (mfsmaster/csdb.c: csdb_mr_op).</summary>
internal static class ChunkServerReplay
{
    private const byte Add = 0;
    private const byte Delete = 1;
    private const byte NewAddress = 2;
    private const byte NewId = 3;
    private const byte MaintenanceOn = 4;
    private const byte MaintenanceOff = 5;
    private const byte MaintenanceTemporary = 6;

    /// <summary>CSDBOP(operation,address,port,argument).</summary>
    public static void Run(ReplayTarget target, Change change)
    {
        var operation = change.Byte("(");
        var (address, port, argument) = (change.UInt32(), change.UInt16(), change.UInt32());
        change.EndArguments();
        change.End();
        var servers = target.System.ChunkServers;
        var known = target.System.ChunkServersByAddress.Get((address, port)) is { } found ? servers.Require(found.Id) : null;
        var id = argument is > 0 and <= ushort.MaxValue ? (ushort)argument : (ushort)0;
        switch (operation)
        {
            case Add when known is null && id != 0 && !servers.Contains(id):
                Set(target, new ChunkServerRecord { Id = id, Address = address, Port = port, Epoch = 0, Disconnected = target.Now });
                break;
            case Delete when known is not null:
                Remove(target, known);
                break;
            case NewAddress when known is null && id != 0 && servers.Get(id) is { } moved:
                Remove(target, moved);
                Set(target, moved with { Address = address, Port = port });
                break;
            case NewId when known is not null && id != 0 && (known.Id == id || !servers.Contains(id)):
                Remove(target, known);
                Set(target, known with { Id = id });
                break;
            case MaintenanceOn when known is not null:
                Set(target, known with { Maintenance = MaintenanceMode.On, MaintenanceUntil = argument });
                break;
            case MaintenanceOff when known is not null:
                Set(target, known with { Maintenance = MaintenanceMode.Off, MaintenanceUntil = argument });
                break;
            case MaintenanceTemporary when known is not null:
                Set(target, known with { Maintenance = MaintenanceMode.Temporary, MaintenanceUntil = argument });
                break;
            default:
                throw change.Mismatch(known is null ? "no chunkserver has this address, or the id is taken" : $"the chunkserver has id {known.Id}");
        }

        target.Report.ChunkServers += operation switch { Add => 1, Delete => -1, _ => 0 };
    }

    private static void Set(ReplayTarget target, ChunkServerRecord server)
    {
        target.System.ChunkServers.Set(server.Id, server);
        target.System.ChunkServersByAddress.Set((server.Address, server.Port), new ChunkServerId(server.Id));
    }

    private static void Remove(ReplayTarget target, ChunkServerRecord server)
    {
        target.System.ChunkServers.Remove(server.Id);
        target.System.ChunkServersByAddress.Remove((server.Address, server.Port));
    }
}
