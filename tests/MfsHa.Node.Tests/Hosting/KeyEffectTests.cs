using System.Net;
using System.Text;
using MfsHa.Cluster.Hosting;
using MfsHa.Gateway;
using MfsHa.Metadata.State;
using MfsHa.Node.Configuration;
using MfsHa.Node.Configuration.Keys;
using MfsHa.Node.Hosting;
using MfsHa.Node.Tests.Configuration;

namespace MfsHa.Node.Tests.Hosting;

/// <summary>Every key reaches what runs, or is said to be without effect.</summary>
public sealed class KeyEffectTests
{
    /// <summary>Keys that this version takes and does not use; their descriptions or a warning say so.</summary>
    private static readonly string[] _unused = [];

    private static readonly (string Key, string Other, Func<NodeConfiguration, object?> Effect)[] _effects =
    [
        ("MFSHA_NODE_ID", "2", n => Cluster(n).Self),
        ("MFSHA_PEERS", "10.0.0.1,10.0.0.2,10.0.0.3,10.0.0.4,10.0.0.5", n => Cluster(n).Peers.Count),
        ("MFSHA_FORM_CLUSTER", "0", n => Cluster(n).MayForm),
        ("MFSHA_PORT", "9530", n => Cluster(n).Listen.Port),
        ("DATA_PATH", "/elsewhere", n => Cluster(n).DataPath),
        ("MFSHA_REGION", "east", n => Cluster(n).Region),
        ("HA_SHARD_COUNT", "4", n => Cluster(n).ShardCount),
        ("HA_REPLICATION_FACTOR", "5", n => Cluster(n).ReplicationFactor),
        ("HA_SHARD_SPREAD_DEPTH", "3", n => Cluster(n).SpreadDepth),
        ("HA_RAFT_ELECTION_TIMEOUT", "300ms", n => Cluster(n).Consensus.ElectionTimeout),
        ("HA_RAFT_PRIORITY", "7", n => Cluster(n).Priority),
        ("HA_RAFT_HEARTBEAT_TIMEOUT", "90ms", n => Cluster(n).Consensus.Heartbeat),
        ("HA_METADATA_SYNC_INTERVAL", "7s", n => Cluster(n).Consensus.SyncInterval),
        ("HA_CONSISTENCY_CHECK_INTERVAL", "90", n => Cluster(n).ComparisonInterval),
        ("HA_REBUILD_DAMAGED", "0", n => n.Consensus.RebuildDamaged),
        ("HA_MOVE_BYTES_PER_SECOND", "20M", n => Cluster(n).MoveBytesPerSecond),
        ("HA_MOVES_AT_ONCE", "2", n => Cluster(n).MovesAtOnce),
        ("HA_ASYNC_REPLICATION", "0", n => Cluster(n).Ring.AsyncReplication),
        ("HA_GOSSIP_INTERVAL", "3s", n => Cluster(n).Ring.GossipInterval),
        ("HA_RING_SUCCESSORS", "1", n => Cluster(n).Ring.Successors),
        ("HA_CRDT_MAX_MEMORY", "64M", n => Cluster(n).MaxMemoryBytes),
        ("SESSION_SUSTAIN_TIME", "2h", n => (Cluster(n).SessionSustain, Gateways(n).SessionSustain)),
        ("MATOCL_TIMEOUT", "20", n => Gateways(n).ClientSilence),
        ("MATOCS_TIMEOUT", "20", n => Gateways(n).ChunkServerSilence),
        ("MATOML_TIMEOUT", "20", n => Gateways(n).MetaLoggerSilence),
        ("AUTH_CODE", "secret", n => Encoding.UTF8.GetString(Gateways(n).AuthCode.Span)),
        ("INSTANCE_NAME", "archive", n => Encoding.UTF8.GetString(Gateways(n).InstanceName.Span)),
        ("ATIME_MODE", "4", n => Namespace(n).AccessTimes),
        ("INODE_REUSE_DELAY", "10m", n => Namespace(n).InodeReuseDelay),
        ("MAX_ALLOWED_HARD_LINKS", "10", n => Namespace(n).MaxHardLinks),
        ("QUOTA_DEFAULT_GRACE_PERIOD", "1d", n => Namespace(n).QuotaGraceSeconds),
        ("KEEP_EMPTY_FILES_IN_TRASH", "1", n => Namespace(n).KeepEmptyFilesInTrash),
        ("HA_TRACE_ENDPOINT", "http://collector:4317", n => n.Traces.Endpoint),
        ("HA_TRACE_RATIO", "0.5", n => n.Traces.Ratio),
    ];

    // Read by the process itself when it starts or reloads; tests of the daemon see what they do.
    private static readonly string[] _ofTheProcess =
    [
        "BIND_HOST", "MFSHA_ADMIN_PORT", "EXPORTS_FILENAME",
        "MATOCL_LISTEN_HOST", "MATOCL_LISTEN_PORT", "MATOCS_LISTEN_HOST", "MATOCS_LISTEN_PORT", "MATOML_LISTEN_HOST", "MATOML_LISTEN_PORT",
        .. KeySection.All.Where(s => s == ProcessKeys.Section || s == LogKeys.Section || s == SecurityKeys.Section).SelectMany(s => s.Keys).Select(k => k.Name),
    ];

    public static TheoryData<string> KeysWithEffect => [.. _effects.Select(e => e.Key)];

    [Theory]
    [MemberData(nameof(KeysWithEffect))]
    public void A_key_reaches_what_runs(string key)
    {
        const string Nodes = "MFSHA_PEERS = 10.0.0.1,10.0.0.2,10.0.0.3\nMFSHA_NODE_ID = 1\n";
        var (_, other, effect) = _effects.Single(e => e.Key == key);
        Assert.NotEqual(effect(Read.Node(Nodes)), effect(Read.Node($"{Nodes}{key} = {other}")));
    }

    [Fact]
    public void No_key_is_forgotten()
    {
        IEnumerable<string> all = KeySection.All.Where(s => s != ChunkKeys.Section).SelectMany(s => s.Keys).Select(k => k.Name);
        Assert.Equal(all.Order(StringComparer.Ordinal), _effects.Select(e => e.Key).Concat(_ofTheProcess).Concat(_unused).Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("HA_SHARD_COUNT = 4")]
    public void Who_sets_a_key_that_does_not_do_everything_yet_is_told(string line) =>
        Assert.Contains(Read.File(line).Warnings, w => w.Contains(line.Split(' ')[0], StringComparison.Ordinal));

    [Fact]
    public void Defaults_of_the_file_are_those_of_the_state_machine() => Assert.Equal(Settings.Default, Namespace(Read.Node("")));

    private static ClusterHostOptions Cluster(NodeConfiguration node) => NodeHost.Options(node, IPAddress.Any);

    private static GatewaySettings Gateways(NodeConfiguration node) => NodeHost.Settings(node);

    private static Settings Namespace(NodeConfiguration node) => NamespaceSettings.From(node.FileSystem);
}
