using CsCheck;
using MfsHa.NodeLink;
using MfsHa.Replication.Crdt;
using Xunit;

namespace MfsHa.Replication.Tests.Crdt;

public sealed class LwwTests
{
    private static readonly Gen<LwwStamp> Stamp = Gen.Select(Gen.ULong[1, 4], Gen.UShort[1, 3], (counter, writer) => new LwwStamp(counter, new NodeId(writer)));

    // A stamp is used for one value only: the value follows from it.
    private static readonly Gen<LwwRegister<string>> Register = Stamp.Select(stamp => new LwwRegister<string>(stamp.ToString(), stamp));

    [Fact]
    public void Registers_merge_in_any_order_grouping_and_number_to_the_same()
        => Gen.Select(Register, Register, Register).Sample((a, b, c) =>
        {
            Assert.Equal(a.Merge(b), b.Merge(a));
            Assert.Equal(a.Merge(b).Merge(c), a.Merge(b.Merge(c)));
            Assert.Equal(a, a.Merge(a));
            Assert.Equal(a.Merge(b), a.Merge(b).Merge(b));
        });

    [Fact]
    public void The_next_stamp_of_any_writer_is_later()
        => Gen.Select(Stamp, Gen.UShort[1, 3]).Sample((stamp, writer) => Assert.True(stamp.Next(new NodeId(writer)) > stamp));

    [Fact]
    public void Maps_merge_in_any_order_grouping_and_number_to_the_same()
        => Gen.Select(Maps(1), Maps(2), Maps(3)).Sample((a, b, c) =>
        {
            Assert.Equal(Dump(Merged(a, b, c)), Dump(Merged(c, b, a)));
            Assert.Equal(Dump(Merged(Merged(a, b), c)), Dump(Merged(a, Merged(b, c))));
            Assert.Equal(Dump(a), Dump(Merged(a, a)));
        });

    [Fact]
    public void The_last_write_of_a_key_wins_also_when_it_removes()
    {
        var a = new LwwMap<string, int>();
        var b = new LwwMap<string, int>();
        a.Set("x", 1, new NodeId(1));
        Assert.True(b.Merge(a));
        b.Remove("x", new NodeId(2));
        Assert.True(a.Merge(b));
        Assert.False(a.TryGet("x", out _));
        Assert.False(a.Merge(b));
        a.Set("x", 3, new NodeId(1));
        b.Merge(a);
        Assert.True(b.TryGet("x", out var value));
        Assert.Equal(3, value);
        Assert.Equal([KeyValuePair.Create("x", 3)], b.Present);
    }

    [Fact]
    public void Only_stable_tombstones_are_forgotten()
    {
        var map = new LwwMap<string, int>();
        map.Set("kept", 1, new NodeId(1));
        map.Set("early", 1, new NodeId(1));
        map.Remove("early", new NodeId(1));
        map.Set("late", 1, new NodeId(2));
        map.Remove("late", new NodeId(2));
        Assert.Equal(1, map.Forget((_, stamp) => stamp.Writer == new NodeId(1)));
        Assert.Equal(["kept", "late"], map.Registers.Keys.Order());
    }

    private static Gen<LwwMap<int, int>> Maps(ushort writer)
        => Gen.Select(Gen.Int[0, 3], Gen.Int[0, 2]).List[0, 10].Select(writes =>
        {
            var map = new LwwMap<int, int>();
            foreach (var (key, value) in writes)
            {
                if (value == 0)
                    map.Remove(key, new NodeId(writer));
                else
                    map.Set(key, value, new NodeId(writer));
            }

            return map;
        });

    private static LwwMap<int, int> Merged(params LwwMap<int, int>[] maps)
    {
        var merged = new LwwMap<int, int>();
        foreach (var map in maps)
            merged.Merge(map);
        return merged;
    }

    private static string Dump(LwwMap<int, int> map) => string.Join("; ", map.Registers.OrderBy(pair => pair.Key).Select(pair => $"{pair.Key}={pair.Value}"));
}
