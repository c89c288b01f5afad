namespace MfsHa.NodeLink.Rpc;

/// <summary>
/// What one thread calls between <see cref="Begin"/> and <see cref="End"/> goes out at the end, with one write per peer and on that thread:
/// a client's packets that were read together are passed on together. No await may lie between the two. One batch within another belongs to the outer one:
/// ending a connection may run the reader of another on the same thread.
/// </summary>
public static class SendBatch
{
    [ThreadStatic]
    private static List<SendQueue>? _queues;

    [ThreadStatic]
    private static int _depth;

    /// <summary>Begins to gather on this thread.</summary>
    public static void Begin() => _depth++;

    /// <summary>Sends what was gathered.</summary>
    public static void End()
    {
        if (--_depth > 0 || _queues is not { Count: > 0 } queues)
            return;
        foreach (var queue in queues)
            queue.Flush();
        queues.Clear();
    }

    /// <summary>True when this thread gathers: then the queue is flushed at the end.</summary>
    internal static bool TryJoin(SendQueue queue)
    {
        if (_depth == 0)
            return false;
        var queues = _queues ??= [];
        if (!queues.Contains(queue))
            queues.Add(queue);
        return true;
    }
}
