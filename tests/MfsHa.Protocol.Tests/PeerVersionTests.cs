using MfsHa.Protocol.Tests.Support;
using Xunit;

namespace MfsHa.Protocol.Tests;

public class PeerVersionTests
{
    [Theory]
    [InlineData(3, 0, 117, 0x000300EAu)]
    [InlineData(4, 56, 6, 0x0004380Cu)]
    [InlineData(4, 57, 6, 0x0004390Cu)]
    [InlineData(4, 59, 2, 0x00043B04u)]
    [InlineData(1, 6, 27, 0x0001061Bu)]
    public void The_minor_number_is_doubled_on_the_wire(ushort major, byte middle, byte minor, uint wire)
    {
        var version = new PeerVersion(major, middle, minor);

        Assert.Equal(wire, version.Wire);
        Assert.Equal((major, middle, minor), (version.Major, version.Middle, version.Minor));
        Assert.Equal($"{major}.{middle}.{minor}", version.ToString());
        Assert.False(version.IsPro);
    }

    [Fact]
    public void An_odd_last_byte_is_a_PRO_build() => Assert.Equal("4.59.2 PRO", new PeerVersion(0x00043B05).ToString());

    /// <summary>client-protocol table: name of the gate, last version without it, first with it.</summary>
    [Theory]
    [InlineData(nameof(PeerVersion.HasWindowsAttributes), 3, 0, 92, 3, 0, 93)]
    [InlineData(nameof(PeerVersion.HasWindowsAttributes), 4, 0, 1, 4, 0, 2)]
    [InlineData(nameof(PeerVersion.StatFsHasFreeSpace), 3, 0, 101, 3, 0, 102)]
    [InlineData(nameof(PeerVersion.StatFsHasFreeSpace), 4, 8, 9, 4, 9, 0)]
    [InlineData(nameof(PeerVersion.UnlinkReturnsInode), 3, 0, 106, 3, 0, 107)]
    [InlineData(nameof(PeerVersion.UnlinkReturnsInode), 4, 17, 9, 4, 18, 0)]
    [InlineData(nameof(PeerVersion.HasDisables), 3, 0, 111, 3, 0, 112)]
    [InlineData(nameof(PeerVersion.HasDisables), 4, 20, 9, 4, 21, 0)]
    [InlineData(nameof(PeerVersion.KnowsFlags), 3, 0, 112, 3, 0, 113)]
    [InlineData(nameof(PeerVersion.KnowsFlags), 4, 21, 9, 4, 22, 0)]
    [InlineData(nameof(PeerVersion.ReconnectCarriesVersion), 3, 0, 94, 3, 0, 95)]
    [InlineData(nameof(PeerVersion.ReconnectCarriesVersion), 4, 0, 6, 4, 0, 7)]
    [InlineData(nameof(PeerVersion.TakesInvalidateChunkCache), 3, 0, 99, 3, 0, 100)]
    [InlineData(nameof(PeerVersion.TakesInvalidateChunkCache), 4, 2, 9, 4, 3, 0)]
    [InlineData(nameof(PeerVersion.TakesChangePushes), 3, 0, 73, 3, 0, 74)]
    [InlineData(nameof(PeerVersion.KnowsStorageClassNames), 3, 0, 74, 3, 0, 75)]
    [InlineData(nameof(PeerVersion.ReadsEc8), 3, 0, 117, 4, 0, 0)]
    [InlineData(nameof(PeerVersion.TakesForceTimeout), 4, 11, 9, 4, 12, 0)]
    [InlineData(nameof(PeerVersion.RenameHasMode), 4, 17, 9, 4, 18, 0)]
    [InlineData(nameof(PeerVersion.ReadsEc4), 4, 25, 9, 4, 26, 0)]
    [InlineData(nameof(PeerVersion.HasMasterProcessId), 4, 39, 9, 4, 40, 0)]
    [InlineData(nameof(PeerVersion.ChunkChangedHasRange), 4, 39, 9, 4, 40, 0)]
    [InlineData(nameof(PeerVersion.WriteEndHasRange), 4, 39, 9, 4, 40, 0)]
    [InlineData(nameof(PeerVersion.WriteEndRangeIsTrustworthy), 4, 47, 9, 4, 48, 0)]
    [InlineData(nameof(PeerVersion.QuotaHasDefaultGrace), 4, 50, 9, 4, 51, 0)]
    [InlineData(nameof(PeerVersion.SclassGroups), 4, 56, 6, 4, 57, 0)]
    [InlineData(nameof(PeerVersion.PagesReadDirectory), 4, 57, 6, 4, 58, 0)]
    public void A_feature_begins_with_its_version(
        string gate, ushort major0, byte middle0, byte minor0, ushort major1, byte middle1, byte minor1)
    {
        bool Has(PeerVersion version) => (bool)typeof(PeerVersion).GetProperty(gate)!.GetValue(version)!;

        Assert.False(Has(new PeerVersion(major0, middle0, minor0)));
        Assert.True(Has(new PeerVersion(major1, middle1, minor1)));
        Assert.True(Has(Versions.V4592));
    }

    [Fact]
    public void Versions_compare_by_number()
    {
        Assert.True(Versions.V30117 < Versions.V4566 && Versions.V4566 <= Versions.V4576);
        Assert.True(Versions.V4592 > Versions.V4576 && Versions.V4592 >= new PeerVersion(4, 59, 2));
        Assert.True(Versions.V4566.CompareTo(Versions.V4576) < 0);
        Assert.True(Versions.V4566.IsAtLeast(4, 56, 6) && !Versions.V4566.IsAtLeast(4, 56, 7));
    }
}
