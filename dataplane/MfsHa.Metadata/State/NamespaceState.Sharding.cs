using MfsHa.Metadata.Kernel;
using MfsHa.Metadata.Quotas;
using MfsHa.Metadata.Sharding;
using MfsHa.Protocol;

namespace MfsHa.Metadata.State;

/// <content>One shard of several: its place among them, its transactions, and entries whose objects are elsewhere (design.md 5, 6).</content>
public sealed partial class NamespaceState
{
    private const uint TheLayout = 0;

    /// <summary>Which shard of how many this is; null in a cluster with one.</summary>
    public ShardLayout? Layout => LayoutTable.Get(TheLayout);

    /// <summary>Transactions that wait for their coordinator.</summary>
    internal Table<(uint Coordinator, ulong Number), PreparedTransaction, UInt32UInt64Key, MemoryPackValue<PreparedTransaction>> Prepared { get; private set; } = null!;

    /// <summary>Transactions that are carried out here and may still be known at their coordinator.</summary>
    internal Table<(uint Coordinator, ulong Number), TransactionMark, UInt32UInt64Key, MemoryPackValue<TransactionMark>> Finished { get; private set; } = null!;

    /// <summary>The first of these that another transaction holds in a way that excludes this one; null if there is none.</summary>
    public UnitLock? WhichIsHeld(TransactionId id, UnitLock[] locks)
    {
        foreach (var wanted in locks)
        {
            if (Reach?.Locks.WhoDenies(wanted) is { } holder && holder != id)
            {
                return wanted;
            }
        }

        return null;
    }

    /// <summary>What a transaction holds here.</summary>
    public IReadOnlyList<UnitLock> LocksOf(TransactionId id) => Prepared.Get(id.Key)?.Locks ?? [];

    /// <summary>Transactions that were decided here and have not finished everywhere.</summary>
    internal Table<(uint Coordinator, ulong Number), TransactionDecision, UInt32UInt64Key, MemoryPackValue<TransactionDecision>> Decisions { get; private set; } = null!;

    /// <summary>Transactions that must not be decided any more.</summary>
    internal Table<(uint Coordinator, ulong Number), TransactionMark, UInt32UInt64Key, MemoryPackValue<TransactionMark>> Aborted { get; private set; } = null!;

    /// <summary>Entries of this shard's directories that name objects of other shards, by (object, edge id).</summary>
    internal Table<(uint Inode, ulong Edge), OutsideEntry, UInt32UInt64Key, MemoryPackValue<OutsideEntry>> OutsideEntries { get; private set; } = null!;

    /// <summary>Objects of this shard whose parents in other shards have to hear of their totals.</summary>
    internal Table<uint, UnreportedTotals, UInt32Key, MemoryPackValue<UnreportedTotals>> Unreported { get; private set; } = null!;

    private Table<uint, ShardLayout, UInt32Key, MemoryPackValue<ShardLayout>> LayoutTable { get; set; } = null!;

    private ulong EdgeStep => Reach?.Layout.Count ?? 1u;

    /// <summary>Records of transactions, totals and loans still to be reported included: 0 when nothing is under way.</summary>
    public int TransactionRecords => Reach is null ? 0 : Prepared.All().Count() + Finished.All().Count() + Decisions.All().Count() + Unreported.All().Count() + OpenLoanNews + Reach.Locks.Count;

    private int OpenLoanNews => LoanNews.All().Count(n => n.Value.Change != LoanChange.Unused || IsReturnable(n.Key, (uint)(Position.UnixMilliseconds / 1000)));

    /// <summary>Transactions that wait for their coordinator.</summary>
    public IReadOnlyList<TransactionId> PreparedTransactions(int limit) => [.. Prepared.All().Take(limit).Select(static r => new TransactionId(r.Key.Coordinator, r.Key.Number))];

    /// <summary>Transactions that were decided here and have not finished everywhere.</summary>
    public IReadOnlyList<(TransactionId Id, ShardEffects[] Effects)> DecidedTransactions(int limit) =>
        [.. Decisions.All().Take(limit).Select(static r => (new TransactionId(r.Key.Coordinator, r.Key.Number), r.Value.Effects))];

    /// <summary>Transactions that were carried out here and may still be known at their coordinators.</summary>
    public IReadOnlyList<TransactionId> FinishedTransactions(int limit) => [.. Finished.All().Take(limit).Select(static r => new TransactionId(r.Key.Coordinator, r.Key.Number))];

    /// <summary>Makes this the state of one of several shards; it must be empty.</summary>
    internal void SetLayout(ShardLayout layout)
    {
        LayoutTable.Add(TheLayout, layout);
        OnReloaded();
    }

    /// <summary>
    /// How many levels a directory of this shard lies below the root, <paramref name="limit"/> if at least so many; null where that cannot be known without asking
    /// other shards. A hint: what a transaction holds is looked at, too.
    /// </summary>
    public int? LevelKnownHere(uint directory, int limit)
    {
        for (var level = 0; level < limit; level++)
        {
            if (directory == RootInode)
            {
                return level;
            }

            if (IsElsewhere(directory))
            {
                return null;
            }

            if (Inodes.GetUnlocked(directory) is not { Parent: not 0 } inode)
            {
                return limit;
            }

            directory = inode.Parent;
        }

        return limit;
    }

    /// <summary>What was done here is done in all shards.</summary>
    internal void DoEverywhere(EverywhereCommand command) => Reach?.ActEverywhere(command);

    /// <summary>Before storage classes are looked at by name, and before name patterns are: no transaction may be changing them.</summary>
    internal void EnterClasses()
    {
        if (Reach is { } reach)
        {
            reach.EnterRead(reach.Layout.ClassesOf(reach.Layout.Shard), LockMode.Shared, lockable: true);
        }
    }

    /// <summary>True for an object of another shard.</summary>
    internal bool IsElsewhere(uint number) => Reach is { } reach && number != 0 && !reach.IsLocal(number);

    /// <summary>A directory's listing will look at the objects of its next entries.</summary>
    internal void ExpectEntriesOf(uint directory, ulong cursor, int count)
    {
        if (Reach is not null && count > 0)
        {
            Inodes.Expect(Edges.Range((directory, cursor), (directory + 1, 0)).Take(count).Select(static e => e.Value.Inode));
        }
    }

    /// <summary>Some of a directory's entries, and the objects that they name, will be looked at one by one.</summary>
    internal void ExpectEntries(uint directory, IEnumerable<Name> names)
    {
        const int MostAtOnce = 1024;
        if (IsElsewhere(directory))
        {
            Entries.ExpectOf(names.Select(n => (directory, (directory, n))), MostAtOnce);
        }
    }

    /// <summary>
    /// Before an operation goes through a whole tree: makes sure that all of it is known. Returns how many objects of other shards there are, by shard.
    /// </summary>
    internal SortedDictionary<ushort, int> ExpectTree(uint top)
    {
        var counts = new SortedDictionary<ushort, int>();
        if (Reach is not { } reach)
        {
            return counts;
        }

        var missing = new List<RecordNeed>();
        var directories = new HashSet<uint>();
        var open = new Stack<uint>([top]);
        while (open.TryPop(out var number))
        {
            if (IsElsewhere(number))
            {
                if (!reach.KnowsTree(number))
                {
                    missing.Add(new RecordNeed(RecordNeed.Tree, number, null));
                    continue;
                }

                var shard = reach.Layout.ShardOf(number);
                counts[shard] = counts.GetValueOrDefault(shard) + 1;
            }

            if (Inodes.Get(number) is { IsDirectory: true })
            {
                if (!directories.Add(number))
                {
                    throw new InvariantException($"directory {number} is twice below {top}"); // or it was there at one moment, and here at another one
                }

                foreach (var (_, edge) in Edges.Range((number, 0), (number + 1, 0)))
                {
                    open.Push(edge.Inode);
                }
            }
        }

        return missing.Count == 0 ? counts : throw new RecordsElsewhereException([.. missing.DistinctBy(static n => n.Unit)]);
    }

    /// <summary>Before the content of a file of this shard is changed in place: a transaction that shares it must be over.</summary>
    internal void EnterContent(uint number)
    {
        if (Reach is { } reach && reach.IsLocal(number))
        {
            reach.EnterWrite(number, lockable: true, moves: false);
        }
    }

    /// <summary>A new file of this shard shares the chunks that it has been given.</summary>
    internal void ShareChunks(uint number)
    {
        var inode = Inodes.Require(number);
        foreach (var (_, chunk) in ChunksOf(number, inode, 0, ulong.MaxValue))
        {
            Refer(chunk, inode.StorageClass);
        }

        if (LinksOf(number, inode).Exists(l => IsElsewhere(l.Parent)))
        {
            ReportTotalsSoon(number);
        }
    }

    internal void CountNewObject(uint number)
    {
        var inode = Inodes.Require(number);
        Counters = WithObject(Counters, inode);
        OnCreated(number, inode);
    }

    internal void DropObject(uint number, byte[] path, uint now)
    {
        var inode = Inodes.Require(number);
        var open = !inode.IsDirectory && IsOpen(number);
        if (inode.Type == NodeType.File && inode.TrashHours > 0 && (inode.Length > 0 || open || Settings.KeepEmptyFilesInTrash))
        {
            MoveToTrash(number, inode, path);
        }
        else if (inode.Type == NodeType.File && open)
        {
            Sustain(number, inode, path);
        }
        else
        {
            RemoveObject(number, inode, now);
        }
    }

    internal void CountEntry(uint directory, uint number, ulong edge, TotalsReport reported)
    {
        if (IsElsewhere(number))
        {
            OutsideEntries.Add((number, edge), new OutsideEntry(directory, reported));
            AdjustTotals(directory, reported.Totals.AsChange());
        }
        else
        {
            AdjustTotals(directory, Contribution(number, Inodes.Require(number)));
        }
    }

    internal void UncountEntry(uint directory, uint number, ulong edge)
    {
        if (IsElsewhere(number))
        {
            AdjustTotals(directory, -OutsideEntries.Require((number, edge)).Reported.Totals.AsChange());
            OutsideEntries.Remove((number, edge));
        }
        else
        {
            AdjustTotals(directory, -Contribution(number, Inodes.Require(number)));
        }
    }

    /// <summary>Takes in what another shard says about an entry's object; false when there is no such entry here (any more).</summary>
    internal bool TakeReport(uint number, ulong edge, TotalsReport report)
    {
        if (OutsideEntries.Get((number, edge)) is not { } known)
        {
            return false;
        }

        if (report.Sequence > known.Reported.Sequence)
        {
            OutsideEntries.Set((number, edge), known with { Reported = report });
            AdjustTotals(known.Directory, report.Totals.AsChange() - known.Reported.Totals.AsChange());
        }

        return true;
    }

    internal void ReportTotalsSoon(uint number) => Unreported.Set(number, new UnreportedTotals(Position.Index));

    /// <inheritdoc/>
    protected override void OnReloaded()
    {
        Reach = Layout is { Count: > 1 } layout ? new ShardReach(layout, this) : null;
        if (Reach is not null)
        {
            foreach (var ((coordinator, number), prepared) in Prepared.All())
            {
                Reach.Locks.Add(new TransactionId(coordinator, number), prepared.Locks);
            }
        }
    }

    private Counters FirstCounters() => Reach is not { Layout: var layout }
        ? new Counters()
        : new Counters { NextInode = layout.FirstInode, NextChunk = layout.FirstChunk, NextEdge = new Counters().NextEdge - layout.Shard };

    private void CountNewEntry(uint directory, uint number, Inode child, ulong edge)
    {
        if (Reach is not { } reach || (reach.IsLocal(directory) && reach.IsLocal(number)))
        {
            AdjustTotals(directory, Contribution(number, child));
            return;
        }

        // What is known of another shard's object is replaced by its first report.
        var here = reach.IsLocal(number);
        var entry = new CountEntry(directory, number, edge, new TotalsReport(here ? Position.Index : 0, SubtreeTotals.Empty.Plus(Contribution(number, child))));
        if (reach.IsLocal(directory))
        {
            entry.Execute(this, now: 0);
        }
        else
        {
            reach.Act(directory, entry);
        }

        if (here)
        {
            ReportTotalsSoon(number);
        }
        else if (!reach.IsFresh(number) && reach.Layout.ShardOf(number) != reach.Layout.ShardOf(directory))
        {
            reach.Act(number, new ReportTotalsSoon(number));
        }
    }

    private void UncountFormerEntry(uint directory, uint number, Inode child, ulong edge)
    {
        if (Reach is not { } reach || (reach.IsLocal(directory) && reach.IsLocal(number)))
        {
            AdjustTotals(directory, -Contribution(number, child));
        }
        else if (reach.IsLocal(directory))
        {
            UncountEntry(directory, number, edge);
        }
        else
        {
            reach.Act(directory, new UncountEntry(directory, number, edge));
        }
    }

    private TotalsChange ContributionElsewhere(uint number, Inode inode) => inode.Type switch
    {
        NodeType.Directory => Totals.Require(number).WithDirectory(),
        NodeType.File or NodeType.Trash or NodeType.Sustained => new TotalsChange(1, 0, 1, inode.ChunkCount, (long)inode.Length),
        NodeType.Symlink => new TotalsChange(1, Length: inode.Target?.Length ?? 0),
        _ => TotalsChange.OneObject,
    };

    private void AddShardTables()
    {
        LayoutTable = AddTable<uint, ShardLayout, UInt32Key, MemoryPackValue<ShardLayout>>(40, 1);
        Prepared = AddTable<(uint Coordinator, ulong Number), PreparedTransaction, UInt32UInt64Key, MemoryPackValue<PreparedTransaction>>(41, 1024);
        Finished = AddTable<(uint Coordinator, ulong Number), TransactionMark, UInt32UInt64Key, MemoryPackValue<TransactionMark>>(42, 1024);
        Decisions = AddTable<(uint Coordinator, ulong Number), TransactionDecision, UInt32UInt64Key, MemoryPackValue<TransactionDecision>>(43, 1024);
        Aborted = AddTable<(uint Coordinator, ulong Number), TransactionMark, UInt32UInt64Key, MemoryPackValue<TransactionMark>>(44, 64);
        OutsideEntries = AddTable<(uint Inode, ulong Edge), OutsideEntry, UInt32UInt64Key, MemoryPackValue<OutsideEntry>>(45, 4096);
        Unreported = AddTable<uint, UnreportedTotals, UInt32Key, MemoryPackValue<UnreportedTotals>>(46, 4096);
        QuotaBoards = AddTable<uint, QuotaBoard, UInt32Key, MemoryPackValue<QuotaBoard>>(47, ShardLayout.MaxCount);
        AddLoanTables();
        QuotaChains = AddTable<uint, QuotaChain, UInt32Key, MemoryPackValue<QuotaChain>>(48, 4096);
    }
}
