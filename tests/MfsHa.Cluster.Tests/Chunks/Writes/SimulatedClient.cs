using MfsHa.Cluster.Routing;
using MfsHa.Metadata.Operations;
using MfsHa.Protocol;

namespace MfsHa.Cluster.Tests.Chunks.Writes;

/// <summary>
/// A mount that writes, cuts or reads the first chunk of a file as mfsmount does: it writes through all copies that it was told, drops from its memory what all of them
/// have taken, and asks anew after an error.
/// </summary>
internal sealed class SimulatedClient(CopySimulation world, WrittenFile file, uint session)
{
    private static readonly StatusCode[] Fatal = [StatusCode.ChunkLost, StatusCode.NoChunk, StatusCode.Io, StatusCode.EPerm, StatusCode.ENoEnt, StatusCode.EInval];
    private readonly Caller caller = Hosting.Callers.Root with { Session = session };

    public async Task WriteAndCutAsync(int operations, int[] blocks, bool cuts)
    {
        for (var i = 0; i < operations; i++)
        {
            await world.Clock.Delay(world.Random.Next(1, world.LongestPause)).ConfigureAwait(false);
            if (cuts && world.Random.Next(6) == 0)
            {
                world.Snapshot(file);
            }

            if (cuts && file.Blocks > 0 && world.Random.Next(4) == 0)
            {
                await CutAsync(world.Random.Next(file.Blocks)).ConfigureAwait(false);
            }
            else
            {
                await WriteAsync([.. blocks.Where(_ => world.Random.Next(2) == 0)]).ConfigureAwait(false);
            }
        }
    }

    public async Task ReadAsync()
    {
        while (!world.IsOver)
        {
            await world.Clock.Delay(world.Random.Next(20, 400)).ConfigureAwait(false);
            var read = file.BeginRead();
            if (await CallAsync(new ReadChunkRequest(0, 0) { Inode = file.Inode, Caller = caller }).ConfigureAwait(false) is ChunkAccess access)
            {
                var server = access.Chunk == 0 ? null : world.Servers[(int)access.Copies[world.Random.Next(access.Copies.Length)].Address - 1];
                for (var block = 0; block < SimulatedChunkServer.Blocks; block++)
                {
                    if ((server is null ? 0 : server.Read(access.Chunk, access.Version, block)) is { } value && !read[block].Contains(value))
                    {
                        world.Fail($"session {session} reads {value} from block {block} of chunk {access.Chunk} version {access.Version} at cs{server?.Id}, which may hold {string.Join('/', read[block])}");
                    }
                }
            }

            file.EndRead(read);
        }
    }

    private async Task WriteAsync(int[] blocks)
    {
        // A file that is written slowly stays locked for long.
        var pause = world.Random.Next(3) == 0 ? 700 : 5;
        var left = new Queue<(int Block, int Value)>(blocks.Select(b => (b, world.NextValue())));
        foreach (var (block, value) in left)
        {
            file.Begin(block, value);
        }

        // Only who was told where to write goes on after an error (mfsclient/writedata.c: continueop).
        var flags = ChunkOperationFlags.CanModifyTime;
        while (left.Count > 0)
        {
            if (await CallAsync(new WriteChunkRequest(0, (byte)flags) { Inode = file.Inode, Caller = caller }).ConfigureAwait(false) is not ChunkAccess access)
            {
                await world.Clock.Delay(world.Random.Next(50, 600)).ConfigureAwait(false);
                continue;
            }

            world.Note($"session {session} may write chunk {access.Chunk} version {access.Version} at {string.Join(' ', access.Copies.Select(static c => $"cs{c.Address}"))}");
            while (left.TryPeek(out var next) && await WriteThroughAsync(access, next.Block, next.Value, pause).ConfigureAwait(false))
            {
                left.Dequeue();
                world.Note($"session {session}: block {next.Block} = {next.Value} acknowledged");
                file.Acknowledge(next.Block, next.Value);
            }

            if (left.Count == 0)
            {
                file.Blocks = Math.Max(file.Blocks, blocks.Max() + 1);
                var end = new EndWriteRequest(access.Chunk, 0, SimulatedChunkServer.LengthOf(file.Blocks), (byte)flags, 0, 0) { Inode = file.Inode, Caller = caller };
                if ((await CallAsync(end).ConfigureAwait(false)).Status is var status and not StatusCode.Ok)
                {
                    world.Fail($"the end of a write is answered with {status}, which no client repeats");
                }

                world.Note($"session {session}: write ended");
            }
            else
            {
                world.Note($"session {session}: a copy failed");
                flags |= ChunkOperationFlags.Continue;
                await world.Clock.Delay(world.Random.Next(1, 300)).ConfigureAwait(false);
            }
        }
    }

    private async Task<bool> WriteThroughAsync(ChunkAccess access, int block, int value, int pause)
    {
        await world.Clock.Delay(world.Random.Next(0, pause)).ConfigureAwait(false);
        foreach (var copy in access.Copies)
        {
            await world.Clock.Delay(world.Random.Next(0, 5)).ConfigureAwait(false);
            if (!world.Servers[(int)copy.Address - 1].Write(access.Chunk, access.Version, block, value))
            {
                return false;
            }
        }

        return true;
    }

    private async Task CutAsync(int blocks)
    {
        for (var block = blocks; block < SimulatedChunkServer.Blocks; block++)
        {
            file.Begin(block, 0);
        }

        while (await CallAsync(new TruncateRequest((byte)TruncateFlags.Opened, SimulatedChunkServer.LengthOf(blocks)) { Inode = file.Inode, Caller = caller, Stamp = world.NextStamp(session) }).ConfigureAwait(false) is not TruncateDone)
        {
            await world.Clock.Delay(world.Random.Next(50, 600)).ConfigureAwait(false);
        }

        world.Note($"session {session}: cut to {blocks} blocks acknowledged");
        file.Blocks = blocks;
        for (var block = blocks; block < SimulatedChunkServer.Blocks; block++)
        {
            file.Acknowledge(block, 0);
        }
    }

    /// <summary>A call as the router and the client make it: repeated at the next leader, and after the client's connection has broken while the first one may still run.</summary>
    private async Task<SupervisedReply> CallAsync(SupervisedRequest request)
    {
        while (true)
        {
            if (world.Leader is not { } leader)
            {
                await world.Clock.Delay(20).ConfigureAwait(false);
                continue;
            }

            var call = leader.Supervisor.ExecuteAsync(request, CancellationToken.None).AsTask();
            var broken = world.IsFaulty && world.Random.Next(30) == 0 ? world.Clock.Delay(world.Random.Next(1, 3000)) : leader.Died;
            await Task.WhenAny(call, broken, leader.Died).ConfigureAwait(false);
            if (call.IsCompletedSuccessfully)
            {
                var reply = await call.ConfigureAwait(false);
                if (reply.Status != StatusCode.Ok)
                {
                    world.Note($"session {session}: {request.GetType().Name}: {reply.Status}");
                }

                if (Fatal.Contains(reply.Status))
                {
                    world.Fail($"session {session}: {request.GetType().Name} of inode {file.Inode} is answered with {reply.Status}");
                }

                return reply;
            }

            if (call.Exception?.InnerException is { } failure and not Consensus.NotLeaderException)
            {
                world.Fail(failure);
            }

            world.Note($"session {session}: {request.GetType().Name} is sent again");
            await world.Clock.Delay(world.Random.Next(1, 300)).ConfigureAwait(false);
        }
    }
}
