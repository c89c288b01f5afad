using MfsHa.Metadata.Kernel;

namespace MfsHa.Metadata.SystemGroup;

/// <summary>The state of the system group: what is cluster-wide and rarely changes (design.md 5). Table kinds are the storage format: never reused.</summary>
public sealed class SystemState : StateTables
{
    /// <summary>Number of the system group.</summary>
    public const ushort SystemGroupNumber = 0;

    private const uint TheOnly = 0;
    private const int HotSessions = 65_536;
    private const int HotServers = 8192;

    /// <summary>Opens the state.</summary>
    public SystemState(IOrderedStore store)
        : base(store, SystemGroupNumber)
    {
        ClusterTable = AddTable<uint, ClusterRecord, UInt32Key, MemoryPackValue<ClusterRecord>>(1, 1);
        Nodes = AddTable<uint, NodeRecord, UInt32Key, MemoryPackValue<NodeRecord>>(2, 256);
        Sessions = AddTable<uint, SessionRecord, UInt32Key, MemoryPackValue<SessionRecord>>(3, HotSessions);
        ChunkServers = AddTable<uint, ChunkServerRecord, UInt32Key, MemoryPackValue<ChunkServerRecord>>(4, HotServers);
        ChunkServersByAddress = AddTable<(uint Address, uint Port), ChunkServerId, UInt32PairKey, MemoryPackValue<ChunkServerId>>(5, HotServers);
        ExportsTable = AddTable<uint, ExportsRecord, UInt32Key, MemoryPackValue<ExportsRecord>>(6, 1);
        Options = AddTable<(uint Zero, Name Name), Option, UInt32NameKey, MemoryPackValue<Option>>(7, 1024);
        Leases = AddTable<(uint Kind, ulong First), IdLease, UInt32UInt64Key, MemoryPackValue<IdLease>>(8, 1024);
        Placements = AddTable<uint, PlacementRecord, UInt32Key, MemoryPackValue<PlacementRecord>>(9, 64);
        Answers = AddTable<ulong, RememberedAnswer, UInt64Key, MemoryPackValue<RememberedAnswer>>(10, 1024);
        AnswerOrder = AddTable<ulong, AnswerPlace, UInt64Key, MemoryPackValue<AnswerPlace>>(11, 64);
        FormatTable = AddTable<uint, ClusterFormat, UInt32Key, MemoryPackValue<ClusterFormat>>(12, 1);
        ForcedPlacements = AddTable<uint, ForcedPlacement, UInt32Key, MemoryPackValue<ForcedPlacement>>(14, 64);
        NodeFormats = AddTable<uint, NodeFormats, UInt32Key, MemoryPackValue<NodeFormats>>(13, 256);
    }

    /// <summary>Nodes by number, removed ones included.</summary>
    public Table<uint, NodeRecord, UInt32Key, MemoryPackValue<NodeRecord>> Nodes { get; }

    /// <summary>Client sessions by id.</summary>
    public Table<uint, SessionRecord, UInt32Key, MemoryPackValue<SessionRecord>> Sessions { get; }

    /// <summary>Known chunkservers by id.</summary>
    public Table<uint, ChunkServerRecord, UInt32Key, MemoryPackValue<ChunkServerRecord>> ChunkServers { get; }

    /// <summary>Ids of chunkservers by data address.</summary>
    public Table<(uint Address, uint Port), ChunkServerId, UInt32PairKey, MemoryPackValue<ChunkServerId>> ChunkServersByAddress { get; }

    /// <summary>Dynamic configuration by name.</summary>
    public Table<(uint Zero, Name Name), Option, UInt32NameKey, MemoryPackValue<Option>> Options { get; }

    /// <summary>Which shard may use which ids, by kind of id and first id.</summary>
    public Table<(uint Kind, ulong First), IdLease, UInt32UInt64Key, MemoryPackValue<IdLease>> Leases { get; }

    /// <summary>Where replicas are, by shard.</summary>
    public Table<uint, PlacementRecord, UInt32Key, MemoryPackValue<PlacementRecord>> Placements { get; }

    /// <summary>The cluster; null before it was formed.</summary>
    public ClusterRecord? Cluster
    {
        get => ClusterTable.Get(TheOnly);
        internal set => ClusterTable.Set(TheOnly, value!);
    }

    /// <summary>Placements that a person has insisted on, by shard; void when the placement has another epoch.</summary>
    public Table<uint, ForcedPlacement, UInt32Key, MemoryPackValue<ForcedPlacement>> ForcedPlacements { get; }

    /// <summary>The format levels that nodes have announced, by number.</summary>
    public Table<uint, NodeFormats, UInt32Key, MemoryPackValue<NodeFormats>> NodeFormats { get; }

    /// <summary>The cluster's format level.</summary>
    public byte FormatLevel
    {
        get => (FormatTable.Get(TheOnly) ?? ClusterFormat.First).Level;
        internal set => FormatTable.Set(TheOnly, new ClusterFormat(value));
    }

    /// <summary>The exports in force.</summary>
    public ExportsRecord Exports
    {
        get => ExportsTable.Get(TheOnly) ?? ExportsRecord.None;
        internal set => ExportsTable.Set(TheOnly, value);
    }

    /// <summary>Answers to commands with a token.</summary>
    internal Table<ulong, RememberedAnswer, UInt64Key, MemoryPackValue<RememberedAnswer>> Answers { get; }

    /// <summary>Tokens in the order in which they came.</summary>
    internal Table<ulong, AnswerPlace, UInt64Key, MemoryPackValue<AnswerPlace>> AnswerOrder { get; }

    private Table<uint, ClusterFormat, UInt32Key, MemoryPackValue<ClusterFormat>> FormatTable { get; }

    private Table<uint, ClusterRecord, UInt32Key, MemoryPackValue<ClusterRecord>> ClusterTable { get; }

    private Table<uint, ExportsRecord, UInt32Key, MemoryPackValue<ExportsRecord>> ExportsTable { get; }

    /// <summary>What a node has announced with this data directory; null for nothing.</summary>
    internal NodeFormats? FormatsOf(ushort node, uint incarnation) => NodeFormats.Get(node) is { } formats && formats.Incarnation == incarnation ? formats : null;

    /// <summary>The cluster's record; commands that need it come only after <see cref="FormCluster"/>.</summary>
    internal ClusterRecord RequireCluster() => Cluster ?? throw new InvariantException("the cluster was not formed yet");

    /// <summary>All values of a table, in order.</summary>
    internal static TValue[] Values<TKey, TValue>(IEnumerable<KeyValuePair<TKey, TValue>> records) => [.. records.Select(static r => r.Value)];
}
