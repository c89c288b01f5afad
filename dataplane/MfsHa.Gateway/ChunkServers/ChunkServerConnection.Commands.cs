using MfsHa.Cluster.Chunks;
using MfsHa.Protocol;
using MfsHa.Protocol.ChunkServer;
using MfsHa.Protocol.Framing;
using MfsHa.Replication.Locations;

namespace MfsHa.Gateway.ChunkServers;

public sealed partial class ChunkServerConnection
{
    /// <summary>
    /// Sends a command and returns the chunkserver's status. What it then has is noted before the answer is given on, so that every node hears of it.
    /// <see cref="StatusCode.Disconnected"/> when the link breaks: the command may have been executed.
    /// </summary>
    public async ValueTask<StatusCode> ExecuteAsync(ChunkCommand command, CancellationToken cancellation)
    {
        var reply = ReplyOf(command.Kind);
        TaskCompletionSource<StatusCode>? answer;
        while ((answer = pending.Add(reply, command.Chunk, out var former)) is null)
        {
            if (former is null)
            {
                return StatusCode.Disconnected;
            }

            await former.WaitAsync(cancellation).ConfigureAwait(false);
        }

        Write(command, static (ref PacketWriter w, ChunkCommand c) => WriteCommand(ref w, c));
        var status = await answer.Task.WaitAsync(cancellation).ConfigureAwait(false);
        if (status == StatusCode.Ok)
        {
            Note(command);
        }

        return status;
    }

    private static PacketType ReplyOf(ChunkCommandKind kind) => PacketTypes.ReplyOf((PacketType)kind);

    private static void WriteCommand(ref PacketWriter writer, ChunkCommand c)
    {
        switch (c.Kind)
        {
            case ChunkCommandKind.Create:
                new CreateChunkCommand(c.Chunk, c.Version).Write(ref writer);
                break;
            case ChunkCommandKind.Delete:
                new DeleteChunkCommand(c.Chunk, c.Version).Write(ref writer);
                break;
            case ChunkCommandKind.Duplicate:
                new DuplicateChunkCommand(c.Chunk, c.Version, c.OldChunk, c.OldVersion).Write(ref writer);
                break;
            case ChunkCommandKind.SetVersion:
                new SetChunkVersionCommand(c.Chunk, c.Version, c.OldVersion).Write(ref writer);
                break;
            case ChunkCommandKind.Replicate:
                new ReplicateChunkCommand(c.Chunk, c.Version, c.SourceAddress, c.SourcePort).Write(ref writer);
                break;
            case ChunkCommandKind.Truncate:
                new TruncateChunkCommand(c.Chunk, c.Length, c.Version, c.OldVersion).Write(ref writer);
                break;
            case ChunkCommandKind.DuplicateTruncate:
                new DuplicateTruncateChunkCommand(c.Chunk, c.Version, c.OldChunk, c.OldVersion, c.Length).Write(ref writer);
                break;
            default:
                throw new ArgumentException($"{c.Kind} is no command", nameof(c));
        }
    }

    private void OnAnswer(PacketType type, ulong chunk, StatusCode status)
    {
        if (!pending.Complete(type, chunk, status))
        {
            Log.Unexpected(logger, incarnation, type, chunk);
        }
    }

    private void Note(ChunkCommand command)
    {
        if (command.Kind == ChunkCommandKind.Delete)
        {
            services.Reporter.ReportLost(incarnation, [command.Chunk]);
        }
        else
        {
            services.Reporter.Report(incarnation, [new ChunkCopy(command.Chunk, command.Version)]);
        }
    }
}
