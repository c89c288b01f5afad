using CsCheck;
using MfsHa.Cluster.Chunks.Care;
using MfsHa.Metadata.StorageClasses;
using Xunit;

namespace MfsHa.Cluster.Tests.Chunks.Care;

public sealed class LabelMatchingTests
{
    private static readonly Gen<byte[]> Label = Gen.OneOf(
        Gen.Const<byte[]>([]), Gen.Const<byte[]>([0xC0]), Gen.Const<byte[]>([0xC1]), Gen.Const<byte[]>([0xC0, 0xC1, 0x80]));

    [Fact]
    public void Server_of_two_labels_makes_room_for_one_that_has_only_one()
    {
        var chosen = Match([[0xC0], [0xC1]], LabelsMode.Strict, 0, 0b11, 0b01);
        Assert.Equal([true, true], chosen);
    }

    [Fact]
    public void First_servers_win() => Assert.Equal([true, false, true, false], Match([[0xC0], []], LabelsMode.Loose, 0, 0b10, 0b100, 0b01, 0b01));

    [Fact]
    public void As_many_labels_as_can_be_have_a_server() =>
        Gen.Select(Label.Array[1, 4], Gen.UInt[0, 3].Array[0, 5]).Sample((labels, servers) =>
        {
            var chosen = Match(labels, LabelsMode.Strict, 0, servers);
            Assert.Equal(Best(labels, servers, 0, []), chosen.Count(static c => c));
        });

    [Fact]
    public void Servers_of_one_address_count_once() =>
        Assert.Equal([true, false], LabelMatching.Match(new WantedCopies([[], []], LabelsMode.Strict, WantedCopies.UniqueAddress), [Server(1, 0), Server(2, 0)]));

    private static int Best(byte[][] labels, uint[] servers, int label, HashSet<int> used)
    {
        if (label == labels.Length)
        {
            return 0;
        }

        var best = Best(labels, servers, label + 1, used);
        for (var i = 0; i < servers.Length; i++)
        {
            if (LabelExpression.Matches(labels[label], servers[i]) && used.Add(i))
            {
                best = Math.Max(best, 1 + Best(labels, servers, label + 1, used));
                used.Remove(i);
            }
        }

        return best;
    }

    private static bool[] Match(byte[][] labels, LabelsMode mode, uint unique, params uint[] servers) =>
        LabelMatching.Match(new WantedCopies(labels, mode, unique), [.. servers.Select(static (l, i) => Server((ushort)(i + 1), l))]);

    private static CareServer Server(ushort id, uint labels) => new(id) { Labels = labels, Address = 10 };
}
