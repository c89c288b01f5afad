using CsCheck;
using MfsHa.Metadata.Tests.Properties;

namespace MfsHa.MetadataFile.Tests;

public sealed class DamageTests
{
    private static readonly Gen<List<RandomOperation>> Operations = RandomOperation.Generator.List[20, 100];

    [Fact]
    public void A_truncated_file_is_refused_wherever_it_ends() => Gen.Select(Operations, Gen.Double[0, 1]).Sample(
        static (operations, part) =>
        {
            var file = RoundTripTests.Make(operations, 1, MetadataFormat.Version3).Write(MetadataFormat.Version3);
            var length = (int)(part * (file.Length - 1));
            var damage = Assert.Throws<MetadataFileException>(() => SmallCluster.Read(file[..length], 1_800_000_000));
            Assert.NotNull(damage.Section);
            Assert.InRange(damage.Offset, 0, length);
        },
        iter: 300);

    [Fact]
    public void A_changed_byte_is_refused_or_understood_but_never_more_than_that() => Gen.Select(Operations, Gen.Double[0, 1], Gen.Byte[1, 255]).Sample(
        static (operations, part, change) =>
        {
            var cluster = RoundTripTests.Make(operations, 1, MetadataFormat.Version4);
            var file = cluster.Write(MetadataFormat.Version4);
            file[(int)(part * (file.Length - 1))] ^= change;
            try
            {
                SmallCluster.Read(file, cluster.Shard.Now);
            }
            catch (MetadataFileException)
            {
                // That is how damage is to be told.
            }
        },
        iter: 2000);

    [Fact]
    public void The_message_names_section_and_offset()
    {
        var file = new SmallCluster().Write(MetadataFormat.Version3);
        var node = file.AsSpan().IndexOf("NODE 1.4"u8);
        file[node + 24] = 10; // the type of the first object
        var damage = Assert.Throws<MetadataFileException>(() => SmallCluster.Read(file, 1_800_000_000));
        Assert.Equal("NODE", damage.Section);
        Assert.Equal($"section NODE, offset {node + 25}: an object of type 10; 1..9 was expected", damage.Message);
    }

    [Fact]
    public void What_follows_the_end_is_refused()
    {
        var file = new SmallCluster().Write(MetadataFormat.Version3);
        Assert.Throws<MetadataFileException>(() => SmallCluster.Read([.. file, 0], 1_800_000_000));
    }

    [Fact]
    public void Versions_that_nobody_knows_are_refused()
    {
        var file = new SmallCluster().Write(MetadataFormat.Version3);
        file[file.AsSpan().IndexOf("EDGE 1.1"u8) + 7] = (byte)'2';
        var damage = Assert.Throws<MetadataFileException>(() => SmallCluster.Read(file, 1_800_000_000));
        Assert.Contains("version 1.2 cannot be read", damage.Message, StringComparison.Ordinal);
    }
}
