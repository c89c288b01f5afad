using MfsHa.EndToEnd.Tests.Differential.Operations;
using MfsHa.Testbed.Native;

namespace MfsHa.EndToEnd.Tests.Differential;

// Steps on files that stay open while others rename, change and remove them.
internal sealed partial class ScriptGenerator
{
    private const int Slots = 5;

    private OpenHandle OpenHandle() => new(
        SomeActor(), random.Next(Slots), FilePath(),
        OneOf(OpenFlags.Read, OpenFlags.ReadWrite, OpenFlags.ReadWrite, OpenFlags.ReadWrite | OpenFlags.Create, OpenFlags.ReadWrite | OpenFlags.Truncate),
        SomeMode());

    private CloseHandle CloseHandle() => new(SomeActor(), SomeSlot());

    private WriteHandle WriteHandle() => new(SomeActor(), SomeSlotForData(), SomeOffset(), SomeLength(), (ulong)random.Next());

    private ReadHandle ReadHandle() => new(SomeActor(), SomeSlotForData(), SomeOffset());

    private StatHandle StatHandle() => new(SomeActor(), SomeSlot());

    private TruncateHandle TruncateHandle() => new(SomeActor(), SomeSlotForData(), SomeSize());

    private ChangeModeOfHandle ChangeModeOfHandle() => new(SomeActor(), SomeSlot(), SomeMode());

    private LockFile LockFile() => new(SomeActor(), SomeSlot(), OneOf<bool?>(true, false, null));

    private LockRange LockRange() => new(SomeActor(), SomeSlot(), OneOf<bool?>(true, false, null), SomeLockStart(), SomeLockLength());

    private TestRange TestRange() => new(SomeActor(), SomeSlot(), Chance(50), SomeLockStart(), SomeLockLength());

    private int SomeSlot() => openSlots.Count > 0 && Chance(95) ? openSlots.Keys.ElementAt(random.Next(openSlots.Count)) : random.Next(Slots);

    // What a client sees through a file that it keeps open while another one writes is its own cache's business.
    private int SomeSlotForData() => openSlots.Where(static slot => slot.Value is Client.First).Select(static slot => slot.Key).ToList() is { Count: > 0 } slots
        ? slots[random.Next(slots.Count)]
        : Slots;

    private long SomeLockStart() => OneOf(0L, 0L, 10L, 50L, 100L, long.MaxValue - 1);

    private long SomeLockLength() => OneOf(0L, 1L, 10L, 50L, 100L);
}
