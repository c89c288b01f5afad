using MemoryPack;
using MfsHa.Metadata.Kernel;
using MfsHa.Metadata.Operations;
using MfsHa.Metadata.State;
using MfsHa.Protocol;

namespace MfsHa.Metadata.Sharding;

/// <summary>
/// What a transaction does in another shard beyond writing the records that it holds: things that commute with what others do there (counters,
/// totals) or are that shard's own affair (where the remains of a removed file go).
/// </summary>
[MemoryPackable]
[MemoryPackUnion(1, typeof(CountNewObject))]
[MemoryPackUnion(2, typeof(DropObject))]
[MemoryPackUnion(3, typeof(CountEntry))]
[MemoryPackUnion(4, typeof(UncountEntry))]
[MemoryPackUnion(5, typeof(ReportTotalsSoon))]
[MemoryPackUnion(6, typeof(GiveStorageClass))]
[MemoryPackUnion(7, typeof(DoHere))]
[MemoryPackUnion(8, typeof(ShareChunks))]
[MemoryPackUnion(9, typeof(ChangeLengthAbove))]
[MemoryPackUnion(10, typeof(RememberAnswer))]
[MemoryPackUnion(11, typeof(LendChunk))]
[MemoryPackUnion(12, typeof(ChangeLentChunk))]
[MemoryPackUnion(13, typeof(ChangeEntries))]
public abstract partial record ShardAction
{
    /// <summary>Executes it in the shard that owns what it names.</summary>
    public abstract void Execute(NamespaceState state, uint now);
}

/// <summary>The counters of the shard take in an object that was written.</summary>
[MemoryPackable]
public sealed partial record CountNewObject(uint Number) : ShardAction
{
    /// <inheritdoc/>
    public override void Execute(NamespaceState state, uint now) => state.CountNewObject(Number);
}

/// <summary>An object has lost its last entry: it goes to the trash, is kept while it is open, or is removed.</summary>
/// <param name="Number">The object.</param>
/// <param name="Path">Its last path.</param>
[MemoryPackable]
public sealed partial record DropObject(uint Number, byte[] Path) : ShardAction
{
    /// <inheritdoc/>
    public override void Execute(NamespaceState state, uint now) => state.DropObject(Number, Path, now);
}

/// <summary>A directory's totals take in an entry.</summary>
/// <param name="Directory">The directory; belongs to the shard.</param>
/// <param name="Number">What the entry names; may belong to another shard.</param>
/// <param name="Edge">Edge id of the entry.</param>
/// <param name="Reported">What the object counts for as far as the coordinator knows; replaced by its shard's reports.</param>
[MemoryPackable]
public sealed partial record CountEntry(uint Directory, uint Number, ulong Edge, TotalsReport Reported) : ShardAction
{
    /// <inheritdoc/>
    public override void Execute(NamespaceState state, uint now) => state.CountEntry(Directory, Number, Edge, Reported);
}

/// <summary>A directory has got and lost entries, whose records are written beside this: its counts and times follow.</summary>
/// <param name="Directory">The directory.</param>
/// <param name="Entries">How many more it has.</param>
/// <param name="Directories">How many of these are directories.</param>
/// <param name="Time">When it was decided, Unix seconds of the coordinator's clock.</param>
[MemoryPackable]
public sealed partial record ChangeEntries(uint Directory, int Entries, int Directories, uint Time) : ShardAction
{
    /// <inheritdoc/>
    public override void Execute(NamespaceState state, uint now) => state.TakeEntryChange(this, now);
}

/// <summary>A directory's totals give up an entry.</summary>
[MemoryPackable]
public sealed partial record UncountEntry(uint Directory, uint Number, ulong Edge) : ShardAction
{
    /// <inheritdoc/>
    public override void Execute(NamespaceState state, uint now) => state.UncountEntry(Directory, Number, Edge);
}

/// <summary>An object of the shard has got an entry in a directory of another one, which must hear what it counts for.</summary>
[MemoryPackable]
public sealed partial record ReportTotalsSoon(uint Number) : ShardAction
{
    /// <inheritdoc/>
    public override void Execute(NamespaceState state, uint now) => state.ReportTotalsSoon(Number);
}

/// <summary>An object gets another storage class; what refers to it follows.</summary>
[MemoryPackable]
public sealed partial record GiveStorageClass(uint Number, byte StorageClass) : ShardAction
{
    /// <inheritdoc/>
    public override void Execute(NamespaceState state, uint now) => state.ChangeStorageClass(Number, state.Inodes.Require(Number), StorageClass);
}

/// <summary>The shard does what all shards do; it has said before that it can, and has held what that depends on since.</summary>
/// <param name="Command">An <see cref="EverywhereCommand"/>.</param>
[MemoryPackable]
public sealed partial record DoHere(Operation Command) : ShardAction
{
    /// <inheritdoc/>
    public override void Execute(NamespaceState state, uint now)
    {
        var reply = ((EverywhereCommand)Command).ExecuteHere(state, new OperationContext(now));
        if (reply.Status != StatusCode.Ok)
        {
            throw new InvariantException($"{Command.GetType().Name} was promised and answers {reply.Status}");
        }
    }
}

/// <summary>The chunks of a new file get their references: it was written with chunks of another file of the shard.</summary>
[MemoryPackable]
public sealed partial record ShareChunks(uint Number) : ShardAction
{
    /// <inheritdoc/>
    public override void Execute(NamespaceState state, uint now) => state.ShareChunks(Number);
}

/// <summary>The totals above an object take in a change of its length.</summary>
/// <param name="Number">The object.</param>
/// <param name="Length">Bytes, may be negative.</param>
[MemoryPackable]
public sealed partial record ChangeLengthAbove(uint Number, long Length) : ShardAction
{
    /// <inheritdoc/>
    public override void Execute(NamespaceState state, uint now) =>
        state.AdjustTotalsOfParents(Number, state.Inodes.Require(Number), new TotalsChange(0, Length: Length));
}

/// <summary>A shard that a client asks, but that has handed the request over, remembers the answer, too.</summary>
/// <param name="Stamp">The request.</param>
/// <param name="Reply">The serialised reply.</param>
[MemoryPackable]
public sealed partial record RememberAnswer(RequestStamp Stamp, byte[] Reply) : ShardAction
{
    /// <inheritdoc/>
    public override void Execute(NamespaceState state, uint now)
    {
        if (state.Replies.Get((Stamp.Session, Stamp.Message)) is not { } last || last.Request < Stamp.Request)
        {
            state.Replies.Set((Stamp.Session, Stamp.Message), new RememberedReply(Stamp.Request, Stamp.Digest, Reply));
        }
    }
}

/// <summary>Another shard borrows a chunk: it counts as one reference until it is given back.</summary>
/// <param name="Chunk">A chunk of the shard.</param>
/// <param name="Borrower">The other shard.</param>
/// <param name="Number"><see cref="LoanNews.Number"/> of the loan.</param>
/// <param name="StorageClass">Class of the file that refers to it.</param>
[MemoryPackable]
public sealed partial record LendChunk(ulong Chunk, ushort Borrower, ulong Number, byte StorageClass) : ShardAction
{
    /// <inheritdoc/>
    public override void Execute(NamespaceState state, uint now) => state.Lend(Chunk, Borrower, Number, StorageClass);
}

/// <summary>Something was done to a chunk by way of a file in another shard, which has borrowed it.</summary>
/// <param name="Chunk">A chunk of the shard.</param>
/// <param name="Repaired">Its version, unless it has changed meanwhile; null leaves it.</param>
/// <param name="Archived">Whether it is archived; null leaves that.</param>
[MemoryPackable]
public sealed partial record ChangeLentChunk(ulong Chunk, RepairedVersion? Repaired, bool? Archived) : ShardAction
{
    /// <inheritdoc/>
    public override void Execute(NamespaceState state, uint now)
    {
        if (state.Chunks.Get(Chunk) is not { } record)
        {
            return;
        }

        if (Repaired is { } repaired && record.Version == repaired.Seen && !record.IsLocked(now))
        {
            state.SetRepairedVersion(Chunk, record, repaired.Version);
        }

        if (Archived is { } archived && record.Archived != archived)
        {
            state.SetArchived(Chunk, state.Chunks.Require(Chunk), archived);
        }
    }
}

/// <summary>The version that a repaired chunk gets.</summary>
/// <param name="Seen">Its version as it was seen.</param>
/// <param name="Version">Its new version.</param>
[MemoryPackable]
public sealed partial record RepairedVersion(uint Seen, uint Version);
