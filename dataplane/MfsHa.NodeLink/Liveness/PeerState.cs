namespace MfsHa.NodeLink.Liveness;

/// <summary>What the pings say about a peer.</summary>
internal enum PeerState
{
    /// <summary>It has never answered and never been declared down. What it opens is served, nothing is opened to it.</summary>
    Unknown,

    /// <summary>It answers.</summary>
    Up,

    /// <summary>It stopped answering. Nothing is opened to it and nothing of it is served until it answers again.</summary>
    Down,
}
