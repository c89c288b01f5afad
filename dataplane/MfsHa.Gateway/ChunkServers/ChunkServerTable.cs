using System.Collections.Concurrent;
using MfsHa.Cluster.Chunks;
using MfsHa.Protocol;

namespace MfsHa.Gateway.ChunkServers;

/// <summary>The chunkservers that are connected to this node, by id. Thread-safe.</summary>
public sealed class ChunkServerTable : IChunkServerLinks
{
    private readonly ConcurrentDictionary<ushort, ChunkServerConnection> connected = new();

    /// <inheritdoc/>
    public ValueTask<StatusCode> ExecuteAsync(ChunkCommand command, CancellationToken cancellation) =>
        connected.TryGetValue(command.Server, out var connection) ? connection.ExecuteAsync(command, cancellation) : ValueTask.FromResult(StatusCode.Disconnected);

    /// <summary>Adds a registered chunkserver and returns the connection that it replaces.</summary>
    internal ChunkServerConnection? Replace(ushort id, ChunkServerConnection connection)
    {
        ChunkServerConnection? replaced = null;
        connected.AddOrUpdate(
            id,
            connection,
            (_, former) =>
            {
                replaced = former;
                return connection;
            });
        return ReferenceEquals(replaced, connection) ? null : replaced;
    }

    /// <summary>Removes a connection, unless a newer one has taken its place.</summary>
    internal void Remove(ushort id, ChunkServerConnection connection) => connected.TryRemove(new KeyValuePair<ushort, ChunkServerConnection>(id, connection));
}
