using CsCheck;
using MfsHa.Replication.Crdt;
using Xunit;

namespace MfsHa.Replication.Tests.Crdt;

public sealed class VersionVectorTests
{
    private static readonly Gen<VersionVector<int>> Vector = Gen.Select(Gen.Int[0, 4], Gen.Long[0, 5]).List[0, 6].Select(seen =>
    {
        var vector = new VersionVector<int>();
        foreach (var (origin, sequence) in seen)
            vector.Advance(origin, sequence);
        return vector;
    });

    [Fact]
    public void Vectors_merge_in_any_order_grouping_and_number_to_the_same()
        => Gen.Select(Vector, Vector, Vector).Sample((a, b, c) =>
        {
            Assert.Equal(Dump(Merged(a, b)), Dump(Merged(b, a)));
            Assert.Equal(Dump(Merged(Merged(a, b), c)), Dump(Merged(a, Merged(b, c))));
            Assert.Equal(Dump(a), Dump(Merged(a, a)));
            Assert.True(Merged(a, b).Covers(a) && Merged(a, b).Covers(b));
        });

    [Fact]
    public void A_dot_is_contained_up_to_the_number_seen()
    {
        var vector = new VersionVector<string>();
        Assert.True(vector.Advance("a", 3));
        Assert.False(vector.Advance("a", 2));
        Assert.True(vector.Contains(new Dot<string>("a", 3)));
        Assert.False(vector.Contains(new Dot<string>("a", 4)));
        Assert.False(vector.Contains(new Dot<string>("b", 1)));
        vector.Retain(origin => origin == "b");
        Assert.Empty(vector.Seen);
    }

    [Fact]
    public void An_event_is_stable_when_every_member_has_seen_it()
        => Gen.Select(Vector.List[3, 3], Gen.Int[0, 4], Gen.Int[1, 3]).Sample((vectors, origin, heardOf) =>
        {
            var stability = new CausalStability<int, int>();
            for (var member = 0; member < heardOf; member++)
                stability.Observe(member, vectors[member]);
            var expected = heardOf < 3 ? 0 : vectors.Min(vector => vector[origin]);
            Assert.Equal(expected, stability.Stable(origin, [0, 1, 2]));
        });

    [Fact]
    public void Who_left_no_longer_holds_back_stability()
    {
        var stability = new CausalStability<int, int>();
        foreach (var (member, seen) in new[] { (1, 10), (2, 3) })
        {
            var vector = new VersionVector<int>();
            vector.Advance(7, seen);
            stability.Observe(member, vector);
        }

        Assert.Equal(3, stability.Stable(7, [1, 2]));
        Assert.Equal(10, stability.Stable(7, [1]));
        stability.Retain(member => member == 1, _ => true);
        Assert.Equal(0, stability.Stable(7, [1, 2]));
    }

    private static VersionVector<int> Merged(VersionVector<int> a, VersionVector<int> b)
    {
        var merged = a.Copy();
        merged.Merge(b);
        return merged;
    }

    private static string Dump(VersionVector<int> vector) => string.Join(" ", vector.Seen.OrderBy(pair => pair.Key).Select(pair => $"{pair.Key}:{pair.Value}"));
}
