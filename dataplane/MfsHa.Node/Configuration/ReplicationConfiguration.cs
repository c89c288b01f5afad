using MfsHa.Node.Configuration.Keys;

namespace MfsHa.Node.Configuration;

/// <summary>CRDT state and memory.</summary>
/// <param name="StreamDeltas">True: deltas are sent at once; false: every <paramref name="GossipInterval"/>.</param>
/// <param name="GossipInterval">How often digests are compared.</param>
/// <param name="RingSuccessors">To how many successors deltas are sent.</param>
/// <param name="CacheMemory">Bytes for the HOT and WARM tiers together.</param>
public sealed record ReplicationConfiguration(bool StreamDeltas, TimeSpan GossipInterval, int RingSuccessors, long CacheMemory)
{
    internal static ReplicationConfiguration From(ConfigurationValues values) => new(
        values.Get(ReplicationKeys.AsyncReplication), values.Get(ReplicationKeys.GossipInterval), values.Get(ReplicationKeys.RingSuccessors),
        values.Get(ReplicationKeys.CacheMemory));
}
