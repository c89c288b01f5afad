using MfsHa.Protocol;

namespace MfsHa.Gateway.ChunkServers;

/// <summary>
/// Commands that a chunkserver has not answered. The protocol has no request numbers: an answer belongs to the command of its type for its chunk, so there is
/// one of each at a time and others wait. Thread-safe.
/// </summary>
internal sealed class PendingCommands
{
    private readonly Lock gate = new();
    private readonly Dictionary<(PacketType Reply, ulong Chunk), TaskCompletionSource<StatusCode>> pending = [];
    private bool isClosed;

    /// <summary>Most commands that may wait for an answer.</summary>
    public const int Limit = 16_384;

    /// <summary>Notes a command that is about to be sent; null when the link is closed or too much is under way, and the task to wait for first.</summary>
    public TaskCompletionSource<StatusCode>? Add(PacketType reply, ulong chunk, out Task? former)
    {
        lock (gate)
        {
            former = null;
            if (isClosed || pending.Count >= Limit)
            {
                return null;
            }

            if (pending.TryGetValue((reply, chunk), out var other))
            {
                former = other.Task;
                return null;
            }

            var source = new TaskCompletionSource<StatusCode>(TaskCreationOptions.RunContinuationsAsynchronously);
            pending.Add((reply, chunk), source);
            return source;
        }
    }

    /// <summary>An answer came; false when nothing waits for it.</summary>
    public bool Complete(PacketType reply, ulong chunk, StatusCode status)
    {
        TaskCompletionSource<StatusCode>? source;
        lock (gate)
        {
            if (!pending.Remove((reply, chunk), out source))
            {
                return false;
            }
        }

        source.SetResult(status);
        return true;
    }

    /// <summary>The link is gone: what was sent may or may not be executed.</summary>
    public void Close()
    {
        TaskCompletionSource<StatusCode>[] left;
        lock (gate)
        {
            isClosed = true;
            left = [.. pending.Values];
            pending.Clear();
        }

        foreach (var source in left)
        {
            source.TrySetResult(StatusCode.Disconnected);
        }
    }
}
