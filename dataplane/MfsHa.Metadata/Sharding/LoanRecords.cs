using MemoryPack;

namespace MfsHa.Metadata.Sharding;

/// <summary>What the owner of a borrowed chunk has to hear. Part of the storage format.</summary>
public enum LoanChange : byte
{
    /// <summary>The chunk is used here, with this storage class.</summary>
    Used = 0,

    /// <summary>No file refers to it any more: it is about to be given back.</summary>
    Unused = 1,

    /// <summary>It is given back.</summary>
    Returned = 2,
}

/// <summary>Something about a borrowed chunk that its owner may not know yet; what is said later replaces it.</summary>
/// <param name="Number">Grows with everything that this shard says about any loan: who has heard a later word takes no earlier one.</param>
/// <param name="Change">What has happened.</param>
/// <param name="StorageClass">The strongest class of the files that refer to the chunk here.</param>
[MemoryPackable]
public sealed partial record LoanNews(ulong Number, LoanChange Change, byte StorageClass);

/// <summary>A chunk that another shard has borrowed: one of its references.</summary>
/// <param name="Number"><see cref="LoanNews.Number"/> of the last word about it.</param>
/// <param name="StorageClass">The class with which it counts.</param>
[MemoryPackable]
public sealed partial record LentChunk(ulong Number, byte StorageClass);

/// <summary>The last number that was given to a word about a loan.</summary>
[MemoryPackable]
public sealed partial record LoanCount(ulong Last);
