using MemoryPack;
using MfsHa.Metadata.Kernel;

namespace MfsHa.Metadata.Sharding;

/// <summary>How a transaction holds a unit: an inode with all records that are kept by its number. <see cref="LockModes"/> says what includes and what excludes what.</summary>
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

    /// <summary>What changes of a directory's entries leave alone does not change: all but its times and counts, and its entries.</summary>
    Use = 4,

    /// <summary>Entries come and go, each held by its name, and the directory's times and counts with them; others may do the same with other names.</summary>
    Entries = 5,
}

/// <summary>A unit and how it is held; or one name in a directory, which is held besides the directory.</summary>
/// <param name="Unit">The unit.</param>
/// <param name="Mode">How; <see cref="LockMode.Shared"/> or <see cref="LockMode.Exclusive"/> for a name.</param>
/// <param name="Name"><see cref="LockKey.Name"/>.</param>
[MemoryPackable]
[System.Runtime.InteropServices.StructLayout(System.Runtime.InteropServices.LayoutKind.Sequential, Pack = 1)] // no padding: equal values have equal bytes on all nodes
public readonly partial record struct UnitLock(uint Unit, LockMode Mode, ulong Name = 0)
{
    /// <summary>What is held.</summary>
    [MemoryPackIgnore]
    public LockKey Key => new(Unit, Name);
}

/// <summary>What can be held: a unit, or a name in a directory, whether there is an entry or not.</summary>
/// <param name="Unit">The unit.</param>
/// <param name="Name">Hash of the name, never 0: two names with one hash are in each other's way without need, nothing else. 0 for the unit.</param>
public readonly record struct LockKey(uint Unit, ulong Name = 0)
{
    /// <summary>What stands for a name.</summary>
    public static ulong HashOf(Name name) => System.IO.Hashing.XxHash3.HashToUInt64(name.Span) is not 0 and var hash ? hash : 1;

    /// <inheritdoc/>
    public override string ToString() => Name == 0 ? $"inode {Unit}" : $"a name in directory {Unit}";
}
