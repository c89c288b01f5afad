using MfsHa.Metadata.Kernel;

namespace MfsHa.Metadata.State;

/// <summary>The state of one shard: its slice of the namespace (design.md 4). Table kinds are the storage format: never reused.</summary>
public sealed partial class NamespaceState : StateTables
{
    /// <summary>The global root directory.</summary>
    public const uint RootInode = 1;

    private const uint TheCounters = 0;
    private const uint TheSettings = 0;

    /// <summary>Opens the state of a shard.</summary>
    /// <param name="store">Its records.</param>
    /// <param name="group">Number of its group.</param>
    /// <param name="hotEntries">Decoded objects kept in memory per large table (HOT tier).</param>
    public NamespaceState(IOrderedStore store, ushort group, int hotEntries)
        : base(store, group)
    {
        Inodes = AddTable<uint, Inode, UInt32Key, MemoryPackValue<Inode>>(1, hotEntries, static k => k, part: UnitPart.Body);
        Entries = AddTable<(uint Directory, Name Name), DirectoryEntry, UInt32NameKey, MemoryPackValue<DirectoryEntry>>(2, hotEntries, static k => k.Directory, part: UnitPart.Entries, nameOf: static k => k.Name);
        Edges = AddTable<(uint Directory, ulong Edge), DirectoryEdge, UInt32UInt64Key, MemoryPackValue<DirectoryEdge>>(3, hotEntries / 8, static k => k.Directory, part: UnitPart.Entries);
        ExtraLinks = AddTable<(uint Inode, uint Parent, ulong Edge), Present, UInt32UInt32UInt64Key, MemoryPackValue<Present>>(4, hotEntries / 8, static k => k.Inode);
        Totals = AddTable<uint, SubtreeTotals, UInt32Key, MemoryPackValue<SubtreeTotals>>(5, hotEntries / 4, static k => k, lockable: false);
        ChunkPages = AddTable<(uint Inode, uint Page), ChunkPage, UInt32PairKey, MemoryPackValue<ChunkPage>>(6, hotEntries / 16, static k => k.Inode);
        Chunks = AddTable<ulong, Chunk, UInt64Key, MemoryPackValue<Chunk>>(7, hotEntries);
        OpenByInode = AddTable<uint, OpenSessions, UInt32Key, MemoryPackValue<OpenSessions>>(12, hotEntries / 2);
        OpenBySession = AddTable<(uint Session, uint Inode), Present, UInt32PairKey, MemoryPackValue<Present>>(13, 0);
        Detached = AddTable<uint, DetachedFile, UInt32Key, MemoryPackValue<DetachedFile>>(14, 1024);
        TrashExpiry = AddTable<(uint UnixSeconds, uint Inode), Present, UInt32PairKey, MemoryPackValue<Present>>(15, 0);
        AppendReservations = AddTable<uint, AppendReservation, UInt32Key, MemoryPackValue<AppendReservation>>(16, 1024);
        Freed = AddTable<(uint UnixSeconds, uint Inode), Present, UInt32PairKey, MemoryPackValue<Present>>(17, 0);
        Replies = AddTable<(uint Session, uint Message), RememberedReply, UInt32PairKey, MemoryPackValue<RememberedReply>>(ReplyKind, 16_384);
        Deliveries = AddTable<uint, SessionDeliveries, UInt32Key, MemoryPackValue<SessionDeliveries>>(50, 4096);
        CountersTable = AddTable<uint, Counters, UInt32Key, MemoryPackValue<Counters>>(19, 1);
        SettingsTable = AddTable<uint, Settings, UInt32Key, MemoryPackValue<Settings>>(21, 1);
        SustainedIdle = AddTable<(uint UnixSeconds, uint Inode), Present, UInt32PairKey, MemoryPackValue<Present>>(22, 0);
        RecycledInodes = AddTable<uint, InodeBatch, UInt32Key, MemoryPackValue<InodeBatch>>(23, 2);
        OrphanChunks = AddTable<ulong, Present, UInt64Key, MemoryPackValue<Present>>(20, 0);
        Acls = AddTable<(uint Inode, uint Type), PosixAcl, UInt32PairKey, MemoryPackValue<PosixAcl>>(30, hotEntries / 16, static k => k.Inode);
        AddContentTables(hotEntries);
        AddShardTables();
        OnReloaded();
    }

    /// <summary>Objects by number.</summary>
    public Table<uint, Inode, UInt32Key, MemoryPackValue<Inode>> Inodes { get; }

    /// <summary>Directory entries by name.</summary>
    public Table<(uint Directory, Name Name), DirectoryEntry, UInt32NameKey, MemoryPackValue<DirectoryEntry>> Entries { get; }

    /// <summary>Directory entries by edge id, in the order in which listings show them.</summary>
    public Table<(uint Directory, ulong Edge), DirectoryEdge, UInt32UInt64Key, MemoryPackValue<DirectoryEdge>> Edges { get; }

    /// <summary>Hard links beyond the first.</summary>
    public Table<(uint Inode, uint Parent, ulong Edge), Present, UInt32UInt32UInt64Key, MemoryPackValue<Present>> ExtraLinks { get; }

    /// <summary>Totals of directories' subtrees.</summary>
    public Table<uint, SubtreeTotals, UInt32Key, MemoryPackValue<SubtreeTotals>> Totals { get; }

    /// <summary>Chunk tables of files.</summary>
    public Table<(uint Inode, uint Page), ChunkPage, UInt32PairKey, MemoryPackValue<ChunkPage>> ChunkPages { get; }

    /// <summary>Chunks.</summary>
    public Table<ulong, Chunk, UInt64Key, MemoryPackValue<Chunk>> Chunks { get; }

    /// <summary>Who has an inode open.</summary>
    public Table<uint, OpenSessions, UInt32Key, MemoryPackValue<OpenSessions>> OpenByInode { get; }

    /// <summary>What a session has open.</summary>
    public Table<(uint Session, uint Inode), Present, UInt32PairKey, MemoryPackValue<Present>> OpenBySession { get; }

    /// <summary>Trash and sustained files.</summary>
    public Table<uint, DetachedFile, UInt32Key, MemoryPackValue<DetachedFile>> Detached { get; }

    /// <summary>Trash files by the time at which they may be removed at the earliest.</summary>
    public Table<(uint UnixSeconds, uint Inode), Present, UInt32PairKey, MemoryPackValue<Present>> TrashExpiry { get; }

    /// <summary>Virtual ends of files that are being appended to.</summary>
    public Table<uint, AppendReservation, UInt32Key, MemoryPackValue<AppendReservation>> AppendReservations { get; }

    /// <summary>Inode numbers by the time at which they were freed.</summary>
    public Table<(uint UnixSeconds, uint Inode), Present, UInt32PairKey, MemoryPackValue<Present>> Freed { get; }

    /// <summary>Sustained files that nobody has open, by the time since when.</summary>
    public Table<(uint UnixSeconds, uint Inode), Present, UInt32PairKey, MemoryPackValue<Present>> SustainedIdle { get; }

    /// <summary>Numbers that have rested long enough, in batches numbered in the order of their making.</summary>
    public Table<uint, InodeBatch, UInt32Key, MemoryPackValue<InodeBatch>> RecycledInodes { get; }

    /// <summary>Remembered answers.</summary>
    public Table<(uint Session, uint Message), RememberedReply, UInt32PairKey, MemoryPackValue<RememberedReply>> Replies { get; }

    /// <summary>Which answers have reached the sessions' clients.</summary>
    public Table<uint, SessionDeliveries, UInt32Key, MemoryPackValue<SessionDeliveries>> Deliveries { get; }

    /// <summary>Chunks without references: their copies wait to be deleted by the chunk supervisor.</summary>
    public Table<ulong, Present, UInt64Key, MemoryPackValue<Present>> OrphanChunks { get; }

    /// <summary>POSIX ACLs by (inode, <see cref="AclType"/>); <see cref="Inode.HasAccessAcl"/> and <see cref="Inode.HasDefaultAcl"/> say whether to look.</summary>
    public Table<(uint Inode, uint Type), PosixAcl, UInt32PairKey, MemoryPackValue<PosixAcl>> Acls { get; }

    /// <summary>Allocators and totals.</summary>
    public Counters Counters
    {
        get => CountersTable.Get(TheCounters) ?? FirstCounters();
        set => CountersTable.Set(TheCounters, value);
    }

    /// <summary>Options of the commands.</summary>
    public Settings Settings
    {
        get => SettingsTable.Get(TheSettings) ?? Settings.Default;
        set => SettingsTable.Set(TheSettings, value);
    }

    /// <summary>Notes that the answers to all requests of a session's connection with numbers below <paramref name="below"/> have reached the client.</summary>
    public void NoteDelivery(uint session, uint epoch, uint below)
    {
        var known = Deliveries.Get(session) ?? SessionDeliveries.None;
        var now = known.With(epoch, below);
        if (!ReferenceEquals(known, now))
        {
            Deliveries.Set(session, now);
        }
    }

    private Table<uint, Counters, UInt32Key, MemoryPackValue<Counters>> CountersTable { get; }

    private Table<uint, Settings, UInt32Key, MemoryPackValue<Settings>> SettingsTable { get; }
}

/// <summary>The virtual end of a file under O_APPEND (client-protocol 4.5).</summary>
[MemoryPack.MemoryPackable]
public sealed partial record AppendReservation(ulong End);
