using MfsHa.Node.Configuration.Formats;
using static MfsHa.Node.Configuration.Keys.KeySection;

namespace MfsHa.Node.Configuration.Keys;

/// <summary>CRDT state and memory.</summary>
public static class ReplicationKeys
{
    private const long MinMemory = 16L << 20;
    private const long MaxMemory = 1L << 40;

    /// <summary><c>HA_ASYNC_REPLICATION</c>.</summary>
    public static readonly ConfigurationKey<bool> AsyncReplication = Key(
        "HA_ASYNC_REPLICATION", TextFormats.Flag, "1", ReloadClass.Restart,
        "1: deltas of CRDT state (chunk locations, statistics) are streamed at once; 0: collected and sent every HA_GOSSIP_INTERVAL.");

    /// <summary><c>HA_GOSSIP_INTERVAL</c>.</summary>
    public static readonly ConfigurationKey<TimeSpan> GossipInterval = Key(
        "HA_GOSSIP_INTERVAL", TimeFormats.Milliseconds(TimeSpan.FromMilliseconds(50), TimeSpan.FromMinutes(1)), "1s", ReloadClass.Restart,
        "How often nodes compare digests of their CRDT state and send what the other lacks.");

    /// <summary><c>HA_RING_SUCCESSORS</c>.</summary>
    public static readonly ConfigurationKey<int> RingSuccessors = Key(
        "HA_RING_SUCCESSORS", NumberFormats.Integer(1, 16), "2", ReloadClass.Restart,
        "To how many successors on the ring of nodes a node sends its deltas; more than there are other nodes means all.");

    /// <summary><c>HA_CRDT_MAX_MEMORY</c>.</summary>
    public static readonly ConfigurationKey<long> CacheMemory = Key(
        "HA_CRDT_MAX_MEMORY", SizeFormats.Bytes(MinMemory, MaxMemory), "256M", ReloadClass.Restart,
        "Memory for the HOT and WARM tiers of metadata together (decoded objects and RocksDB's block cache). The namespace may be many times larger.");

    /// <summary>All of them.</summary>
    public static KeySection Section { get; } = new("Replication and memory", [AsyncReplication, GossipInterval, RingSuccessors, CacheMemory]);
}
