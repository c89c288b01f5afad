using System.Buffers.Binary;
using System.Text;
using MfsHa.Admin.Backups;
using MfsHa.Admin.ObjectStores;
using MfsHa.MetadataFile.Backups;

namespace MfsHa.Node.Tests.Admin;

/// <summary>Backups in an object store: what has a backup's key is whole, wherever it was broken off, and any damage is found.</summary>
public sealed class StoredBackupsTests : IDisposable
{
    private const string Key = "c/x.mfs";
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("mfsha-store-");
    private readonly MemoryStore _store = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task A_backup_comes_back_as_it_went()
    {
        string path = await MakeAsync("a.mfs");
        _ = await StoredBackups.PushAsync(_store, Key, path, Cancellation);
        Assert.Equal([Key, Key + ".manifest"], _store.Objects.Keys);
        string fetched = Path.Combine(_folder.FullName, "b.mfs");
        Assert.NotNull(await StoredBackups.FetchAsync(_store, Key, fetched, Cancellation));
        Assert.Equal(await File.ReadAllBytesAsync(path, Cancellation), await File.ReadAllBytesAsync(fetched, Cancellation));
        _ = await BackupCheck.RunAsync(fetched, Cancellation);
        Assert.Null(await StoredBackups.FetchAsync(_store, "c/y.mfs", Path.Combine(_folder.FullName, "c.mfs"), Cancellation));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Wherever_it_is_broken_off_there_is_a_whole_backup_or_none_and_it_can_be_done_again(bool breaksAfterwards)
    {
        string path = await MakeAsync("a.mfs");
        _ = await StoredBackups.PushAsync(_store, Key, path, Cancellation);
        int calls = _store.Calls;
        Assert.True(calls >= 7, $"{calls} calls");
        for (int call = 1; call <= calls; call++)
        {
            var store = new MemoryStore { Breaks = call, BreaksAfterwards = breaksAfterwards };
            _ = await Assert.ThrowsAsync<ObjectStoreException>(() => StoredBackups.PushAsync(store, Key, path, Cancellation));
            string fetched = Path.Combine(_folder.FullName, $"fetched-{call}.mfs");
            if (await StoredBackups.FetchAsync(store, Key, fetched, Cancellation) is null)
            {
                _ = await StoredBackups.PushAsync(store, Key, path, Cancellation);
                Assert.NotNull(await StoredBackups.FetchAsync(store, Key, fetched, Cancellation));
            }
            else
            {
                _ = await Assert.ThrowsAsync<BackupException>(() => StoredBackups.PushAsync(store, Key, path, Cancellation));
            }

            _ = await BackupCheck.RunAsync(fetched, Cancellation);
        }
    }

    [Theory]
    [InlineData(Key, "something else has arrived")]
    [InlineData(Key + ".manifest", "is damaged")]
    public async Task What_changes_on_its_way_is_not_told_as_stored(string which, string told)
    {
        string path = await MakeAsync("a.mfs");
        _store.OnItsWay = (key, bytes) =>
        {
            bytes[bytes.Length / 2] ^= key == which ? (byte)1 : (byte)0;
            return bytes;
        };
        BackupException e = await Assert.ThrowsAsync<BackupException>(() => StoredBackups.PushAsync(_store, Key, path, Cancellation));
        Assert.Contains(told, e.Message, StringComparison.Ordinal);
        _ = await Assert.ThrowsAsync<BackupException>(() => StoredBackups.FetchAsync(_store, Key, Path.Combine(_folder.FullName, "b.mfs"), Cancellation));
        Assert.Equal(["a.mfs", "a.mfs.manifest"], _folder.GetFiles().Select(static f => f.Name).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_backup_is_never_replaced_and_a_manifest_alone_is_none()
    {
        string path = await MakeAsync("a.mfs");
        _store.Objects[Key + ".manifest"] = [1, 2, 3];
        Assert.Null(await StoredBackups.FetchAsync(_store, Key, Path.Combine(_folder.FullName, "b.mfs"), Cancellation));
        _ = await StoredBackups.PushAsync(_store, Key, path, Cancellation);
        byte[] stored = _store.Objects[Key];
        BackupException e = await Assert.ThrowsAsync<BackupException>(async () => _ = await StoredBackups.PushAsync(_store, Key, await MakeAsync("other.mfs", metaId: 5), Cancellation));
        Assert.Contains("exists already", e.Message, StringComparison.Ordinal);
        Assert.Same(stored, _store.Objects[Key]);
    }

    [Fact]
    public async Task What_is_longer_than_its_manifest_says_does_not_fill_the_disk()
    {
        _ = await StoredBackups.PushAsync(_store, Key, await MakeAsync("a.mfs"), Cancellation);
        _store.Objects[Key] = [.. _store.Objects[Key], .. new byte[5 << 20]];
        BackupException e = await Assert.ThrowsAsync<BackupException>(() => StoredBackups.FetchAsync(_store, Key, Path.Combine(_folder.FullName, "b.mfs"), Cancellation));
        Assert.Contains("more bytes arrive", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_newest_whole_one_stays_however_old_and_others_go_by_number_and_age()
    {
        DateTimeOffset now = DateTimeOffset.UtcNow;
        for (int day = 0; day < 4; day++)
        {
            _ = await StoredBackups.PushAsync(_store, $"c/n-2026010{day + 1}T000000Z.mfs", await MakeAsync($"{day}.mfs", made: now.AddDays(day - 40)), Cancellation);
        }

        _ = await StoredBackups.PushAsync(_store, "c/n-by-hand.mfs", await MakeAsync("hand.mfs", made: now.AddDays(-90)), Cancellation);
        _store.Objects["c/n-20260104T000000Z.mfs"][100] ^= 1;
        var folder = new StoredBackupFolder(_store, new ObjectPlace("bucket", "c"));
        Assert.True(await PruneAsync(keep: 2, days: 1000));
        Assert.Equal(["n-20260102T000000Z.mfs", "n-20260103T000000Z.mfs", "n-20260104T000000Z.mfs", "n-by-hand.mfs"], Left());

        // keepDays: all are too old, and the newest whole one stays.
        Assert.True(await PruneAsync(keep: 2, days: 30));
        Assert.Equal(["n-20260103T000000Z.mfs", "n-20260104T000000Z.mfs", "n-by-hand.mfs"], Left());
        _store.Objects["c/n-20260103T000000Z.mfs"][100] ^= 1;
        Assert.False(await PruneAsync(keep: 1, days: 1));
        Assert.Equal(3, Left().Length);

        Task<bool> PruneAsync(int keep, int days) => BackupPruning.RunAsync(folder, "n-", new BackupRetention(keep, TimeSpan.FromDays(days)), now, static _ => Task.CompletedTask, Cancellation);

        string[] Left() => [.. _store.Objects.Keys.Where(static k => k.EndsWith(".mfs", StringComparison.Ordinal)).Select(static k => k[2..])];
    }

    [Theory]
    [InlineData("s3://bucket/a/b.mfs", true)]
    [InlineData("s3://bucket/", false)]
    [InlineData("s3://bucket", false)]
    [InlineData("s3://bucket/a//b", false)]
    [InlineData("s3://bucket/../b", false)]
    [InlineData("s3://b/a", false)]
    [InlineData("/backups/a", false)]
    public void A_place_is_a_bucket_and_a_key(string text, bool isPlace)
    {
        if (isPlace)
        {
            Assert.Equal(text, ObjectPlace.Parse("--to", text).ToString());
        }
        else
        {
            Assert.Contains("--to: s3://BUCKET/KEY expected", Assert.Throws<MfsHa.Admin.UsageException>(() => ObjectPlace.Parse("--to", text)).Message, StringComparison.Ordinal);
        }
    }

    private async Task<string> MakeAsync(string name, ulong metaId = 4, DateTimeOffset? made = null)
    {
        string path = Path.Combine(_folder.FullName, name);
        await using (var file = new FileStream(path, FileMode.CreateNew))
        {
            file.Write("MFSM 2.0"u8);
            file.Write(BigEndian(77));
            file.Write(BigEndian(metaId));
            file.Write(Encoding.ASCII.GetBytes("NODE 1.4"));
            file.Write(BigEndian(3 << 20));
            file.Write(new byte[3 << 20]);
            file.Write("[MFS EOF MARKER]"u8);
            file.Position = 0;
            (ulong id, IReadOnlyList<ManifestSection> sections) = BackupFrame.Read(file);
            file.Position = 0;
            List<string> blocks = [];
            await foreach (string checksum in BackupBlocks.ReadAsync(file, BackupBlocks.Length, Cancellation))
            {
                blocks.Add(checksum);
            }

            var manifest = new BackupManifest
            {
                Format = BackupManifest.CurrentFormat, MfshaVersion = "9.8.7", MetaId = id.ToString("X16", System.Globalization.CultureInfo.InvariantCulture), Made = made ?? DateTimeOffset.UnixEpoch, MetadataFormat = "4.x",
                MetadataVersion = 77, Shards = 1, PauseMilliseconds = 0, Positions = [], Counts = new SortedDictionary<string, ulong>(StringComparer.Ordinal), NotKept = [], Length = file.Length, Sections = sections,
                BlockLength = BackupBlocks.Length, Blocks = blocks,
            };
            await File.WriteAllBytesAsync(BackupManifest.PathOf(path), manifest.ToBytes(), Cancellation);
        }

        return path;
    }

    private static byte[] BigEndian(ulong number)
    {
        var bytes = new byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64BigEndian(bytes, number);
        return bytes;
    }
}
