namespace MfsHa.NodeLink.Liveness;

/// <summary>
/// Decides whether a peer is dead by its silence, and notices when it was this process that did not run: then the silence proves nothing and
/// every peer gets a new grace period. Pure: all times are milliseconds of one monotonic clock, given by the caller.
/// </summary>
/// <param name="pingMilliseconds">Time between two turns.</param>
/// <param name="deadMilliseconds">Silence after which a peer is dead.</param>
internal sealed class SilenceJudge(long pingMilliseconds, long deadMilliseconds)
{
    /// <summary>A turn that comes later than two pings and this is an own pause (measured: scheduling delays stay below it).</summary>
    public const long PauseMarginMilliseconds = 20;

    private long _lastTurn = long.MinValue;
    private long _graceUntil = long.MinValue;

    /// <summary>Begins a turn. Returns the length of the own pause before it, 0 for none.</summary>
    public long Turn(long now)
    {
        var late = _lastTurn == long.MinValue ? 0 : now - _lastTurn;
        _lastTurn = now;
        if (late <= (2 * pingMilliseconds) + PauseMarginMilliseconds)
            return 0;
        _graceUntil = now + deadMilliseconds;
        return late;
    }

    /// <summary>True when a peer that answered last at <paramref name="lastAnswer"/> is dead.</summary>
    public bool IsDead(long now, long lastAnswer) => now - lastAnswer > deadMilliseconds && now >= _graceUntil;
}
