using MfsHa.Cluster.Formation;
using MfsHa.Cluster.Recovery;
using MfsHa.Cluster.Status;
using MfsHa.Storage;
using Xunit;

namespace MfsHa.Cluster.Tests.Recovery;

public sealed class DamageTests : IDisposable
{
    private static readonly DateTimeOffset Now = new(2026, 11, 30, 21, 5, 7, TimeSpan.Zero);
    private readonly string directory = Directory.CreateTempSubdirectory("mfsha-damage-").FullName;

    public static TheoryData<Exception, bool> Failures => new()
    {
        { new StorageCorruptException("state", "block checksum mismatch"), true },
        { new ReplicaDiffersException("the replica of group 1 differs"), true },
        { new AggregateException(new TimeoutException(), new StorageCorruptException("log", "entry 7 is missing")), true },
        { new InvalidOperationException("applying", new StorageCorruptException("log", "entry 7 is missing")), true },
        { new InvalidDataException("the directory belongs to node 2"), false },
        { new IOException("No space left on device"), false },
    };

    [Theory]
    [MemberData(nameof(Failures), DisableDiscoveryEnumeration = true)]
    public void Damage_is_told_from_what_a_person_has_to_mend(Exception failure, bool isDamage) => Assert.Equal(isDamage, DamageNote.IsDamage(failure));

    [Fact]
    public void A_note_is_read_back_and_can_be_forgotten()
    {
        Assert.Null(DamageNote.Load(directory));
        var note = new DamageNote(3, 7, Guid.NewGuid(), "entry 7 is missing", "node-c", 9430, [new FormationPeer(1, "node-a", 9430)]);
        note.Store(directory);
        var loaded = DamageNote.Load(directory)!;
        Assert.Equal(note with { Peers = loaded.Peers }, loaded);
        Assert.Equal(note.Peers, loaded.Peers);
        DamageNote.Delete(directory);
        Assert.Null(DamageNote.Load(directory));
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("""{"node":3}""")]
    public void A_damaged_note_is_refused_with_its_name(string content)
    {
        File.WriteAllText(Path.Combine(directory, DamageNote.FileName), content);
        Assert.Contains(DamageNote.FileName, Assert.Throws<InvalidDataException>(() => DamageNote.Load(directory)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void All_data_of_a_node_are_set_aside_and_its_log_files_stay()
    {
        Fill();
        DamagedDirectory.SetAside(directory, DamagedDirectory.NameAt(Now));
        Assert.Equal(["damaged-20261130T210507Z", "keep.me", "log", "log/mfsha-raft.log", "log/mfsha.log"], Left());
        string[] aside = ["log", "log/000004.log", "log/CURRENT", "node.json", "removed-from-cluster", "replica-differs", "state", "state/000009.sst"];
        Assert.Equal(aside, Under(Path.Combine(directory, "damaged-20261130T210507Z")));
        Assert.Equal(Now, DamagedDirectory.LastIn(directory));
    }

    [Theory]
    [InlineData("node.json")]
    [InlineData("log/CURRENT")]
    [InlineData("state")]
    public void Setting_aside_goes_on_where_it_was_interrupted(string moved)
    {
        Fill();
        var aside = Path.Combine(directory, DamagedDirectory.NameAt(Now));
        Directory.CreateDirectory(Path.Combine(aside, "log"));
        Directory.Move(Path.Combine(directory, moved), Path.Combine(aside, moved));
        DamagedDirectory.SetAside(directory, DamagedDirectory.NameAt(Now));
        Assert.Equal(8, Under(aside).Length);
        Assert.Equal(["damaged-20261130T210507Z", "keep.me", "log", "log/mfsha-raft.log", "log/mfsha.log"], Left());
    }

    [Fact]
    public void Only_the_last_damaged_data_are_kept()
    {
        Fill();
        DamagedDirectory.SetAside(directory, DamagedDirectory.NameAt(Now - TimeSpan.FromDays(3)));
        Directory.CreateDirectory(Path.Combine(directory, "damaged-by-hand"));
        Fill();
        DamagedDirectory.SetAside(directory, DamagedDirectory.NameAt(Now));
        Assert.Equal(["damaged-20261130T210507Z", "damaged-by-hand"], Left().Where(static p => p.StartsWith("damaged", StringComparison.Ordinal)));
    }

    [Fact]
    public void Nothing_was_ever_set_aside_in_a_fresh_directory() => Assert.Null(DamagedDirectory.LastIn(directory));

    public void Dispose() => Directory.Delete(directory, recursive: true);

    private void Fill()
    {
        foreach (var file in (string[])["node.json", "replica-differs", "removed-from-cluster", "keep.me", "log/mfsha.log", "log/mfsha-raft.log", "log/000004.log", "log/CURRENT", "state/000009.sst"])
        {
            var path = Path.Combine(directory, file);
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllText(path, file);
        }
    }

    private string[] Left() => [.. Under(directory).Where(static p => !p.StartsWith("damaged-2", StringComparison.Ordinal) || !p.Contains('/', StringComparison.Ordinal))];

    private static string[] Under(string root) =>
        [.. Directory.GetFileSystemEntries(root, "*", SearchOption.AllDirectories).Select(p => Path.GetRelativePath(root, p)).Order(StringComparer.Ordinal)];
}
