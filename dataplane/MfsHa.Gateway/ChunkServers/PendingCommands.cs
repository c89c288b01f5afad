using MfsHa.Cluster.Chunks;
using MfsHa.Protocol;

namespace MfsHa.Gateway.ChunkServers;

/// <summary>
/// Commands that a chunkserver has not answered. The protocol has no request numbers: an answer belongs to the command of its type for its chunk, so there is
/// one of each at a time and others wait. A command stays here until it is answered or the link is gone, also when nobody waits for it any more.
/// Thread-safe.
/// </summary>
internal sealed class PendingCommands
{
    /// <summary>Most commands that may wait for an answer.</summary>
    public const int Limit = 16_384;

    private readonly Lock gate = new();
    private readonly Dictionary<(PacketType Reply, ulong Chunk), PendingCommand> pending = [];
    private bool isClosed;

    /// <summary>Notes a command that is about to be sent; null when the link is closed or too much is under way, and the task to wait for first.</summary>
    public PendingCommand? Add(PacketType reply, ChunkCommand command, out Task? former)
    {
        lock (gate)
        {
            former = null;
            if (isClosed || pending.Count >= Limit)
            {
                return null;
            }

            if (pending.TryGetValue((reply, command.Chunk), out var other))
            {
                former = other.Answer.Task;
                return null;
            }

            var added = new PendingCommand(command);
            pending.Add((reply, command.Chunk), added);
            return added;
        }
    }

    /// <summary>Takes out the command that an answer belongs to; null when there is none.</summary>
    public PendingCommand? Take(PacketType reply, ulong chunk)
    {
        lock (gate)
        {
            return pending.Remove((reply, chunk), out var found) ? found : null;
        }
    }

    /// <summary>The link is gone: what was sent may or may not be executed.</summary>
    public void Close()
    {
        PendingCommand[] left;
        lock (gate)
        {
            isClosed = true;
            left = [.. pending.Values];
            pending.Clear();
        }

        foreach (var command in left)
        {
            command.Answer.TrySetResult(StatusCode.Disconnected);
        }
    }
}

/// <summary>A command that waits for its answer.</summary>
internal sealed class PendingCommand(ChunkCommand command)
{
    /// <summary>The command.</summary>
    public ChunkCommand Command { get; } = command;

    /// <summary>The chunkserver's status.</summary>
    public TaskCompletionSource<StatusCode> Answer { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
}
