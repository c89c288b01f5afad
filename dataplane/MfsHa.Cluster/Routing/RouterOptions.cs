namespace MfsHa.Cluster.Routing;

/// <summary>Limits of the router.</summary>
public sealed record RouterOptions
{
    /// <summary>Longest time that one request is retried through elections. Default 30 s; the caller's cancellation may end it earlier.</summary>
    public TimeSpan Deadline { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Pause before a request is tried again when nothing announced a new leader. Default 10 ms.</summary>
    public TimeSpan RetryPause { get; init; } = TimeSpan.FromMilliseconds(10);

    /// <summary>
    /// For so long a request waits for this node to learn of a leader before other nodes are asked who leads: longer than an election, which is what it usually is.
    /// Default 1 s.
    /// </summary>
    public TimeSpan Isolation { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Requests that may be in work at this node at once. Default 65,536.</summary>
    public int MaxRequests { get; init; } = 65_536;
}
