using System.Buffers.Binary;
using System.Globalization;
using MfsHa.Metadata.Kernel;
using MfsHa.Metadata.State;
using MfsHa.Metadata.SystemGroup;
using MfsHa.Metadata.Tests.Support;
using MfsHa.MetadataFile.Changelogs;

namespace MfsHa.MetadataFile.Tests;

/// <summary>Which changes of changelogs beside a file are replayed, and what is refused. That they are replayed as mfsmasters do it is shown with real ones.</summary>
public sealed class ChangelogTests : IDisposable
{
    private const uint Now = 1_800_000_000;
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("mfsha-changelogs");
    private readonly byte[] file;
    private readonly ulong version;

    public ChangelogTests()
    {
        var cluster = new SmallCluster();
        cluster.Shard.MakeDirectory(1, "directory");
        cluster.Shard.Write();
        file = cluster.Write(MetadataFormat.Version4);
        version = BinaryPrimitives.ReadUInt64BigEndian(file.AsSpan(8));
        File.WriteAllBytes(Path.Combine(folder.FullName, "metadata.mfs"), file);
    }

    public void Dispose() => folder.Delete(recursive: true);

    [Fact]
    public void Without_newer_changes_nothing_is_replayed()
    {
        Write("changelog.0.mfs", Create(-2, "old"), Create(-1, "older"));
        var (shard, system, report) = Read();
        Assert.Equal((0L, version), (report.Replayed, system.Cluster!.MetadataVersion));
        Assert.Single(shard.Entries.All());
    }

    [Fact]
    public void Changes_of_all_files_are_replayed_in_order_and_each_once()
    {
        Write("changelog.1.mfs", Create(-1, "in the file"), Create(0, "a"), Create(0, "a"), Create(1, "b"));
        Write("changelog.0.mfs", Create(2, "c"), Line(3, "IDLE()"), Line(4, "UNLINK(1,b):101"));
        Write("changelog_ml.0.mfs", Create(1, "b"), Create(2, "c"));
        var (shard, system, report) = Read();
        Assert.Equal((5L, version + 5), (report.Replayed, system.Cluster!.MetadataVersion));
        Assert.Equal(["a", "c", "directory"], shard.Entries.All().Select(static e => e.Key.Name.ToString()).Order(StringComparer.Ordinal));
        Assert.Equal(4, report.Inodes);
        Assert.Equal(103u, shard.Counters.NextInode);
        Audit.Check(shard);

        // What was never used may be given out, what rests may not.
        Assert.Equal([.. Enumerable.Range(3, 97).Select(static n => (uint)n)], shard.RecycledInodes.All().SelectMany(static b => b.Value.Inodes));
        Assert.Equal(101u, Assert.Single(shard.Freed.All()).Key.Inode);
    }

    [Theory]
    [InlineData("CREA", 1)]
    [InlineData("CREATE(1,b,1,420,0,0,0,0", 1)]
    [InlineData("CREATE(1,b,1,420,0,0,0,0):", 1)]
    public void A_last_line_that_was_not_written_to_its_end_is_left_out_and_that_is_said(string line, long replayed)
    {
        Write("changelog.0.mfs", Create(0, "a"), Line(1, line));
        var path = Path.Combine(folder.FullName, "changelog.0.mfs");
        File.WriteAllText(path, File.ReadAllText(path).TrimEnd('\n'));
        var (shard, _, report) = Read();
        Assert.Equal(replayed, report.Replayed);
        Assert.Equal(2, shard.Entries.All().Count());
        Assert.Contains("was not written to its end", Assert.Single(report.Losses), StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_said_of_a_session_that_was_closed_before_the_file_was_stored_concerns_nobody()
    {
        // The file lacks a session that its client has closed, and keeps what it had open; later lines still speak of it.
        var cluster = new SmallCluster();
        var number = cluster.Shard.MakeFile(1, "file");
        cluster.Shard.State.Open(3, number);
        cluster.Shard.State.Commit(success: true);
        cluster.Shard.Write();
        cluster.System.Sessions.Remove(3);
        cluster.System.Commit(success: true);
        File.WriteAllBytes(Path.Combine(folder.FullName, "metadata.mfs"), cluster.Write(MetadataFormat.Version4));
        Write("changelog.0.mfs", Line(0, $"RELEASE(3,{number})"), Line(1, $"ACQUIRE(3,{number})"), Line(2, "SESDISCONNECTED(3)"), Line(3, "SESDEL(3)"));
        var (shard, system, report) = Read();
        Assert.Equal(4, report.Replayed);
        Assert.False(shard.IsOpen(number));
        Assert.Equal([1u, 2u, 4u, 5u], system.Sessions.All().Select(static s => s.Key));
        Assert.Empty(report.Losses);
        Write("changelog.0.mfs", Line(0, "SESDEL(6)"));
        AssertRefused("session 6 does not exist");
    }

    [Fact]
    public void Such_a_line_within_a_file_is_refused()
    {
        Write("changelog.0.mfs", Create(0, "a"), Line(1, "CREA"), Create(2, "c"));
        AssertRefused("changelog.0.mfs:2:", "was expected");
    }

    [Fact]
    public void Missing_changes_are_refused_with_their_numbers()
    {
        Write("changelog.0.mfs", Create(0, "a"), Create(3, "d"));
        AssertRefused(string.Create(CultureInfo.InvariantCulture, $"changes {version + 1} to {version + 2} are missing"), "changelog.0.mfs:2");
        Write("changelog.0.mfs", Create(2, "c"));
        AssertRefused(string.Create(CultureInfo.InvariantCulture, $"changes {version} to {version + 1} are missing"), "changelog.0.mfs begins with");
    }

    [Theory]
    [InlineData("CREATE(1,directory,1,420,0,0,0,0):100", "has an entry")]
    [InlineData("CREATE(1,x,1,420,0,0,0,0):2", "exists already")]
    [InlineData("CREATE(7,x,1,420,0,0,0,0):100", "inode 7 does not exist")]
    [InlineData("UNLINK(1,directory):3", "names inode 2")]
    [InlineData("WRITE(2,0,1,1):1", "is no file")]
    [InlineData("RELEASE(1,2)", "is not open")]
    [InlineData("FREEINODES(86400):1,0,5", "0 were removed")]
    [InlineData("INVENTED(1)", "not known here")]
    [InlineData("ADDATTR(1,0,x)", "1 bytes are left")]
    [InlineData("ADDATTR(1,4,%00%01%04user)", "4 bytes more than 7")]
    [InlineData("ARCHCHG(1,0,1):1,0,0", "0 chunks were changed, 0 not")]
    [InlineData("ARCHCHG(1,0,2):0,0,0", "does not change anything")]
    [InlineData("AUTOARCH(100,1,0):1,0", "0 chunks were archived")]
    [InlineData("AUTOARCH(2,1,0):1,0", "is no file")]
    [InlineData("CHUNKFLAGSCLR(77)", "does not exist")]
    [InlineData("SETFILECHUNK(100,3,0)", "has 0 chunks")]
    [InlineData("SETFILECHUNK(100,0,5)", "are known here")]
    [InlineData("TRASH_RECOVER(100,1,x,0,0,0,0):()", "it is refused: ENoEnt")]
    [InlineData("SNAPSHOT(1,1,x,0,0,0,[],0):0,0,0,0,0,0", "a group was expected")]
    [InlineData("SNAPSHOT(1,2,x,0,0,0,[0],0):1,0,0,0,0,1", "which is copied")]
    [InlineData("UNDEL(2)", "is not in the trash")]
    [InlineData("SCSET(x,1,W1,K1,A1,1,0,0,0,0,0,0,0,0,0,0,0,0,0,0):11", "the next class is 10")]
    [InlineData("SCREN(none,other):10", "is not called")]
    [InlineData("PATDEL(*.none,1,1)", "is no pattern")]
    [InlineData("ACCESS(2,3)", "was expected at character")]
    [InlineData("ACCESS(99999999999)", "32 bits")]
    public void What_does_not_fit_is_refused_with_its_place_and_what_to_do(string line, string why)
    {
        Write("changelog.0.mfs", Create(0, "a"), Line(1, line));
        AssertRefused("changelog.0.mfs:2: change ", why);
        AssertRefused("mfsmaster -a restore", "cannot be replayed exactly");
    }

    [Fact]
    public void A_newer_copy_of_the_metadata_is_refused_and_others_are_not()
    {
        File.WriteAllBytes(Path.Combine(folder.FullName, "metadata.mfs.back"), Changed(8 + 7, (byte)(file[15] + 1))[..^1]);
        File.WriteAllBytes(Path.Combine(folder.FullName, "metadata.mfs.back.1"), file);
        File.WriteAllBytes(Path.Combine(folder.FullName, "metadata_ml.mfs"), Changed(16 + 7, 99));
        Read();
        File.WriteAllBytes(Path.Combine(folder.FullName, "metadata.mfs.back.2"), Changed(8 + 7, (byte)(file[15] + 1)));
        AssertRefused("metadata.mfs.back.2 is newer", "move this one into a directory of its own");
    }

    [Fact]
    public void A_file_that_only_has_the_name_of_a_changelog_is_refused()
    {
        File.WriteAllText(Path.Combine(folder.FullName, "changelog.old.mfs"), "notes\n");
        AssertRefused("changelog.old.mfs", "this is no changelog");
    }

    private byte[] Changed(int place, byte value)
    {
        var changed = file.ToArray();
        changed[place] = value;
        return changed;
    }

    private string Line(int ahead, string change) => string.Create(CultureInfo.InvariantCulture, $"{(long)version + ahead}: {Now - 1000}|{change}");

    // Each with a number of its own.
    private string Create(int ahead, string name) => Line(ahead, string.Create(CultureInfo.InvariantCulture, $"CREATE(1,{name},1,420,0,0,0,0):{100 + ahead}"));

    private void Write(string name, params string[] lines) => File.WriteAllText(Path.Combine(folder.FullName, name), string.Concat(lines.Select(static l => l + "\n")));

    private void AssertRefused(params string[] expected)
    {
        var e = Assert.Throws<MetadataFileException>(() => Read());
        Assert.All(expected, text => Assert.Contains(text, e.Message, StringComparison.Ordinal));
    }

    private (NamespaceState Shard, SystemState System, MetadataReport Report) Read()
    {
        var store = new MemoryStore();
        var shard = new NamespaceState(store, 1, 1000);
        var system = new SystemState(new MemoryStore());
        using var stored = File.OpenRead(Path.Combine(folder.FullName, "metadata.mfs"));
        using var beside = MasterFiles.OpenBeside(stored);
        var options = new ImportOptions(Now) { Changelogs = beside.Changelogs };
        return (shard, system, MetadataFileReader.Read(stored, SmallCluster.Places([shard], store, system), SmallCluster.Form, options, CancellationToken.None));
    }
}
