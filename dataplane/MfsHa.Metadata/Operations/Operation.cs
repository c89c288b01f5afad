using MemoryPack;
using MfsHa.Metadata.State;
using MfsHa.Protocol;

namespace MfsHa.Metadata.Operations;

/// <summary>
/// Something that a shard is asked to do: a <see cref="Command"/> changes state through the log, a <see cref="Query"/> reads at the leader.
/// The union's tags are the wire and log format: never reused (1..99 namespace, 100..199 content). Adding an operation touches its own
/// file and this list.
/// </summary>
[MemoryPackable]
[MemoryPackUnion(1, typeof(Namespace.GetAttributes))]
[MemoryPackUnion(2, typeof(Namespace.MakeDirectory))]
[MemoryPackUnion(3, typeof(Namespace.Lookup))]
[MemoryPackUnion(4, typeof(Namespace.LookupPath))]
[MemoryPackUnion(5, typeof(Namespace.CheckAccess))]
[MemoryPackUnion(6, typeof(Namespace.ReadLink))]
[MemoryPackUnion(7, typeof(Namespace.ReadDirectory))]
[MemoryPackUnion(8, typeof(Namespace.GetFileSystemStatus))]
[MemoryPackUnion(9, typeof(Namespace.MakeSymlink))]
[MemoryPackUnion(10, typeof(Namespace.MakeNode))]
[MemoryPackUnion(11, typeof(Namespace.CreateFile))]
[MemoryPackUnion(12, typeof(Namespace.OpenFile))]
[MemoryPackUnion(13, typeof(Namespace.RemoveFile))]
[MemoryPackUnion(14, typeof(Namespace.RemoveDirectory))]
[MemoryPackUnion(15, typeof(Namespace.Rename))]
[MemoryPackUnion(16, typeof(Namespace.MakeLink))]
[MemoryPackUnion(17, typeof(Namespace.SetAttributes))]
[MemoryPackUnion(18, typeof(Namespace.SetLength))]
[MemoryPackUnion(19, typeof(Namespace.UpdateTimes))]
[MemoryPackUnion(20, typeof(Namespace.SyncOpenFiles))]
[MemoryPackUnion(21, typeof(Namespace.ReleaseSession))]
[MemoryPackUnion(22, typeof(Namespace.ExpireTrash))]
[MemoryPackUnion(23, typeof(Namespace.RemoveSustained))]
[MemoryPackUnion(24, typeof(Namespace.RecycleInodes))]
[MemoryPackUnion(25, typeof(Namespace.FormatNamespace))]
[MemoryPackUnion(99, typeof(MarkConsistencyPoint))]
[MemoryPackUnion(26, typeof(Namespace.ConfigureNamespace))]
[MemoryPackUnion(27, typeof(Namespace.ResolveRoot))]
[MemoryPackUnion(28, typeof(Namespace.GetParents))]
[MemoryPackUnion(29, typeof(Namespace.GetPaths))]
[MemoryPackUnion(30, typeof(Namespace.GetDirectoryTotals))]
[MemoryPackUnion(31, typeof(Namespace.ListOpenFiles))]
[MemoryPackUnion(32, typeof(Namespace.GetOpenSessions))]
[MemoryPackUnion(33, typeof(Namespace.GetSummary))]
[MemoryPackUnion(34, typeof(Namespace.ListSessions))]
[MemoryPackUnion(36, typeof(Namespace.TouchAccessTime))]
[MemoryPackUnion(40, typeof(NoteDelivery))]
[MemoryPackUnion(100, typeof(Chunks.BeginWrite))]
[MemoryPackUnion(101, typeof(Chunks.EndWrite))]
[MemoryPackUnion(102, typeof(Chunks.AbandonWrite))]
[MemoryPackUnion(104, typeof(Chunks.BeginTruncate))]
[MemoryPackUnion(105, typeof(Chunks.EndTruncate))]
[MemoryPackUnion(106, typeof(Chunks.SetChunkVersion))]
[MemoryPackUnion(107, typeof(Chunks.UnlockChunk))]
[MemoryPackUnion(108, typeof(Chunks.AdoptUnknownChunks))]
[MemoryPackUnion(109, typeof(Chunks.ForgetChunks))]
[MemoryPackUnion(110, typeof(Chunks.ReadChunk))]
[MemoryPackUnion(111, typeof(Chunks.ChunkOfFile))]
[MemoryPackUnion(112, typeof(Chunks.LookUpChunks))]
[MemoryPackUnion(113, typeof(Chunks.ListChunks))]
[MemoryPackUnion(114, typeof(Chunks.ListOrphanChunks))]
[MemoryPackUnion(116, typeof(Chunks.AppendSlice))]
[MemoryPackUnion(117, typeof(Chunks.MakeSnapshot))]
[MemoryPackUnion(118, typeof(Chunks.RemoveSnapshot))]
[MemoryPackUnion(119, typeof(Chunks.FindRemoval))]
[MemoryPackUnion(120, typeof(ExtendedAttributes.GetXattr))]
[MemoryPackUnion(121, typeof(ExtendedAttributes.SetXattr))]
[MemoryPackUnion(122, typeof(Acls.GetAcl))]
[MemoryPackUnion(123, typeof(Acls.SetAcl))]
[MemoryPackUnion(125, typeof(Locks.Flock))]
[MemoryPackUnion(126, typeof(Locks.PosixLock))]
[MemoryPackUnion(127, typeof(Locks.GetPosixLock))]
[MemoryPackUnion(128, typeof(Locks.ListLocks))]
[MemoryPackUnion(130, typeof(Quotas.GetQuota))]
[MemoryPackUnion(131, typeof(Quotas.SetQuota))]
[MemoryPackUnion(132, typeof(Quotas.CheckQuotas))]
[MemoryPackUnion(133, typeof(Quotas.ListQuotas))]
[MemoryPackUnion(140, typeof(StorageClasses.GetStorageClasses))]
[MemoryPackUnion(141, typeof(StorageClasses.SetStorageClass))]
[MemoryPackUnion(142, typeof(StorageClasses.ListStorageClasses))]
[MemoryPackUnion(143, typeof(StorageClasses.FindStorageClass))]
[MemoryPackUnion(144, typeof(StorageClasses.CreateStorageClass))]
[MemoryPackUnion(145, typeof(StorageClasses.ChangeStorageClass))]
[MemoryPackUnion(146, typeof(StorageClasses.DeleteStorageClass))]
[MemoryPackUnion(147, typeof(StorageClasses.DuplicateStorageClass))]
[MemoryPackUnion(148, typeof(StorageClasses.RenameStorageClass))]
[MemoryPackUnion(149, typeof(Patterns.ListPatterns))]
[MemoryPackUnion(170, typeof(Patterns.AddPattern))]
[MemoryPackUnion(171, typeof(Patterns.DeletePattern))]
[MemoryPackUnion(150, typeof(Trash.GetTrashRetention))]
[MemoryPackUnion(151, typeof(Trash.SetTrashRetention))]
[MemoryPackUnion(152, typeof(ExtendedAttributes.GetExtraAttributes))]
[MemoryPackUnion(153, typeof(ExtendedAttributes.SetExtraAttributes))]
[MemoryPackUnion(154, typeof(Chunks.GetArchive))]
[MemoryPackUnion(155, typeof(Chunks.SetArchive))]
[MemoryPackUnion(156, typeof(Chunks.ListFileChunks))]
[MemoryPackUnion(157, typeof(Chunks.GetNodeInfo))]
[MemoryPackUnion(158, typeof(Chunks.RepairChunk))]
[MemoryPackUnion(160, typeof(Trash.ListDetached))]
[MemoryPackUnion(161, typeof(Trash.GetDetachedAttributes))]
[MemoryPackUnion(162, typeof(Trash.GetTrashPath))]
[MemoryPackUnion(163, typeof(Trash.SetTrashPath))]
[MemoryPackUnion(164, typeof(Trash.PurgeTrash))]
[MemoryPackUnion(165, typeof(Trash.RemoveFromTrash))]
[MemoryPackUnion(166, typeof(Trash.UndeleteFile))]
[MemoryPackUnion(167, typeof(Trash.RecoverFromTrash))]
[MemoryPackUnion(180, typeof(Chunks.CondemnChunks))]
[MemoryPackUnion(181, typeof(Chunks.CondemnCopies))]
[MemoryPackUnion(182, typeof(Chunks.ForgetCopies))]
[MemoryPackUnion(190, typeof(Chunks.ReleaseDeletions))]
[MemoryPackUnion(191, typeof(Chunks.CheckDeletions))]
[MemoryPackUnion(192, typeof(MarkCut))]
[MemoryPackUnion(193, typeof(Recovery.StepOverLost))]
[MemoryPackUnion(70, typeof(Sharding.FormatShard))]
[MemoryPackUnion(71, typeof(Sharding.PrepareTransaction))]
[MemoryPackUnion(72, typeof(Sharding.DecideTransaction))]
[MemoryPackUnion(73, typeof(Sharding.FinishTransaction))]
[MemoryPackUnion(74, typeof(Sharding.ResolveTransaction))]
[MemoryPackUnion(75, typeof(Sharding.ForgetTransactions))]
[MemoryPackUnion(76, typeof(Sharding.FindDecisions))]
[MemoryPackUnion(77, typeof(Sharding.FetchRecords))]
[MemoryPackUnion(78, typeof(Sharding.TakeTotals))]
[MemoryPackUnion(79, typeof(Sharding.TotalsReported))]
[MemoryPackUnion(82, typeof(Sharding.FindFirstCopy))]
[MemoryPackUnion(83, typeof(Sharding.FindThreadProgress))]
[MemoryPackUnion(84, typeof(Quotas.GetQuotaBoard))]
[MemoryPackUnion(85, typeof(Quotas.TakeQuotaBoard))]
[MemoryPackUnion(86, typeof(Quotas.GetQuotaChains))]
[MemoryPackUnion(87, typeof(Quotas.TakeQuotaChains))]
[MemoryPackUnion(88, typeof(Quotas.GetKnownQuotaChains))]
[MemoryPackUnion(89, typeof(Sharding.ReturnLoans))]
[MemoryPackUnion(90, typeof(Sharding.TakeLoanNews))]
[MemoryPackUnion(91, typeof(Sharding.LoanNewsTold))]
[MemoryPackUnion(80, typeof(Namespace.GetFullPath))]
[MemoryPackUnion(81, typeof(Namespace.GetLevel))]
public abstract partial record Operation
{
    /// <summary>
    /// True for operations that do not go beyond the shard they are sent to, although they might have to (walks through whole subtrees): there they are refused.
    /// </summary>
    [MemoryPackIgnore]
    public virtual bool StaysInShard => false;

    /// <summary>The inode that decides which shard the operation goes to.</summary>
    [MemoryPackIgnore]
    public abstract uint RoutingInode { get; }
}

/// <summary>A deterministic change. First checks, then effects: a command that fails has changed nothing.</summary>
public abstract record Command : Operation
{
    /// <summary>Which client request this is; null for the cluster's own commands.</summary>
    public RequestStamp? Stamp { get; init; }

    /// <summary>The first format level at which it may be in a log.</summary>
    [MemoryPackIgnore]
    public virtual byte Since => 1;

    /// <summary>The same command as it is written at a format level. One whose form has changed says here since when.</summary>
    public virtual Command At(byte level) => this;

    /// <summary>True for commands whose <see cref="AnswerWithoutChange"/> is worth asking.</summary>
    [MemoryPackIgnore]
    public virtual bool MayChangeNothing => false;

    /// <summary>
    /// The answer if it can be given without changing anything, null if the command must go through the log.
    /// The leader asks first, under a read barrier, so that repeated no-changes cost no log entry.
    /// </summary>
    public virtual Reply? AnswerWithoutChange(NamespaceState state, in OperationContext context) => null;

    /// <summary>
    /// Asked before a success is answered from memory on a later connection: true while the state is as that answer says. When it is not, an equal request is
    /// taken for a new one, because a success that is not true would lose a change.
    /// </summary>
    /// <param name="state">The state.</param>
    /// <param name="first">The first answer, a success.</param>
    public virtual bool StillHolds(NamespaceState state, Reply first) => true;

    /// <summary>Paths that the leader has found out for the command; null if none.</summary>
    [MemoryPackIgnore]
    public virtual IReadOnlyList<Sharding.OuterPath>? KnownPaths => null;

    /// <summary>The same command with paths of directories that it cannot see where it runs.</summary>
    public virtual Command WithPaths(IReadOnlyList<Sharding.OuterPath> paths) => this;

    /// <summary>Checks and applies the change. Depends on nothing but the state, the command and the context.</summary>
    public abstract Reply Execute(NamespaceState state, in OperationContext context);
}

/// <summary>A read.</summary>
public abstract record Query : Operation
{
    /// <summary>Answers from the state; changes nothing.</summary>
    public abstract Reply Execute(NamespaceState state, in OperationContext context);
}

/// <summary>What an operation may know beside the state.</summary>
/// <param name="Now">The entry's time (commands) or the leader's (queries), Unix seconds; within a shard it never goes back.</param>
/// <param name="Level">The format level that is in force: a command does what it did at that level, on all replicas alike.</param>
public readonly record struct OperationContext(uint Now, byte Level = 1);

/// <summary>Identifies one request of a client so that a repetition gets the first answer (design.md 8).</summary>
/// <param name="Session">Session id.</param>
/// <param name="Message">The client's message id: one per client thread, reused.</param>
/// <param name="Request">Grows with every request of the session: (connection epoch of the session) &lt;&lt; 32 | number on the connection.</param>
/// <param name="Digest">Hash of the request's bytes.</param>
/// <param name="MayRepeat">
/// True when the request may be one that the client repeats from an earlier connection: the first of its message id, and soon after a reconnect.
/// </param>
/// <param name="AnsweredBelow">The answers to all requests of this connection with numbers below this have reached the client; 0 = nothing is known.</param>
/// <param name="NotBefore">
/// What is repeated is not older than this request: other shards have seen the client thread that far (<see cref="Sharding.FindThreadProgress"/>). 0 = nothing is known.
/// </param>
[MemoryPackable]
public sealed partial record RequestStamp(uint Session, uint Message, ulong Request, ulong Digest, bool MayRepeat, uint AnsweredBelow = 0, ulong NotBefore = 0);

/// <summary>On whose behalf an operation runs; mapped by the session's export (client-protocol 3.1).</summary>
[MemoryPackable]
public sealed partial record Caller
{
    /// <summary>Session id; 0 for the cluster's own operations.</summary>
    public required uint Session { get; init; }

    /// <summary>Effective user after maproot and mapall.</summary>
    public required uint Uid { get; init; }

    /// <summary>Groups, the primary one first, after mapping; never empty.</summary>
    public required uint[] Gids { get; init; }

    /// <summary>User as the client sent it, for the owner shown under mapall.</summary>
    public required uint OriginalUid { get; init; }

    /// <summary>Group as the client sent it.</summary>
    public required uint OriginalGid { get; init; }

    /// <summary>Inode that the session's root is; clients call it 1. 0 for meta sessions.</summary>
    public required uint RootInode { get; init; }

    /// <summary>Session flags (client-protocol 5.4: sesflags).</summary>
    public required SessionFlags SessionFlags { get; init; }

    /// <summary>Umask that the export adds.</summary>
    public ushort Umask { get; init; }

    /// <summary>Operations that the export forbids (client-protocol 5.4: disables).</summary>
    public DisabledOperations Disables { get; init; }

    /// <summary>True for clients that know open flags (cver >= 3.0.113, >= 4.22).</summary>
    public bool KnowsFlags { get; init; } = true;

    /// <summary>The real number of what the session calls <paramref name="inode"/>.</summary>
    public uint Real(uint inode) => inode == 1 && RootInode != 0 ? RootInode : inode;

    /// <summary>True when the session has this flag.</summary>
    public bool Has(SessionFlags flag) => (SessionFlags & flag) != 0;

    /// <summary>True when the export forbids at least one of these operations.</summary>
    public bool MayNot(DisabledOperations any) => (Disables & any) != 0;

    /// <summary>True when the group is one of the caller's.</summary>
    public bool IsInGroup(uint gid) => Gids.AsSpan().Contains(gid);
}
