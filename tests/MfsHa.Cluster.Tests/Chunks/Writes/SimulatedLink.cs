using MfsHa.Cluster.Chunks;
using MfsHa.Protocol;
using MfsHa.Replication.Locations;

namespace MfsHa.Cluster.Tests.Chunks.Writes;

/// <summary>A chunkserver's connection to a node: its registration, the orders that go down and the answers and reports that come up, in order.</summary>
internal sealed class SimulatedLink
{
    private readonly CopySimulation world;
    private readonly SimulatedChunkServer server;
    private readonly SimulatedNode gateway;
    private readonly List<TaskCompletionSource<StatusCode>> waiting = [];
    private long reports;

    public SimulatedLink(CopySimulation world, SimulatedChunkServer server, SimulatedNode gateway, ulong epoch)
    {
        (this.world, this.server, this.gateway) = (world, server, gateway);
        Incarnation = new ChunkServerIncarnation(server.Id, epoch);
        Tell(NewsKind.Began);
        world.At(world.Random.Next(1, 60), Register);
    }

    public ChunkServerIncarnation Incarnation { get; }

    public SimulatedNode Gateway => gateway;

    public bool IsOpen { get; private set; } = true;

    /// <summary>The connection is gone; what the chunkserver has begun it brings to its end, and nobody hears of it.</summary>
    public void Break()
    {
        if (!IsOpen)
        {
            return;
        }

        IsOpen = false;
        server.Link = null;
        Tell(NewsKind.Ended);
        foreach (var source in waiting.ToList())
        {
            source.TrySetResult(StatusCode.Disconnected);
        }
    }

    public Task<StatusCode> SendAsync(ChunkCommand order)
    {
        var source = new TaskCompletionSource<StatusCode>();
        waiting.Add(source);
        var longest = world.IsFaulty && world.Random.Next(20) == 0 ? 3000 : order.Kind == ChunkCommandKind.Replicate && world.Random.Next(3) == 0 ? 400 : 15;
        world.At(world.Random.Next(1, 5), () =>
        {
            if (!IsOpen && world.Random.Next(2) == 0)
            {
                return;
            }

            // A copy that is made from another one holds what that one held somewhere in between.
            SimulatedChunkServer.Copy? read = null;
            if (order.Kind == ChunkCommandKind.Replicate)
            {
                var from = world.Servers[(int)order.SourceAddress - 1];
                read = from.IsUp && from.Copies.TryGetValue(order.Chunk, out var there) && there.Version == order.Version
                    ? new SimulatedChunkServer.Copy { Version = there.Version, Content = [.. there.Content] }
                    : null;
            }

            world.At(world.Random.Next(1, longest), () =>
            {
                // A deletion that outlives its connection and a new copy there is the one gap that is left (see CopyCare).
                if (IsOpen || order.Kind != ChunkCommandKind.Delete)
                {
                    Execute(order, read, source);
                }
            });
        });
        return source.Task;
    }

    private void Execute(ChunkCommand order, SimulatedChunkServer.Copy? read, TaskCompletionSource<StatusCode> source)
    {
        if (!server.IsUp)
        {
            return;
        }

        var status = server.Execute(order, read);
        world.Note($"cs{server.Id}: {order.Kind} {order.Chunk} {order.OldVersion} -> {order.Version}: {status}{(IsOpen ? "" : " (nobody hears)")}");
        if (!IsOpen)
        {
            return;
        }

        if (status == StatusCode.Ok || (status == StatusCode.NoChunk && order.Kind == ChunkCommandKind.Delete))
        {
            Tell(order.Kind == ChunkCommandKind.Delete ? NewsKind.Lost : NewsKind.Has, order.Chunk, order.Version);
        }

        else if (status == StatusCode.ChunkExist)
        {
            Tell(NewsKind.Unexpected, order.Chunk);
        }
        else if (status == StatusCode.WrongVersion && order.Believed is { } believed)
        {
            Tell(NewsKind.Unexpected, believed.Chunk, believed.Version);
        }

        world.At(world.Random.Next(0, 3), () =>
        {
            waiting.Remove(source);
            source.TrySetResult(status);
        });
    }

    private void Register()
    {
        if (!IsOpen)
        {
            return;
        }

        foreach (var (chunk, copy) in server.Copies)
        {
            Tell(NewsKind.Has, chunk, copy.Version);
        }

        Tell(NewsKind.Complete);
    }

    private void Tell(NewsKind kind, ulong chunk = 0, uint version = 0) => world.Spread(new ViewNews(kind, Incarnation, gateway.Id, chunk, version, ++reports));
}
