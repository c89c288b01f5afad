using System.Diagnostics;

namespace MfsHa.NodeLink;

/// <summary>
/// How long one connection may keep a thread that serves other connections, too: what a socket brings goes on where it was received, and a peer that always has the next packet ready
/// would never let go of that thread; heartbeats of Raft would wait behind it. Belongs to one reading loop.
/// </summary>
public struct ThreadShare
{
    // Shorter than the thread of a socket needs to look after another one.
    private static readonly long Gap = Stopwatch.Frequency / 50_000;
    private static readonly long Limit = Stopwatch.Frequency / 1_000;

    private long _begun;
    private long _ended;
    private int _thread;

    /// <summary>A burst begins. True when the loop has kept this thread for a millisecond without a break: it should go on elsewhere.</summary>
    public bool IsUsedUp() => IsUsedUp(Environment.CurrentManagedThreadId, Stopwatch.GetTimestamp());

    /// <summary>A burst ends.</summary>
    public void Rest() => Rest(Stopwatch.GetTimestamp());

    internal void Rest(long now) => _ended = now;

    internal bool IsUsedUp(int thread, long now)
    {
        if (thread == _thread && now - _ended <= Gap)
        {
            return now - _begun > Limit;
        }

        (_thread, _begun) = (thread, now);
        return false;
    }
}
