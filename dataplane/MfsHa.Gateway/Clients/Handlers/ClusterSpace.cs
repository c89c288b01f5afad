using MfsHa.Replication.Locations;

namespace MfsHa.Gateway.Clients.Handlers;

/// <summary>Space of all connected chunkservers, bytes (`mfsmaster/matocsserv.c: matocsserv_getspace`).</summary>
internal readonly record struct ClusterSpace(ulong Total, ulong Available)
{
    public static ClusterSpace Of(IChunkLocationView locations)
    {
        ulong total = 0;
        ulong available = 0;
        foreach (var server in locations.Servers)
        {
            if (server.IsConnected)
            {
                total += server.Info.TotalSpace;
                available += server.Info.TotalSpace - Math.Min(server.Info.UsedSpace, server.Info.TotalSpace);
            }
        }

        return new ClusterSpace(total, available);
    }
}
