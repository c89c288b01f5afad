using System.Runtime.InteropServices;
using MemoryPack;
using MfsHa.Metadata.Rules;

namespace MfsHa.Metadata.Operations;

/// <summary>
/// Answer to a step of a change that may concern a whole subtree. Repeat the command with <paramref name="Next"/>, and without a stamp, until that is null;
/// the counts of all steps add up.
/// </summary>
/// <param name="Changed">Objects that were changed.</param>
/// <param name="NotChanged">Objects that were so already.</param>
/// <param name="NotPermitted">Objects that the caller may not change.</param>
/// <param name="Next">Where the next step begins; null at the end.</param>
[MemoryPackable]
public sealed partial record ChangeCountsReply(ulong Changed, ulong NotChanged, uint NotPermitted, TreeCursor? Next) : Reply, ISubtreeStep
{
    /// <inheritdoc/>
    public uint[] Elsewhere { get; init; } = [];
}

/// <summary>
/// Answer to a step of a question for a subtree: how many files and directories have which value. Repeat the query with <paramref name="Next"/> until that is
/// null; the counts of all steps add up.
/// </summary>
/// <param name="Files">Files, ascending by value.</param>
/// <param name="Directories">Directories, ascending by value.</param>
/// <param name="Next">Where the next step begins; null at the end.</param>
[MemoryPackable]
public sealed partial record ValueCountsReply(ValueCount[] Files, ValueCount[] Directories, TreeCursor? Next) : Reply, ISubtreeStep
{
    /// <inheritdoc/>
    public uint[] Elsewhere { get; init; } = [];
}

/// <summary>How many objects have a value.</summary>
[MemoryPackable]
[StructLayout(LayoutKind.Sequential, Pack = 1)]
public readonly partial record struct ValueCount(uint Value, uint Count)
{
    /// <summary>The counts in the order of their values.</summary>
    internal static ValueCount[] Sorted(Dictionary<uint, uint> counts) =>
        [.. counts.OrderBy(static c => c.Key).Select(static c => new ValueCount(c.Key, c.Value))];
}
