using MemoryPack;
using MfsHa.Metadata.Operations;
using MfsHa.Metadata.State;
using MfsHa.Protocol;

namespace MfsHa.Metadata.Sharding;

/// <summary>A word about a borrowed chunk.</summary>
[MemoryPackable]
public sealed partial record LoanWord(ulong Chunk, LoanNews News);

/// <summary>
/// Borrowed chunks that no file refers to any more leave the borrower's books; their owners hear of it afterwards. One that is used again, or that an unfinished write may fall back
/// on, stays.
/// </summary>
[MemoryPackable]
public sealed partial record ReturnLoans(ulong[] Chunks) : Command
{
    /// <inheritdoc/>
    public override uint RoutingInode => 0;

    /// <inheritdoc/>
    public override Reply Execute(NamespaceState state, in OperationContext context)
    {
        foreach (var chunk in Chunks)
        {
            state.ReturnLoan(chunk, context.Now);
        }

        return StatusReply.Ok;
    }
}

/// <summary>
/// The owner hears what a borrower says of its loans. Repetitions and late copies do nothing. Nothing is taken while a transaction lends chunks here
/// (<see cref="HeldReply"/>): what is said now may be about what it lends.
/// </summary>
/// <param name="Borrower">The shard that says it.</param>
/// <param name="Words">What it says; all of chunks of this shard.</param>
[MemoryPackable]
public sealed partial record TakeLoanNews(ushort Borrower, LoanWord[] Words) : Command
{
    /// <inheritdoc/>
    public override uint RoutingInode => 0;

    /// <inheritdoc/>
    public override Reply Execute(NamespaceState state, in OperationContext context)
    {
        if (state.Reach is { } reach)
        {
            reach.EnterWrite(reach.Layout.LoansOf(reach.Layout.Shard), lockable: true, moves: false);
        }

        foreach (var word in Words)
        {
            state.TakeLoanNews(Borrower, word);
        }

        return StatusReply.Ok;
    }
}

/// <summary>The owners have heard these words.</summary>
[MemoryPackable]
public sealed partial record LoanNewsTold(LoanWord[] Words) : Command
{
    /// <inheritdoc/>
    public override uint RoutingInode => 0;

    /// <inheritdoc/>
    public override Reply Execute(NamespaceState state, in OperationContext context)
    {
        foreach (var (chunk, news) in Words)
        {
            if (state.LoanNews.Get(chunk) is { } latest && latest.Number == news.Number)
            {
                state.LoanNews.Remove(chunk);
            }
        }

        return StatusReply.Ok;
    }
}
