using MemoryPack;

namespace MfsHa.Metadata.Sharding;

/// <summary>
/// How strongly a transaction holds a unit (an inode with all records that are kept by its number). The order is the order of strength.
/// </summary>
public enum LockMode : byte
{
    /// <summary>Not held.</summary>
    None = 0,

    /// <summary>The directory stays where it is in the tree: it is neither moved nor removed.</summary>
    Place = 1,

    /// <summary>Nothing of it changes.</summary>
    Shared = 2,

    /// <summary>Nobody else reads or changes it.</summary>
    Exclusive = 3,
}

/// <summary>A unit and how it is held.</summary>
[MemoryPackable]
[System.Runtime.InteropServices.StructLayout(System.Runtime.InteropServices.LayoutKind.Sequential, Pack = 1)] // no padding: equal values have equal bytes on all nodes
public readonly partial record struct UnitLock(uint Unit, LockMode Mode);
