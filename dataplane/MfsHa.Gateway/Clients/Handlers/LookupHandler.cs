using MfsHa.Gateway.Clients.Requests;
using MfsHa.Metadata.Namespace;
using MfsHa.Metadata.Operations;
using MfsHa.Protocol;
using MfsHa.Replication.Locations;
using Wire = MfsHa.Protocol.Client;

namespace MfsHa.Gateway.Clients.Handlers;

/// <summary>LOOKUP (client-protocol 3.4). Where the first chunk is goes with the answer, which saves the reader of a small file a request.</summary>
internal sealed class LookupHandler : OperationHandler<Wire.LookupRequest>
{
    /// <summary>More copies than any storage class has are not told: the client asks when it reads.</summary>
    private const int MostCopies = 16;

    /// <inheritdoc/>
    protected override Operation ToOperation(Wire.LookupRequest request, in RequestContext context) =>
        new Lookup(request.Parent, request.Name.ToName(), context.Caller(request.Caller));

    /// <inheritdoc/>
    protected override void Answer(PendingRequest request, Reply reply)
    {
        var found = Expect.Reply<LookupReply>(reply);
        request.Answer(new Wire.LookupReply(found.Inode, found.Attributes, found.Flags, FirstChunk(request.Connection, found)));
    }

    private static Wire.ChunkLocations? FirstChunk(ClientConnection connection, LookupReply found)
    {
        if (!found.MayGiveChunk)
        {
            return null;
        }

        if (found.FirstChunk == 0)
        {
            return new Wire.ChunkLocations(Wire.ChunkDataProtocol.Copies, 0, 0, default);
        }

        Span<ChunkLocation> copies = new ChunkLocation[MostCopies];
        var count = connection.Services.Locations.Find(found.FirstChunk, copies);
        if (count > MostCopies)
        {
            return null;
        }

        var good = new List<ChunkServerInfo>(count);
        foreach (ref readonly var copy in copies[..count])
        {
            if (copy.Part == 0 && copy.Version == found.FirstChunkVersion && copy.Server.IsConnected && (copy.Flags & ChunkFlags.Damaged) == 0)
            {
                good.Add(copy.Server.Info);
            }
        }

        return good.Count == 0
            ? null
            : new Wire.ChunkLocations(Wire.ChunkDataProtocol.Copies, found.FirstChunk, found.FirstChunkVersion, ToLocations(good, connection.PeerAddress));
    }

    /// <summary>The client's own host first; among the others chance, so that readers spread.</summary>
    private static Wire.ChunkLocation[] ToLocations(List<ChunkServerInfo> servers, uint client)
    {
        var locations = servers.Select(static s => new Wire.ChunkLocation(s.Ip, s.Port, new PeerVersion(s.Version), s.Labels)).ToArray();
        Random.Shared.Shuffle(locations);
        var near = Array.FindIndex(locations, l => l.Ip == client);
        if (near > 0)
        {
            (locations[0], locations[near]) = (locations[near], locations[0]);
        }

        return locations;
    }
}
