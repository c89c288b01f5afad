using MfsHa.NodeLink.Formats;

namespace MfsHa.Consensus;

/// <summary>
/// The state of one group on one node. Called by one thread at a time, strictly in log order.
/// Everything is deterministic: time comes in with the entry.
/// </summary>
public interface IReplicatedStateMachine
{
    /// <summary>Index of the last applied entry whose effect is in the state as it stands in memory; 0 for an empty state.</summary>
    long AppliedIndex { get; }

    /// <summary>Index up to which the state is on stable storage: the log may be cut at or below it.</summary>
    long DurableIndex { get; }

    /// <summary>
    /// Applies one log entry. State and applied index change atomically.
    /// </summary>
    /// <param name="entry">The entry; its memory is valid during the call only.</param>
    /// <param name="results">One slot per command; the object goes to the proposer if it waits at this node.</param>
    void Apply(in AppliedEntry entry, Span<object?> results);

    /// <summary>
    /// Makes the state durable up to <see cref="AppliedIndex"/>; called every <c>HA_METADATA_SYNC_INTERVAL</c>, between two entries.
    /// What it does after its first await runs beside <see cref="Apply"/>: that is where the slow part belongs.
    /// </summary>
    ValueTask FlushAsync(CancellationToken cancellation);

    /// <summary>Opens the state at exactly <see cref="AppliedIndex"/> for shipping; called between two entries. Reading it runs beside <see cref="Apply"/>.</summary>
    IStateSnapshot OpenSnapshot();

    /// <summary>
    /// Begins to replace the whole state by one that a peer ships; nothing of it is visible until <see cref="IStateInstaller.CompleteAsync"/>, after which
    /// <see cref="AppliedIndex"/> and <see cref="DurableIndex"/> are <paramref name="index"/>. Pieces are added beside <see cref="Apply"/>; beginning and completing come between two entries.
    /// </summary>
    IStateInstaller BeginInstall(long index, long term);
}

/// <summary>One committed entry of the log.</summary>
/// <param name="Index">Log index, from 1.</param>
/// <param name="Term">Raft term of the entry.</param>
/// <param name="UnixMilliseconds">The leader's clock when it made the entry; never smaller than that of the entry before.</param>
/// <param name="Commands">The commands, in order. Empty for the entries that Raft itself writes.</param>
/// <param name="Level">The format level of the entry; the commands mean the same on all replicas because they mean what they meant at this level.</param>
public readonly record struct AppliedEntry(long Index, long Term, long UnixMilliseconds, IReadOnlyList<ReadOnlyMemory<byte>> Commands, byte Level = FormatRange.First);

/// <summary>A consistent view of a group's state at one index, read piece by piece.</summary>
public interface IStateSnapshot : IDisposable
{
    /// <summary>Index of the last entry in the view.</summary>
    long Index { get; }

    /// <summary>Term of that entry.</summary>
    long Term { get; }

    /// <summary>Reads the next piece of at most <paramref name="maxBytes"/> bytes (it may exceed that by one record); empty at the end.</summary>
    ReadOnlyMemory<byte> ReadNext(int maxBytes);
}

/// <summary>Receives a peer's state.</summary>
public interface IStateInstaller : IAsyncDisposable
{
    /// <summary>Takes the next piece in the order in which the peer read them.</summary>
    ValueTask AddAsync(ReadOnlyMemory<byte> piece, CancellationToken cancellation);

    /// <summary>Makes the received state the group's state, durably and atomically. Disposing without this leaves the former state.</summary>
    ValueTask CompleteAsync(CancellationToken cancellation);
}
