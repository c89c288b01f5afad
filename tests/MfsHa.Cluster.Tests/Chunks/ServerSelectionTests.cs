using CsCheck;
using MfsHa.Cluster.Chunks;
using Xunit;

namespace MfsHa.Cluster.Tests.Chunks;

public sealed class ServerSelectionTests
{
    private const ulong GiB = 1UL << 30;

    [Fact]
    public void Chosen_servers_are_different_and_have_space() =>
        Gen.Select(Gen.ULong[0, 40], Gen.ULong[0, 40], Gen.Int[0, 3], Gen.Bool).Array[0, 12].Select(Gen.Int[1, 9], Gen.ULong).Sample((drawn, wanted, seed) =>
        {
            SelectableServer[] servers = [.. drawn.Select(static (d, i) => new SelectableServer((ushort)(i + 1), 0, d.Item1 * GiB, d.Item2 * GiB, d.Item3, d.Item4))];

            var (chosen, shortage) = ServerSelection.Choose(servers, wanted, seed);

            Assert.Equal(chosen.Length, chosen.Distinct().Count());
            Assert.All(chosen, id => Assert.True(servers[id - 1].TotalBytes > servers[id - 1].UsedBytes && !servers[id - 1].Overloaded));
            Assert.True(chosen.Length <= wanted);
            Assert.Equal(chosen.Length == 0, shortage != SelectionShortage.None);
            Assert.Equal(chosen, ServerSelection.Choose(servers, wanted, seed).Chosen);
        });

    [Fact]
    public void Servers_are_chosen_in_proportion_to_their_space()
    {
        SelectableServer[] servers = [new(1, 0, 100 * GiB, 0, 0, false), new(2, 0, 300 * GiB, 0, 0, false)];
        var counts = new int[3];
        for (ulong seed = 0; seed < 10_000; seed++)
        {
            counts[ServerSelection.Choose(servers, 1, seed).Chosen[0]]++;
        }

        Assert.InRange(counts[2] / (double)counts[1], 2.5, 3.5);
    }

    [Theory]
    [InlineData(0, 0, false, SelectionShortage.NoSpace)]
    [InlineData(100, 100, false, SelectionShortage.NoSpace)]
    [InlineData(100, 0, true, SelectionShortage.Busy)]
    public void A_shortage_says_why(ulong total, ulong used, bool overloaded, SelectionShortage expected) =>
        Assert.Equal(expected, ServerSelection.Choose([new(1, 0, total * GiB, used * GiB, 0, overloaded)], 2, 1).Shortage);

    [Fact]
    public void No_servers_is_said() => Assert.Equal(SelectionShortage.NoServers, ServerSelection.Choose([], 2, 1).Shortage);
}
