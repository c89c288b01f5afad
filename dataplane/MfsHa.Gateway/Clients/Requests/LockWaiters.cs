namespace MfsHa.Gateway.Clients.Requests;

/// <summary>Names a lock request that may be interrupted (client-protocol 5.5, 5.6).</summary>
/// <param name="IsPosix">A byte range, not a whole file.</param>
/// <param name="Inode">The file.</param>
/// <param name="Owner">Owner within the session.</param>
/// <param name="Request">What the client calls it.</param>
internal readonly record struct LockRequestName(bool IsPosix, uint Inode, ulong Owner, uint Request);

/// <summary>
/// The lock requests of one connection that wait. They belong to the connection: when it breaks they are forgotten and the client repeats them.
/// Thread-safe.
/// </summary>
internal sealed class LockWaiters
{
    private readonly Lock gate = new();
    private readonly Dictionary<LockRequestName, CancellationTokenSource> waiting = [];

    /// <summary>Lets a request wait; what is cancelled is it alone. A repetition takes the place of the earlier one.</summary>
    public void Add(LockRequestName name, CancellationTokenSource interrupt)
    {
        lock (gate)
        {
            waiting[name] = interrupt;
        }
    }

    /// <summary>The request no longer waits.</summary>
    public void Remove(LockRequestName name, CancellationTokenSource interrupt)
    {
        lock (gate)
        {
            if (waiting.TryGetValue(name, out var there) && ReferenceEquals(there, interrupt))
            {
                waiting.Remove(name);
            }
        }
    }

    /// <summary>Interrupts a request if it waits.</summary>
    public void Interrupt(LockRequestName name)
    {
        lock (gate)
        {
            if (waiting.Remove(name, out var interrupt))
            {
                // Under the lock, so that it is not disposed meanwhile; who waits goes on elsewhere.
                _ = interrupt.CancelAsync();
            }
        }
    }
}
