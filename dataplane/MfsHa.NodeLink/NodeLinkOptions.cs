using System.Net;
using MfsHa.NodeLink.Formats;

namespace MfsHa.NodeLink;

/// <summary>Timing and limits of the node link (port 9430).</summary>
public sealed record NodeLinkOptions
{
    /// <summary>The port of the node link unless configured otherwise.</summary>
    public const int DefaultPort = 9430;

    /// <summary>This node.</summary>
    public required NodeId Self { get; init; }

    /// <summary>Where to listen; port 0 lets the system choose.</summary>
    public IPEndPoint Listen { get; init; } = new(IPAddress.Any, DefaultPort);

    /// <summary>
    /// Time between two pings to a peer (design.md 10). Default 75 ms: with 50 ms a third of what a node at rest takes of a processor went into pings; from 90 ms on a pause
    /// of this process that is not noticed as one (two pings and <see cref="Liveness.SilenceJudge.PauseMarginMilliseconds"/>) and one ping more would be longer than <see cref="DeadAfter"/>.
    /// </summary>
    public TimeSpan PingInterval { get; init; } = TimeSpan.FromMilliseconds(75);

    /// <summary>
    /// A peer that did not answer for this long is dead; at least two pings. Default 300 ms: two busy processors delayed pings by up to 250 ms (measured), and no election
    /// waits for it, because a leader that is only silent is given 350 ms. A process that has ended is noticed at once by its refused connection.
    /// </summary>
    public TimeSpan DeadAfter { get; init; } = TimeSpan.FromMilliseconds(300);

    /// <summary>A ping connection that is silent for this long is opened anew. Default 1 s.</summary>
    public TimeSpan ReopenAfter { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Time from accept to the complete preface. Default 2 s.</summary>
    public TimeSpan PrefaceTimeout { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Time for one attempt to connect, name resolution and handshakes included. Default 1 s.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Shortest pause after a failed attempt to connect. Default 50 ms.</summary>
    public TimeSpan ReconnectMin { get; init; } = TimeSpan.FromMilliseconds(50);

    /// <summary>Longest pause after repeated failed attempts to connect; doubled up to here. Default 1 s.</summary>
    public TimeSpan ReconnectMax { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Accepted connections at a time, of all kinds; more are closed at once.</summary>
    public int MaxConnections { get; init; } = 4096;

    /// <summary>Accepted connections from one address that have not yet said, and shown, who they are; more are closed at once. A node with 64 groups opens 66 together.</summary>
    public int MaxStrangersPerAddress { get; init; } = 1024;

    /// <summary>Accepted connections of one Raft group that wait to be taken over; more are closed.</summary>
    public int RaftBacklog { get; init; } = 128;

    /// <summary>Calls to one peer that may wait for their reply, 1..65536; more fail at once.</summary>
    public int MaxCallsInFlight { get; init; } = 16_384;

    /// <summary>Handlers that run at a time for one peer; while there are so many, nothing more is read from it.</summary>
    public int MaxConcurrentHandlers { get; init; } = 16_384;

    /// <summary>Bytes of requests that running handlers of one peer hold; above it nothing more is read from that peer.</summary>
    public long MaxHandlerBytes { get; init; } = 256L << 20;

    /// <summary>Most bytes of one request, message or reply. A larger frame from a peer closes the connection.</summary>
    public int MaxFrameBytes { get; init; } = 64 << 20;

    /// <summary>Bytes that may wait to be sent on one connection (one larger frame may wait alone). Calls wait for space, messages are dropped.</summary>
    public int MaxQueuedBytes { get; init; } = 64 << 20;

    /// <summary>The format levels that this node reads, and writes at: shown to peers, and asked of them.</summary>
    public FormatGate Formats { get; init; } = FormatGate.InMemory();

    /// <summary>Throws <see cref="ArgumentException"/> with an explanation when values contradict each other.</summary>
    public void Validate()
    {
        if (Self == NodeId.None)
            throw new ArgumentException("the node id must not be 0");
        if (DeadAfter < 2 * PingInterval)
            throw new ArgumentException($"a peer that is dead after {DeadAfter} needs pings at least twice in that time, not every {PingInterval}");
        if (ReopenAfter < DeadAfter)
            throw new ArgumentException($"a ping connection is opened anew after {ReopenAfter}, which must not be less than {DeadAfter}");
        if (ReconnectMin <= TimeSpan.Zero || ReconnectMax < ReconnectMin)
            throw new ArgumentException($"pauses between connects must grow: {ReconnectMin}..{ReconnectMax}");
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxConnections, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxStrangersPerAddress, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(RaftBacklog, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxCallsInFlight, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(MaxCallsInFlight, 1 << 16);
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxConcurrentHandlers, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxFrameBytes, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxQueuedBytes, 1);
    }
}
