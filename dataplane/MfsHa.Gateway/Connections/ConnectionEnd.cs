namespace MfsHa.Gateway.Connections;

/// <summary>Why a connection ended; decides how loud its end is logged.</summary>
public enum EndKind
{
    /// <summary>The peer closed it in good order: it had read all that had reached its host (otherwise its host resets the connection).</summary>
    PeerClosed,

    /// <summary>The peer is gone, perhaps without having read what had reached its host.</summary>
    PeerLost,

    /// <summary>Everything was said.</summary>
    Finished,

    /// <summary>This node stops.</summary>
    Shutdown,

    /// <summary>A newer connection of the same session or chunkserver has taken its place.</summary>
    Replaced,

    /// <summary>The peer shall connect anew (exports changed, a registration that could not be decided in time).</summary>
    SentAway,

    /// <summary>No bytes for too long.</summary>
    Silent,

    /// <summary>The peer sent something that is no valid packet at this place.</summary>
    Malformed,

    /// <summary>The peer does not take its answers.</summary>
    Overloaded,

    /// <summary>A request could not be decided in time; its outcome is unknown.</summary>
    Undecided,

    /// <summary>A defect of this program.</summary>
    Failed,
}

/// <summary>Why a connection ended.</summary>
/// <param name="Kind">What kind of end.</param>
/// <param name="Reason">In words, for the log.</param>
/// <param name="Exception">For <see cref="EndKind.Failed"/>.</param>
public sealed record ConnectionEnd(EndKind Kind, string Reason, Exception? Exception = null);
