using System.Globalization;
using MfsHa.Metadata.Kernel;
using MfsHa.Metadata.Sharding;
using Xunit;

namespace MfsHa.Metadata.Tests.Sharding;

/// <summary>Directories that people make are spread over all shards.</summary>
public sealed class ShardLayoutTests
{
    private const int Directories = 2000;

    /// <summary>So many standard deviations from the mean would be chance once in many thousand shards.</summary>
    private const double Deviations = 5;

    private static readonly ushort[] counts = [2, 3, 8, 64];
    private static readonly string[] formats = ["dir{0}", "{0}", "fresh{0}", "user{0:D6}", "2026-11-29-{0:D4}", "job-{0}.d"];
    private static readonly bool[] both = [true, false];

    public static TheoryData<ushort, string, bool> Habits =>
    [
        .. from count in counts
           from format in formats
           from oneParent in both
           select new TheoryDataRow<ushort, string, bool>(count, format, oneParent),
    ];

    [Theory]
    [MemberData(nameof(Habits))]
    public void Numbered_names_are_spread_evenly(ushort count, string format, bool oneParent) => AssertEven(
        count,
        Enumerable.Range(0, Directories).Select(i => (oneParent ? 1u : Parent(count, i), new Name(string.Format(CultureInfo.InvariantCulture, format, i)))));

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(8)]
    [InlineData(64)]
    public void The_same_name_in_many_directories_is_spread_evenly(ushort count)
    {
        foreach (var name in new[] { "src", "data", "0", "tmp" })
        {
            AssertEven(count, Enumerable.Range(0, Directories).Select(i => (Parent(count, i), new Name(name))));
        }
    }

    [Theory]
    [InlineData(8)]
    [InlineData(64)]
    public void The_same_name_in_the_first_directory_of_every_shard_is_not_in_one_shard(ushort count)
    {
        var layout = new ShardLayout(0, count);
        Assert.All(["src", "data", "home", "0"], name =>
        {
            var homes = Enumerable.Range(0, count).Select(s => layout.HomeOf((uint)(s << 16) + 2, new Name(name))).Distinct().Count();
            Assert.InRange(homes, count * 3 / 8, count);
        });
    }

    [Fact]
    public void Few_names_are_seldom_all_in_one_shard()
    {
        const int Names = 6, Count = 8, Parents = 20_000;
        var layout = new ShardLayout(0, Count);
        var together = Enumerable.Range(1, Parents).Count(p => Enumerable.Range(0, Names).Select(n => layout.HomeOf((uint)p, new Name($"fresh{p}-{n}"))).Distinct().Count() == 1);

        // Chance would have it once in 8^5 times.
        Assert.InRange(together, 0, 6);
    }

    // Directories of all shards in the order in which they may have been made: each shard numbers its own.
    private static uint Parent(ushort count, int i) => (uint)(((i % count) << 16) + 2 + (i / count));

    private static void AssertEven(ushort count, IEnumerable<(uint Parent, Name Name)> directories)
    {
        var layout = new ShardLayout(0, count);
        var homes = new int[count];
        foreach (var (parent, name) in directories)
        {
            homes[layout.HomeOf(parent, name)]++;
        }

        var mean = (double)Directories / count;
        Assert.All(homes, h => Assert.InRange(h, mean - (Deviations * Math.Sqrt(mean)), mean + (Deviations * Math.Sqrt(mean))));
    }
}
