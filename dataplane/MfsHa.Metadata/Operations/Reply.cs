using MemoryPack;
using MfsHa.Protocol;

namespace MfsHa.Metadata.Operations;

/// <summary>The answer to an operation. Tags are the wire format between nodes: never reused (1..99 namespace, 100..199 content).</summary>
[MemoryPackable]
[MemoryPackUnion(1, typeof(StatusReply))]
[MemoryPackUnion(2, typeof(NodeReply))]
[MemoryPackUnion(3, typeof(LookupReply))]
[MemoryPackUnion(4, typeof(PathReply))]
[MemoryPackUnion(5, typeof(TargetReply))]
[MemoryPackUnion(6, typeof(DirectoryReply))]
[MemoryPackUnion(7, typeof(FileSystemReply))]
[MemoryPackUnion(8, typeof(OpenReply))]
[MemoryPackUnion(9, typeof(InodeReply))]
[MemoryPackUnion(10, typeof(LengthReply))]
[MemoryPackUnion(11, typeof(CountReply))]
[MemoryPackUnion(12, typeof(InodesReply))]
[MemoryPackUnion(13, typeof(PathsReply))]
[MemoryPackUnion(14, typeof(TotalsReply))]
[MemoryPackUnion(15, typeof(OpenFilesReply))]
[MemoryPackUnion(16, typeof(SessionsReply))]
[MemoryPackUnion(17, typeof(SummaryReply))]
[MemoryPackUnion(100, typeof(Chunks.ChunkWorkReply))]
[MemoryPackUnion(101, typeof(Chunks.WriteEndedReply))]
[MemoryPackUnion(102, typeof(Chunks.ChunkReply))]
[MemoryPackUnion(103, typeof(Chunks.ChunksReply))]
[MemoryPackUnion(105, typeof(Chunks.FileLengthReply))]
[MemoryPackUnion(110, typeof(ExtendedAttributes.XattrReply))]
[MemoryPackUnion(111, typeof(Acls.AclReply))]
[MemoryPackUnion(115, typeof(Locks.LockReply))]
[MemoryPackUnion(116, typeof(Locks.ConflictReply))]
[MemoryPackUnion(117, typeof(Locks.LocksReply))]
[MemoryPackUnion(120, typeof(Quotas.QuotaReply))]
[MemoryPackUnion(121, typeof(Quotas.QuotasReply))]
[MemoryPackUnion(130, typeof(ChangeCountsReply))]
[MemoryPackUnion(131, typeof(ValueCountsReply))]
[MemoryPackUnion(132, typeof(StorageClasses.StorageClassesReply))]
[MemoryPackUnion(138, typeof(Patterns.PatternsReply))]
[MemoryPackUnion(133, typeof(Chunks.FileChunksReply))]
[MemoryPackUnion(134, typeof(Chunks.NodeInfoReply))]
[MemoryPackUnion(135, typeof(Chunks.ArchiveReply))]
[MemoryPackUnion(136, typeof(Trash.DetachedReply))]
[MemoryPackUnion(137, typeof(Trash.TrashPathReply))]
[MemoryPackUnion(20, typeof(Sharding.HeldReply))]
[MemoryPackUnion(21, typeof(Sharding.ElsewhereReply))]
[MemoryPackUnion(22, typeof(Sharding.PreparedReply))]
[MemoryPackUnion(23, typeof(Sharding.DecisionReply))]
[MemoryPackUnion(24, typeof(Sharding.OutcomeReply))]
[MemoryPackUnion(25, typeof(Sharding.TransactionIdsReply))]
[MemoryPackUnion(26, typeof(Sharding.RecordsReply))]
[MemoryPackUnion(27, typeof(Sharding.RequestReply))]
public abstract partial record Reply
{
    /// <summary>Outcome; everything but <see cref="StatusCode.Ok"/> means that nothing changed.</summary>
    [MemoryPackIgnore]
    public virtual StatusCode Status => StatusCode.Ok;
}
