using System.Collections.Concurrent;
using MfsHa.Cluster.Chunks;
using MfsHa.Gateway.Connections;
using MfsHa.Protocol;

namespace MfsHa.Gateway.ChunkServers;

/// <summary>The chunkservers that are connected to this node, by id. Thread-safe.</summary>
public sealed class ChunkServerTable : IChunkServerLinks
{
    private readonly ConcurrentDictionary<ushort, ChunkServerConnection> connected = new();

    /// <summary>Number of chunkservers.</summary>
    public int Count => connected.Count;

    /// <inheritdoc/>
    public ValueTask<StatusCode> ExecuteAsync(ChunkCommand command, CancellationToken cancellation) =>
        connected.TryGetValue(command.Server, out var connection) && (command.Epoch == 0 || command.Epoch == connection.Epoch) ? connection.ExecuteAsync(command, cancellation) : ValueTask.FromResult(StatusCode.Disconnected);

    /// <summary>Closes the link of a chunkserver; it comes back and registers anew.</summary>
    public void End(ushort id)
    {
        if (connected.TryGetValue(id, out var connection))
        {
            connection.End(new ConnectionEnd(EndKind.SentAway, "it shall register anew"));
        }
    }

    /// <summary>Adds a registered chunkserver and returns the connection that has lost its place: the former one, or this one if a newer one is there.</summary>
    internal ChunkServerConnection? Replace(ushort id, ChunkServerConnection connection)
    {
        while (true)
        {
            if (!connected.TryGetValue(id, out var former))
            {
                if (connected.TryAdd(id, connection))
                {
                    return null;
                }
            }
            else if (former.Epoch > connection.Epoch)
            {
                return connection;
            }
            else if (connected.TryUpdate(id, connection, former))
            {
                return former;
            }
        }
    }

    /// <summary>Removes a connection, unless a newer one has taken its place.</summary>
    internal void Remove(ushort id, ChunkServerConnection connection) => connected.TryRemove(new KeyValuePair<ushort, ChunkServerConnection>(id, connection));
}
