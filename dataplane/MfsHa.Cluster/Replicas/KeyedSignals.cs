namespace MfsHa.Cluster.Replicas;

/// <summary>
/// Wakes waiters of a key when something about it has changed. A waiter takes its ticket before it looks at the state,
/// so that a change between the look and the wait is not missed. Thread-safe; bounded by the number of waiters.
/// </summary>
/// <typeparam name="TKey">Key, such as an inode or a chunk id.</typeparam>
/// <param name="wakeUps">How waiters are woken: on another thread, or at once in a simulation that has only one.</param>
public sealed class KeyedSignals<TKey>(TaskCreationOptions wakeUps = TaskCreationOptions.RunContinuationsAsynchronously)
    where TKey : notnull
{
    private readonly Lock gate = new();
    private readonly Dictionary<TKey, TaskCompletionSource> waiting = [];

    /// <summary>A task that ends at the next <see cref="Raise"/> of the key.</summary>
    public Task Ticket(TKey key)
    {
        lock (gate)
        {
            if (!waiting.TryGetValue(key, out var source))
            {
                source = new TaskCompletionSource(wakeUps);
                waiting.Add(key, source);
            }

            return source.Task;
        }
    }

    /// <summary>Wakes everybody who holds a ticket of the key.</summary>
    public void Raise(TKey key)
    {
        TaskCompletionSource? source;
        lock (gate)
        {
            waiting.Remove(key, out source);
        }

        source?.SetResult();
    }

    /// <summary>Wakes everybody.</summary>
    public void RaiseAll()
    {
        TaskCompletionSource[] sources;
        lock (gate)
        {
            sources = [.. waiting.Values];
            waiting.Clear();
        }

        foreach (var source in sources)
        {
            source.SetResult();
        }
    }
}
