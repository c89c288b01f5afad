using CsCheck;
using MfsHa.Replication.Locations;
using Xunit;

namespace MfsHa.Replication.Tests.Locations;

public sealed class TableTests
{
    [Fact]
    public void A_record_keeps_its_fields_at_their_limits()
        => Gen.Select(Gen.Long[1, LocationRecord.MaxSequence], Gen.UShort, Gen.Byte, Gen.Int[0, 3], Gen.UInt[0, LocationRecord.MaxVersion], Gen.Bool)
            .Sample((sequence, slot, part, flags, version, removed) =>
            {
                var record = new LocationRecord(sequence, slot, part, (ChunkFlags)flags, version, removed);
                Assert.Equal(
                    (sequence, slot, part, (ChunkFlags)flags, version, removed),
                    (record.Sequence, record.Slot, record.Part, record.Flags, record.Version, record.IsRemoved));
            });

    [Fact]
    public void A_record_takes_16_bytes() => Assert.Equal(16, System.Runtime.CompilerServices.Unsafe.SizeOf<LocationRecord>());

    [Fact]
    public void Heads_behave_as_a_dictionary()
        => Gen.Select(Gen.ULong[0, 60], Gen.Int[-1, 100]).List[0, 400].Sample(writes =>
        {
            var heads = new ChunkHeads();
            var model = new Dictionary<ulong, int>();
            foreach (var (key, value) in writes)
            {
                if (value < 0)
                {
                    heads.Remove(key);
                    model.Remove(key);
                }
                else
                {
                    heads.Set(key, value);
                    model[key] = value;
                }
            }

            Assert.Equal(model.Count, heads.Count);
            for (ulong key = 0; key <= 60; key++)
                Assert.Equal(model.GetValueOrDefault(key, -1), heads.Find(key));
        });

    [Fact]
    public void Heads_grow_and_shrink()
    {
        var heads = new ChunkHeads();
        for (var i = 0; i < 100_000; i++)
            heads.Set((ulong)i * 64, i);
        for (var i = 0; i < 100_000; i++)
            Assert.Equal(i, heads.Find((ulong)i * 64));
        for (var i = 0; i < 100_000; i += 2)
            heads.Remove((ulong)i * 64);
        for (var i = 0; i < 100_000; i++)
            Assert.Equal(i % 2 == 0 ? -1 : i, heads.Find((ulong)i * 64));
        for (var i = 0; i < 100_000; i++)
            heads.Remove((ulong)i * 64);
        Assert.Equal(0, heads.Count);
    }

    [Fact]
    public void A_stripe_behaves_as_a_map_of_copies()
        => Gen.Select(Gen.ULong[1, 5], Gen.Byte[0, 1], Gen.UShort[0, 3], Gen.Bool).List[0, 200].Sample(writes =>
        {
            var stripe = new LocationStripe();
            var model = new Dictionary<(ulong, byte, ushort), long>();
            long sequence = 0;
            foreach (var (chunk, part, slot, put) in writes)
            {
                sequence++;
                var key = (chunk, part, slot);
                if (put)
                {
                    var replaced = stripe.Put(chunk, new LocationRecord(sequence, slot, part, ChunkFlags.None, 1, removed: false));
                    Assert.Equal(model.GetValueOrDefault(key), replaced.Sequence);
                    model[key] = sequence;
                }
                else
                {
                    Assert.False(stripe.Remove(chunk, part, slot, sequence));
                    Assert.Equal(model.ContainsKey(key), stripe.Remove(chunk, part, slot, model.GetValueOrDefault(key, 1)));
                    model.Remove(key);
                }
            }

            var records = new LocationRecord[100];
            for (ulong chunk = 1; chunk <= 5; chunk++)
            {
                var count = stripe.Collect(chunk, records);
                Assert.Equal(
                    model.Where(pair => pair.Key.Item1 == chunk).Select(pair => (pair.Key.Item2, pair.Key.Item3, pair.Value)).Order(),
                    records.Take(count).Select(record => (record.Part, record.Slot, record.Sequence)).Order());
            }

            Assert.Equal(model.Keys.Select(key => key.Item1).Distinct().Count(), stripe.ChunkCount);
        });

    [Fact]
    public void The_index_gives_what_is_behind_a_number_in_order()
        => Gen.Select(Gen.Long[1, 3_000_000_000].List[0, 3000], Gen.Double[0, 1.1]).Sample(
            (steps, where) =>
            {
                var index = new SequenceIndex();
                var model = new List<(long, ulong)>();
                long at = 0;
                foreach (var step in steps)
                {
                    // Mostly dense, now and then a gap that no 32-bit offset spans.
                    at += step % 100 == 0 ? step * 2 : 1;
                    index.Append(at, (ulong)at);
                    model.Add((at, (ulong)at));
                }

                var from = (long)(at * where);
                Assert.Equal(model.Where(pair => pair.Item1 > from), index.After(from));
                index.Compact((_, sequence) => sequence % 3 == 0);
                Assert.Equal(model.Where(pair => pair.Item1 > from && pair.Item1 % 3 == 0), index.After(from));
            },
            iter: 200);
}
