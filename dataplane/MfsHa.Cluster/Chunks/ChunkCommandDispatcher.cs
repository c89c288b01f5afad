using MemoryPack;
using MfsHa.Cluster.Hosting;
using MfsHa.NodeLink;
using MfsHa.Protocol;

namespace MfsHa.Cluster.Chunks;

/// <summary>Sends a command to a chunkserver through the node that it is connected to.</summary>
public sealed class ChunkCommandDispatcher
{
    private readonly INodeRpc rpc;
    private readonly OrderFence fence = new();

    /// <summary>Creates the dispatcher; commands that other nodes send for chunkservers here go to <paramref name="links"/>.</summary>
    public ChunkCommandDispatcher(INodeRpc rpc, IChunkServerLinks links)
    {
        this.rpc = rpc;
        rpc.Handle(RpcMethod.ChunkCommand, async (_, request, cancellation) =>
        {
            var command = WireFormats.Read<ChunkCommand>(request);
            var status = fence.Admits(command) ? await links.ExecuteAsync(command, cancellation).ConfigureAwait(false) : StatusCode.Disconnected;
            return new[] { (byte)status };
        });
    }

    /// <summary>
    /// The chunkserver's status, or <see cref="StatusCode.Disconnected"/> when it or its node cannot be reached: then it may or may not have executed the command.
    /// </summary>
    public async ValueTask<StatusCode> ExecuteAsync(NodeId gateway, ChunkCommand command, CancellationToken cancellation)
    {
        try
        {
            var reply = await rpc.CallAsync(gateway, RpcMethod.ChunkCommand, MemoryPackSerializer.Serialize(command), cancellation).ConfigureAwait(false);
            return reply.Length == 1 ? (StatusCode)reply.Span[0] : throw new FormatException($"node {gateway} answered a chunk command with {reply.Length} bytes");
        }
        catch (Exception e) when (e is PeerUnavailableException or RpcException)
        {
            return StatusCode.Disconnected;
        }
    }
}
