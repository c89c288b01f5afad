using MfsHa.Metadata.Kernel;
using MfsHa.Protocol;
using MfsHa.Protocol.Client;
using MfsHa.Cluster.Routing;

namespace MfsHa.Gateway.Clients.Handlers;

/// <summary>Conversions between wire records and those of the layers below. What comes from the wire is copied: requests outlive their packet.</summary>
internal static class WireValues
{
    /// <summary>A name out of a packet.</summary>
    public static Name ToName(this ReadOnlyMemory<byte> bytes) => new(bytes.ToArray());

    /// <summary>A chunk and its copies as clients read it.</summary>
    public static ChunkLocations ToLocations(this ChunkAccess access)
    {
        var servers = new ChunkLocation[access.Copies.Length];
        for (var i = 0; i < servers.Length; i++)
        {
            var copy = access.Copies[i];
            servers[i] = new ChunkLocation(copy.Address, copy.Port, new PeerVersion(copy.ServerVersion), copy.Labels);
        }

        return new ChunkLocations(ChunkDataProtocol.Copies, access.Chunk, access.Version, servers);
    }
}
