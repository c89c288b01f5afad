using CsCheck;
using MfsHa.Metadata.Kernel;
using MfsHa.Metadata.State;
using MfsHa.Metadata.Tests.Support;

namespace MfsHa.Metadata.Tests.Kernel;

public sealed class TableTests
{
    private static readonly Gen<(int Kind, uint Key, uint Other)> Step = Gen.Select(Gen.Int[0, 9], Gen.UInt[0, 40], Gen.UInt[0, 40]);

    [Fact]
    public void A_table_is_a_sorted_map_whatever_is_cached_pending_or_undone() =>
        Gen.Select(Step.List[1, 150], Gen.Int[0, 6]).Sample(
            static (steps, cache) =>
            {
                var tables = new TestTables(new MemoryStore(), cache);
                var kept = new SortedDictionary<uint, uint>();
                var model = new SortedDictionary<uint, uint>();
                foreach (var (kind, key, other) in steps)
                {
                    switch (kind)
                    {
                        case <= 3:
                            tables.Numbers.Set(key, new Number(other));
                            model[key] = other;
                            break;
                        case 4 when model.Remove(key):
                            tables.Numbers.Remove(key);
                            break;
                        case 5:
                            tables.Undo();
                            model = new(kept);
                            break;
                        case 6:
                            tables.Commit(success: true);
                            kept = new(model);
                            break;
                        case 7:
                            tables.Commit(success: true);
                            kept = new(model);
                            tables.WritePending();
                            if (other % 2 == 0)
                            {
                                tables.Reload();
                            }

                            break;
                        default:
                            Assert.Equal(
                                model.Where(m => m.Key >= key && m.Key < other),
                                tables.Numbers.Range(key, other).Select(n => KeyValuePair.Create(n.Key, n.Value.Value)));
                            break;
                    }

                    Assert.Equal(model.TryGetValue(other, out var expected) ? expected : null, tables.Numbers.Get(other)?.Value);
                }

                Assert.Equal(model, tables.Numbers.All().ToDictionary(n => n.Key, n => n.Value.Value));
            },
            iter: 3000);

    [Fact]
    public void Keys_of_names_are_ordered_by_their_bytes()
    {
        var state = new NamespaceState(new MemoryStore(), 1, 0);
        var names = new[] { "", "a", "ab", "b", "\u00e4", "\u00ff" };
        foreach (var name in names.Reverse())
        {
            state.Entries.Set((7, new Name(name)), new DirectoryEntry(1, 1));
        }

        state.Entries.Set((6, new Name("zzz")), new DirectoryEntry(1, 1));
        state.Entries.Set((8, new Name("")), new DirectoryEntry(1, 1));
        Assert.Equal(names, state.Entries.Range((7, default), (8, default)).Select(e => e.Key.Name.ToString()));
        state.Commit(success: true);
        state.WritePending();
        Assert.Equal(names, state.Entries.Range((7, default), (8, default)).Select(e => e.Key.Name.ToString()));
    }

    [Fact]
    public void Records_must_be_there_to_be_removed_or_required_and_absent_to_be_added()
    {
        var tables = new TestTables(new MemoryStore(), 4);
        Assert.Throws<InvariantException>(() => tables.Numbers.Remove(1));
        Assert.Throws<InvariantException>(() => tables.Numbers.Require(1));
        tables.Numbers.Add(1, new Number(1));
        Assert.Throws<InvariantException>(() => tables.Numbers.Add(1, new Number(2)));
    }

    [Fact]
    public void Unfinished_changes_are_never_written_and_never_dropped()
    {
        var tables = new TestTables(new MemoryStore(), 4);
        tables.Numbers.Set(1, new Number(1));
        Assert.Throws<InvariantException>(tables.WritePending);
        Assert.Throws<InvariantException>(() => tables.Commit(success: false));
        tables.Commit(success: true);
        Assert.Throws<InvariantException>(tables.Reload);
    }

    [Fact]
    public void The_position_is_stored_with_the_changes_and_goes_forward_by_one()
    {
        var store = new MemoryStore();
        var tables = new TestTables(store, 4);
        tables.Advance(new LogPosition(1, 1, 50));
        Assert.Throws<InvariantException>(() => tables.Advance(new LogPosition(3, 1, 50)));
        Assert.Throws<InvariantException>(() => tables.Advance(new LogPosition(2, 1, 49)));
        Assert.Equal(LogPosition.Empty, new TestTables(store, 4).Position);
        tables.WritePending();
        Assert.Equal(new LogPosition(1, 1, 50), new TestTables(store, 4).Position);
    }
}
