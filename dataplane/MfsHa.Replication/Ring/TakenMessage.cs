using MfsHa.NodeLink;
using MfsHa.Replication.Crdt;
using MfsHa.Replication.Streams;

namespace MfsHa.Replication.Ring;

/// <summary>What was in a message, after its changes have been taken over.</summary>
internal sealed class TakenMessage
{
    /// <summary>The pieces, new or not, with the position after them.</summary>
    public List<(StreamId Stream, long To)> Pieces { get; } = [];

    /// <summary>Who else got the message.</summary>
    public List<NodeId> Targets { get; } = [];

    /// <summary>The sender's digest, if it was in.</summary>
    public StreamDigest? Digest { get; set; }

    /// <summary>What the sender knows of what members have seen.</summary>
    public List<(NodeId Member, VersionVector<StreamId> Seen)> Knowledge { get; } = [];

    /// <summary>The sender has more than it sent.</summary>
    public bool IsMore { get; set; }

    /// <summary>Something before a piece was missing.</summary>
    public bool HasGap { get; set; }

    /// <summary>Something was new, or a stream is to be read anew.</summary>
    public bool MadeProgress { get; set; }
}
