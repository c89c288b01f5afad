using MemoryPack;
using MfsHa.Metadata.Kernel;

namespace MfsHa.Metadata.Tests.Kernel;

/// <summary>A state with one table.</summary>
internal sealed class TestTables : StateTables
{
    public TestTables(IOrderedStore store, int cacheEntries)
        : base(store, group: 3) => Numbers = AddTable<uint, Number, UInt32Key, MemoryPackValue<Number>>(1, cacheEntries);

    public Table<uint, Number, UInt32Key, MemoryPackValue<Number>> Numbers { get; }
}

[MemoryPackable]
internal sealed partial record Number(uint Value);
