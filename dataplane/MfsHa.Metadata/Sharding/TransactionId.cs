using System.Runtime.InteropServices;
using MemoryPack;

namespace MfsHa.Metadata.Sharding;

/// <summary>Names one attempt of a transaction.</summary>
/// <param name="Coordinator">The shard that decides it.</param>
/// <param name="Number">Drawn at random by the coordinator's leader, never 0.</param>
[MemoryPackable]
[StructLayout(LayoutKind.Sequential, Pack = 1)] // no padding: equal values have equal bytes on all nodes
public readonly partial record struct TransactionId(uint Coordinator, ulong Number)
{
    /// <summary>No transaction.</summary>
    public static readonly TransactionId None;

    internal (uint Coordinator, ulong Number) Key => (Coordinator, Number);

    /// <inheritdoc/>
    public override string ToString() => $"{Coordinator}:{Number:X16}";
}
