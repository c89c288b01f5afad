using System.Text;
using MfsHa.MetadataFile.Backups;

namespace MfsHa.MetadataFile.Tests;

/// <summary>Which manifests are read, and what of one is noticed.</summary>
public sealed class BackupManifestTests
{
    private static readonly BackupManifest Manifest = new()
    {
        Format = BackupManifest.CurrentFormat,
        MfshaVersion = "0.1.0",
        MetaId = "0123456789ABCDEF",
        Made = DateTimeOffset.UnixEpoch,
        MetadataFormat = "4.x",
        MetadataVersion = 7,
        Shards = 1,
        PauseMilliseconds = 0,
        Positions = [new ManifestPosition(0, 5, 2)],
        VectorClocks = [new ManifestClock(1, [new ManifestClockEntry(2, 10, 77)])],
        Configuration = [new ManifestSetting("MATOCL_TIMEOUT", "20", "cluster")],
        Counts = new Dictionary<string, ulong>(),
        NotKept = [],
        Length = 100,
        Sections = [],
        BlockLength = 1 << 20,
        Blocks = [],
    };

    [Fact]
    public void What_was_written_is_read()
    {
        var read = BackupManifest.Parse("x", Manifest.ToBytes());
        Assert.Equal(new ManifestClockEntry(2, 10, 77), Assert.Single(Assert.Single(read.VectorClocks!).Clock));
        Assert.Equal(new ManifestSetting("MATOCL_TIMEOUT", "20", "cluster"), Assert.Single(read.Configuration!));
    }

    [Fact]
    public void The_first_format_had_neither_clocks_nor_configuration_and_is_read()
    {
        var bytes = (Manifest with { Format = 1, VectorClocks = null, Configuration = null }).ToBytes();
        Assert.DoesNotContain("vectorClocks", Encoding.UTF8.GetString(bytes), StringComparison.Ordinal);
        Assert.Null(BackupManifest.Parse("x", bytes).VectorClocks);
    }

    [Fact]
    public void Later_formats_are_refused() =>
        Assert.Contains("x has format 3, this version of mfsha reads 1 to 2", Assert.Throws<BackupException>(() => BackupManifest.Parse("x", (Manifest with { Format = 3 }).ToBytes())).Message, StringComparison.Ordinal);

    [Fact]
    public void A_changed_byte_anywhere_is_noticed()
    {
        var bytes = Manifest.ToBytes();
        for (var i = 0; i < bytes.Length; i++)
        {
            bytes[i] ^= 1;
            Assert.Throws<BackupException>(() => BackupManifest.Parse("x", bytes));
            bytes[i] ^= 1;
        }
    }
}
