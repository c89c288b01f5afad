namespace MfsHa.Cluster.Chunks;

/// <summary>One thing at a time per slot of a file, among what this leader does with chunkservers; first come, first served. Thread-safe; bounded by the number of callers.</summary>
/// <param name="wakeUps">How who waits is woken: on another thread, or at once in a simulation that has only one.</param>
public sealed class SlotGates(TaskCreationOptions wakeUps = TaskCreationOptions.RunContinuationsAsynchronously)
{
    private readonly Lock gate = new();
    private readonly Dictionary<(uint Inode, uint Index), Queue<TaskCompletionSource>> busy = [];

    /// <summary>Enters the gate of a slot; <see cref="Leave"/> follows.</summary>
    public async ValueTask EnterAsync(uint inode, uint index, CancellationToken cancellation)
    {
        TaskCompletionSource turn;
        lock (gate)
        {
            if (!busy.TryGetValue((inode, index), out var waiting))
            {
                busy.Add((inode, index), new Queue<TaskCompletionSource>());
                return;
            }

            turn = new TaskCompletionSource(wakeUps);
            waiting.Enqueue(turn);
        }

        // Whoever gives up before its turn is passed over; whoever had its turn just then has entered.
        await using (cancellation.UnsafeRegister(static (source, token) => ((TaskCompletionSource)source!).TrySetCanceled(token), turn).ConfigureAwait(false))
        {
            await turn.Task.ConfigureAwait(false);
        }
    }

    /// <summary>Leaves the gate of a slot to the next.</summary>
    public void Leave(uint inode, uint index)
    {
        while (true)
        {
            TaskCompletionSource? next;
            lock (gate)
            {
                var waiting = busy[(inode, index)];
                if (!waiting.TryDequeue(out next))
                {
                    busy.Remove((inode, index));
                    return;
                }
            }

            if (next.TrySetResult())
            {
                return;
            }
        }
    }
}
