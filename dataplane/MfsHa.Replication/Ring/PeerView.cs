using MfsHa.NodeLink;
using MfsHa.Replication.Crdt;
using MfsHa.Replication.Streams;

namespace MfsHa.Replication.Ring;

/// <summary>
/// What a peer is assumed to have: its last digest and what was sent to it since, by this node or, as it said, by another. May be too optimistic when
/// a message was lost; the next digest puts it right.
/// </summary>
internal sealed class PeerView(NodeId peer)
{
    private readonly Dictionary<byte, long> _summaries = [];
    private StreamDigest? _digest;

    public NodeId Peer { get; } = peer;

    /// <summary>False until its digest has come: then nobody knows what to send.</summary>
    public bool IsKnown => _digest is not null;

    public VersionVector<StreamId> Seen { get; } = new();

    /// <summary>True when its last digest said that it does not take the stream any more.</summary>
    public bool IsOver(StreamId stream) => _digest is not null && _digest.IsOver(stream);

    /// <summary>Takes over the peer's own word.</summary>
    public void Set(StreamDigest digest)
    {
        _digest = digest;
        Seen.Clear();
        foreach (var (stream, position) in digest.Positions)
            Seen.Advance(stream, position.Seen);
    }

    /// <summary>The peer was away: it may have restarted with nothing.</summary>
    public void Reset()
    {
        _digest = null;
        Seen.Clear();
        _summaries.Clear();
    }

    public bool NeedsSummary(IReplicatedStreams state) => _summaries.GetValueOrDefault(state.Kind, -1) < state.SummaryVersion;

    public void SummarySent(byte kind, long version) => _summaries[kind] = version;
}
