using MfsHa.Cluster.Chunks;
using MfsHa.Gateway.Connections;
using MfsHa.Protocol;
using MfsHa.Protocol.ChunkServer;
using MfsHa.Protocol.Framing;
using MfsHa.Replication.Locations;

namespace MfsHa.Gateway.ChunkServers;

public sealed partial class ChunkServerConnection
{
    /// <summary>
    /// A chunkserver that has not answered a command for so long never will; only with another link can its answers be told apart again.
    /// A replication copies 64 MiB from another chunkserver that may be busy (stock masters give up after 120 s, `chunks.c: chunk_do_jobs`).
    /// </summary>
    private static readonly TimeSpan CommandDeadline = TimeSpan.FromSeconds(120);
    private static readonly TimeSpan ReplicationDeadline = TimeSpan.FromSeconds(600);

    /// <summary>
    /// Sends a command and returns the chunkserver's status. <see cref="StatusCode.Disconnected"/> when the link breaks: the command may have been executed.
    /// </summary>
    public async ValueTask<StatusCode> ExecuteAsync(ChunkCommand command, CancellationToken cancellation)
    {
        var reply = ReplyOf(command.Kind);
        PendingCommand? sent;
        while ((sent = pending.Add(reply, command, out var former)) is null)
        {
            if (former is null)
            {
                return StatusCode.Disconnected;
            }

            await former.WaitAsync(cancellation).ConfigureAwait(false);
        }

        Write(command, static (ref writer, c) => WriteCommand(ref writer, c));
        var deadline = command.Kind == ChunkCommandKind.Replicate ? ReplicationDeadline : CommandDeadline;
        try
        {
            return await sent.Answer.Task.WaitAsync(deadline, Clock, cancellation).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            End(new ConnectionEnd(EndKind.Undecided, $"{command.Kind} of chunk {command.Chunk:X16} was not answered within {deadline.TotalSeconds:0} s"));
            return StatusCode.Disconnected;
        }
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

    /// <summary>
    /// Takes an answer in its place among the reports. What the chunkserver then has is noted before the answer is given on, so that every node
    /// hears of it, and also when nobody waits for the answer any more.
    /// </summary>
    private void OnAnswer(PacketType type, ulong chunk, StatusCode status)
    {
        if (pending.Take(type, chunk) is not { } answered)
        {
            Log.Unexpected(logger, incarnation, type, chunk);
            return;
        }

        // A copy that is not there is as good as deleted.
        if (status == StatusCode.Ok || (status == StatusCode.NoChunk && answered.Command.Kind == ChunkCommandKind.Delete))
        {
            Note(answered.Command);
        }
        else if (status == StatusCode.ChunkExist)
        {
            EndIfSuperseded(services.Reporter.ReportUnexpected(incarnation, chunk, believed: null));
        }
        else if (status == StatusCode.WrongVersion && answered.Command.Believed is { } believed)
        {
            EndIfSuperseded(services.Reporter.ReportUnexpected(incarnation, believed.Chunk, believed.Version));
        }

        answered.Answer.TrySetResult(status);
    }

    private void Note(ChunkCommand command) => EndIfSuperseded(
        command.Kind == ChunkCommandKind.Delete
            ? services.Reporter.ReportLost(incarnation, [command.Chunk])
            : services.Reporter.Report(incarnation, [new ChunkCopy(command.Chunk, command.Version)]));
}
