using MfsHa.Metadata.Chunks;
using MfsHa.Metadata.Kernel;
using MfsHa.Metadata.Sharding;

namespace MfsHa.Metadata.State;

/// <content>
/// Chunks of other shards that files of this one refer to (docs/transactions.md, "Borrowed chunks"). The owner counts a borrower as one reference, however many files refer to the
/// chunk there; the borrower counts these.
/// </content>
public sealed partial class NamespaceState
{
    private const uint TheLoanCount = 0;

    /// <summary>
    /// Borrowed chunks with their references here. Of the record only references, classes and <see cref="Chunk.KeptUntil"/> count: all else the owner knows.
    /// </summary>
    public Table<ulong, Chunk, UInt64Key, MemoryPackValue<Chunk>> Loans { get; private set; } = null!;

    /// <summary>Chunks of this shard that others have borrowed, by borrower.</summary>
    public Table<(uint Borrower, ulong Chunk), LentChunk, UInt32UInt64Key, MemoryPackValue<LentChunk>> Lent { get; private set; } = null!;

    /// <summary>What the owners of borrowed chunks do not know yet.</summary>
    internal Table<ulong, LoanNews, UInt64Key, MemoryPackValue<LoanNews>> LoanNews { get; private set; } = null!;

    private Table<uint, LoanCount, UInt32Key, MemoryPackValue<LoanCount>> LoanCounts { get; set; } = null!;

    /// <summary>What is to be told, or given back, now; both up to <paramref name="limit"/>.</summary>
    public (IReadOnlyList<LoanWord> Words, IReadOnlyList<ulong> Unused) DueLoanNews(int limit, uint now)
    {
        if (Reach is null)
        {
            return ([], []);
        }

        var words = new List<LoanWord>();
        var unused = new List<ulong>();
        foreach (var (chunk, news) in LoanNews.All())
        {
            if (news.Change != LoanChange.Unused)
            {
                words.Add(new LoanWord(chunk, news));
            }
            else if (IsReturnable(chunk, now))
            {
                unused.Add(chunk);
            }

            if (words.Count >= limit || unused.Count >= limit)
            {
                break;
            }
        }

        return (words, unused);
    }

    /// <summary>True for a chunk of another shard.</summary>
    internal bool IsChunkElsewhere(ulong chunk) => Reach is { } reach && chunk != 0 && !reach.Layout.OwnsChunk(chunk);

    /// <summary>The record of a chunk that a file of this shard refers to, asked of its owner if that is another shard.</summary>
    internal Chunk? ChunkAnywhere(ulong chunk) =>
        !IsChunkElsewhere(chunk) ? Chunks.Get(chunk) : Loans.Contains(chunk) ? Chunks.GetOf(UnitOfLoan(chunk), chunk) : null;

    /// <summary>Makes sure that other shards' records of these chunks are known before they are looked at one by one.</summary>
    internal void ExpectChunks(IEnumerable<(uint Index, ulong Chunk)> slots)
    {
        if (Reach is not null)
        {
            Chunks.ExpectOf(slots.Where(s => IsChunkElsewhere(s.Chunk) && Loans.Contains(s.Chunk)).Select(s => (UnitOfLoan(s.Chunk), s.Chunk)));
        }
    }

    /// <summary>True when the chunk may get another reference of a file here: it is known and not about to go.</summary>
    internal bool CanRefer(ulong chunk) => chunk != 0 && (IsChunkElsewhere(chunk) ? Loans.Contains(chunk) : Chunks.Get(chunk) is { Condemned: false });

    /// <summary>Another slot of a file of this shard refers to a chunk; one that nobody knows, as imported files may have them, is not counted.</summary>
    internal void Refer(ulong chunk, byte storageClass)
    {
        if (IsChunkElsewhere(chunk) ? Loans.Contains(chunk) : Chunks.Contains(chunk))
        {
            AddReference(chunk, storageClass);
        }
    }

    /// <summary>
    /// As <see cref="Refer"/>, for a chunk of a file of another shard: it is borrowed if it has to be. That file is held, so the chunk is there when its owner carries out what is
    /// decided; and no borrower gives anything back to the owner before that.
    /// </summary>
    internal void ReferOrBorrow(ulong chunk, byte storageClass)
    {
        if (!IsChunkElsewhere(chunk) || Loans.Contains(chunk))
        {
            Refer(chunk, storageClass);
            return;
        }

        var reach = Reach!;
        if (!reach.IsTransaction)
        {
            throw new RecordsElsewhereException([]);
        }

        var unit = UnitOfLoan(chunk);
        reach.EnterRead(unit, LockMode.Shared, lockable: true);
        Loans.Set(chunk, new Chunk { Version = 0, StorageClass = storageClass, References = 1 });
        if (LoanNews.Contains(chunk))
        {
            LoanNews.Remove(chunk);
        }

        reach.Act(unit, new LendChunk(chunk, reach.Layout.Shard, NextLoanNumber(), storageClass));
    }

    /// <summary>Another shard borrows a chunk of this one.</summary>
    internal void Lend(ulong chunk, ushort borrower, ulong number, byte storageClass)
    {
        if (!Chunks.Contains(chunk))
        {
            return;
        }

        if (Lent.Get((borrower, chunk)) is { } known)
        {
            MoveReference(chunk, known.StorageClass, storageClass);
        }
        else
        {
            AddReference(chunk, storageClass);
        }

        Lent.Set((borrower, chunk), new LentChunk(number, storageClass));
    }

    internal void TakeLoanNews(ushort borrower, LoanWord word)
    {
        if (Lent.Get((borrower, word.Chunk)) is not { } known || known.Number >= word.News.Number)
        {
            return;
        }

        if (word.News.Change == LoanChange.Returned)
        {
            Lent.Remove((borrower, word.Chunk));
            ReleaseChunk(word.Chunk, known.StorageClass);
        }
        else
        {
            MoveReference(word.Chunk, known.StorageClass, word.News.StorageClass);
            Lent.Set((borrower, word.Chunk), new LentChunk(word.News.Number, word.News.StorageClass));
        }
    }

    internal void ReturnLoan(ulong chunk, uint now)
    {
        if (IsReturnable(chunk, now))
        {
            Loans.Remove(chunk);
            Tell(chunk, LoanChange.Returned, 0);
        }
    }

    /// <summary>A chunk that a write has copied is kept until then, for the case that the copying fails.</summary>
    internal void KeepChunk(ulong chunk, uint until)
    {
        if (IsChunkElsewhere(chunk))
        {
            Loans.Set(chunk, Loans.Require(chunk) with { KeptUntil = until });
        }
        else
        {
            Chunks.Set(chunk, Chunks.Require(chunk) with { KeptUntil = until });
        }
    }

    /// <summary>A chunk is archived, or back to ordinary; <paramref name="record"/> is what <see cref="ChunkAnywhere"/> has said.</summary>
    internal void SetArchived(ulong chunk, Chunk record, bool archived)
    {
        if (IsChunkElsewhere(chunk))
        {
            Reach!.Act(UnitOfLoan(chunk), new ChangeLentChunk(chunk, null, archived));
            return;
        }

        Chunks.Set(chunk, record with { Archived = archived });
        Touch(chunk);
    }

    /// <summary>A chunk without good copies takes the version of those that there are; <paramref name="record"/> is what <see cref="ChunkAnywhere"/> has said.</summary>
    internal void SetRepairedVersion(ulong chunk, Chunk record, uint version)
    {
        if (IsChunkElsewhere(chunk))
        {
            Reach!.Act(UnitOfLoan(chunk), new ChangeLentChunk(chunk, new RepairedVersion(record.Version, version), null));
        }
        else
        {
            Chunks.Set(chunk, record with { Version = version, Work = null });
        }
    }

    private bool IsReturnable(ulong chunk, uint now) => Loans.Get(chunk) is { References: 0 } loan && loan.KeptUntil < now;

    private uint UnitOfLoan(ulong chunk) => Reach!.Layout.LoansOf(Reach.Layout.ShardOfChunk(chunk));

    private void SetLoan(ulong chunk, Chunk before, Chunk after)
    {
        Loans.Set(chunk, after);
        if (after.References == 0)
        {
            Tell(chunk, LoanChange.Unused, 0);
        }
        else if (before.References == 0 || before.StorageClass != after.StorageClass)
        {
            Tell(chunk, LoanChange.Used, after.StorageClass);
        }
    }

    private void Tell(ulong chunk, LoanChange change, byte storageClass) => LoanNews.Set(chunk, new LoanNews(NextLoanNumber(), change, storageClass));

    private ulong NextLoanNumber()
    {
        var next = (LoanCounts.Get(TheLoanCount)?.Last ?? 0) + 1;
        LoanCounts.Set(TheLoanCount, new LoanCount(next));
        return next;
    }

    private void AddLoanTables()
    {
        Loans = AddTable<ulong, Chunk, UInt64Key, MemoryPackValue<Chunk>>(51, 4096);
        LoanNews = AddTable<ulong, LoanNews, UInt64Key, MemoryPackValue<LoanNews>>(52, 1024);
        Lent = AddTable<(uint Borrower, ulong Chunk), LentChunk, UInt32UInt64Key, MemoryPackValue<LentChunk>>(53, 4096);
        LoanCounts = AddTable<uint, LoanCount, UInt32Key, MemoryPackValue<LoanCount>>(54, 1);
    }
}
