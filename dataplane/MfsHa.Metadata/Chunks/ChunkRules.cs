using MfsHa.Metadata.Kernel;
using MfsHa.Metadata.State;

namespace MfsHa.Metadata.Chunks;

/// <summary>What all changes of chunks share: allocation, locks, slots of files.</summary>
internal static class ChunkRules
{
    /// <summary>How long a chunk stays locked if nobody ends the write, seconds (mfsmaster/chunks.c: LOCKTIMEOUT).</summary>
    public const uint LockSeconds = 120;

    /// <summary>How long a chunk that a write has copied is kept for the case that the copying fails, seconds: longer than any attempt takes.</summary>
    public const uint FallbackSeconds = 2 * LockSeconds;

    /// <summary>Largest version (30 bits in chunkserver lists).</summary>
    public const uint MaxVersion = 0x3FFF_FFFF;

    /// <summary>First number that is no chunk id: the top byte numbers parts of erasure-coded chunks.</summary>
    public const ulong EndOfIds = 1UL << 56;

    /// <summary>Makes the record of a new chunk with one reference, locked for a session.</summary>
    public static ulong Allocate(NamespaceState state, byte storageClass, ChunkWork work, uint session, uint now)
    {
        var counters = state.Counters;
        var id = counters.NextChunk;
        if (id >= EndOfIds)
        {
            throw new InvariantException("all chunk ids are used up");
        }

        state.Counters = counters with { NextChunk = id + 1, Chunks = counters.Chunks + 1 };
        state.Chunks.Add(id, new Chunk
        {
            Version = 1,
            StorageClass = storageClass,
            References = 1,
            LockedUntil = now + LockSeconds,
            LockSession = session,
            Work = work,
        });
        return id;
    }

    /// <summary>The slot of a file lets go of a chunk that is being copied: <see cref="AbandonWrite"/> may bring it back.</summary>
    public static void ReleaseCopied(NamespaceState state, ulong chunk, byte storageClass, uint now)
    {
        state.KeepChunk(chunk, now + FallbackSeconds);
        state.ReleaseChunk(chunk, storageClass);
    }

    /// <summary>
    /// The chunk in a file's slot as a write sees it. A borrowed one is always shared, and its version is what the supervisor has heard of its owner: it can be written nowhere in its
    /// place as long as it is borrowed, so that nothing has happened to it since.
    /// </summary>
    public static Chunk? InSlot(NamespaceState state, ulong id, uint seenVersion)
    {
        if (!state.IsChunkElsewhere(id))
        {
            return state.Chunks.Get(id);
        }

        return state.Loans.Get(id) is { } loan ? loan with { Version = seenVersion, References = loan.References == 0 ? 0 : loan.References + 1 } : null;
    }

    /// <summary>The same chunk without a lock and without unfinished work.</summary>
    public static Chunk Unlocked(Chunk chunk) => chunk with { LockedUntil = 0, LockSession = 0, Work = null };

    /// <summary>
    /// The same chunk after its write has ended: an order that was carried out is forgotten. Of one of which that is not known nobody can tell whether the client has written before or
    /// after it.
    /// </summary>
    public static Chunk Ended(Chunk chunk, uint executedVersion) =>
        chunk.Work is null || executedVersion == chunk.Version ? Unlocked(chunk) : Released(chunk) with { Work = chunk.Work with { IsEnded = true } };

    /// <summary>The same chunk without a lock; an order that may not have been executed stays known.</summary>
    public static Chunk Released(Chunk chunk) => chunk with { LockedUntil = 0, LockSession = 0 };

    /// <summary>Puts another chunk into a slot and brings totals up to date; references are the caller's business.</summary>
    public static Inode Replace(NamespaceState state, uint number, Inode inode, uint index, ulong chunk)
    {
        var before = state.Contribution(number, inode);
        var changed = state.WithChunkAt(number, inode, index, chunk) with { SpaceFactor = state.SpaceFactorOf(inode.StorageClass) };
        state.ReplaceFile(number, inode, changed, before);
        return changed;
    }
}
