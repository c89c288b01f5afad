namespace MfsHa.Consensus.Commands;

/// <summary>Nobody's commands go into a group's log for a moment, except one last one. Thread-safe.</summary>
public sealed class CommandHold
{
    private readonly TimeProvider _time;
    private readonly long _begun;
    private readonly Action<CommandHold> _ended;
    private readonly TimeSpan _limit;

    // Not there yet when it goes off while it is being made.
    private readonly ITimer? _alarm;
    private int _state;
    private long _lasted;

    internal CommandHold(long term, ValueTask<object> last, TimeProvider time, TimeSpan limit, Action<CommandHold> ended)
    {
        (Term, Last, _time, _limit, _ended) = (term, last, time, limit, ended);
        _begun = time.GetTimestamp();
        _alarm = time.CreateTimer(static hold => ((CommandHold)hold!).Release(), this, limit, Timeout.InfiniteTimeSpan);
    }

    /// <summary>The term in which this node leads.</summary>
    public long Term { get; }

    /// <summary>Result of the last command, as of a proposal.</summary>
    public ValueTask<object> Last { get; }

    /// <summary>How long it has lasted; zero while it lasts. Longer than the limit when the machine was too busy to notice that.</summary>
    public TimeSpan Lasted => new(Volatile.Read(ref _lasted));

    /// <summary>Commands go on. True when they were held without a break until now; false when the limit has passed, or this node has lost its leadership.</summary>
    public bool Release()
    {
        if (!End())
        {
            return false;
        }

        // An alarm may be late; who was held longer than was allowed has not been held in the sense of the caller.
        var held = Lasted <= _limit;
        _ended(this);
        return held;
    }

    /// <summary>This node does not lead any more.</summary>
    internal void GiveUp() => End();

    private bool End()
    {
        if (Interlocked.Exchange(ref _state, 1) != 0)
        {
            return false;
        }

        Volatile.Write(ref _lasted, _time.GetElapsedTime(_begun).Ticks);
        _alarm?.Dispose();
        return true;
    }
}
