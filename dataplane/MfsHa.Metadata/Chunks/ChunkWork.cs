using MemoryPack;

namespace MfsHa.Metadata.Chunks;

/// <summary>What a change of a chunk asks of chunkservers (chunkserver-protocol 3.2). Part of the storage format.</summary>
public enum ChunkWorkKind : byte
{
    /// <summary>Nothing: the copies are good as they are.</summary>
    None = 0,

    /// <summary>CREATE of a new chunk.</summary>
    Create = 1,

    /// <summary>SET_VERSION of every good copy.</summary>
    SetVersion = 2,

    /// <summary>DUPLICATE of a shared chunk under a new id.</summary>
    Duplicate = 3,

    /// <summary>TRUNCATE of every good copy.</summary>
    Truncate = 4,

    /// <summary>DUPTRUNC of a shared chunk under a new id.</summary>
    DuplicateTruncate = 5,
}

/// <summary>
/// An order to chunkservers that was committed. It is kept with the chunk until the write or truncate ends, so that a new leader knows
/// what may have been executed, not executed or half executed (design.md 13.1).
/// </summary>
/// <param name="Kind">Which order.</param>
/// <param name="OldChunk">The chunk that was in the slot before: the same, the one that is copied, or 0 for a hole.</param>
/// <param name="OldVersion">Its version before.</param>
/// <param name="CutBytes">Truncates: bytes of the chunk that stay.</param>
[MemoryPackable]
public sealed partial record ChunkWork(ChunkWorkKind Kind, ulong OldChunk, uint OldVersion, uint CutBytes)
{
    /// <summary>
    /// True after the order was answered a second time, as after a failover: the first attempt may have succeeded and clients may have written since, so that it
    /// is never undone.
    /// </summary>
    public bool Resumed { get; init; }

    /// <summary>
    /// Chunkservers that the order of a write was given to, and that have followed every version since; null if that is not known. Clients may have written to these
    /// copies, and to no others: a copy elsewhere may have missed data, and an order that is given again would make it look current.
    /// </summary>
    public ushort[]? Servers { get; init; }

    /// <summary>
    /// True when a client has ended its write and it is not known whether the order was executed before that: then only the copies that it was given to may be healed,
    /// others may have missed what was written.
    /// </summary>
    public bool IsEnded { get; init; }

    /// <summary>True for both kinds of truncates.</summary>
    [MemoryPackIgnore]
    public bool IsTruncate => Kind is ChunkWorkKind.Truncate or ChunkWorkKind.DuplicateTruncate;

    /// <summary>
    /// The order that is left to give after some chunkservers have executed this one and get one more version: from the version that they have. A new leader that gave this
    /// one again would find it at none of them.
    /// </summary>
    internal ChunkWork RaisedFrom(ulong chunk, uint version, ushort[] servers) =>
        this with { Kind = IsTruncate ? ChunkWorkKind.Truncate : ChunkWorkKind.SetVersion, OldChunk = chunk, OldVersion = version, Servers = servers };
}
