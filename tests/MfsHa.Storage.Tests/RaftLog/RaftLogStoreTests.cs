using System.Text;
using MfsHa.Storage.RaftLog;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace MfsHa.Storage.Tests.RaftLog;

public sealed class RaftLogStoreTests : IDisposable
{
    private static readonly RaftLogStoreOptions Options = new();
    private readonly TemporaryDirectory _directory = new();
    private readonly FakeTimeProvider _clock = new();
    private TestDevice? _device;

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task What_was_acknowledged_is_there_after_a_crash()
    {
        using var store = Open("a");
        await store.SaveHardState(7, new RaftHardState(3, new byte[] { 1, 2, 3 }));
        await store.SaveConfiguration(7, new RaftConfiguration(0, new byte[] { 9 }));
        await store.Append(7, Entries(1, 3, 100));
        await store.Append(8, []); // another group without anything else

        using var again = RaftLogStore.Open(_directory.CrashCopy(store.Path, "b"), Options, TimeProvider.System);

        var opened = again.Load(7);
        Assert.Equal(3, opened.HardState.Term);
        Assert.Equal([1, 2, 3], opened.HardState.Vote.ToArray());
        Assert.Equal([9], opened.Configuration.Members.ToArray());
        Assert.Equal(100, opened.LastIndex);
        Assert.Equal("entry 42", Text(again.Read(7, 42)));
        Assert.Equal(store.Incarnation, again.Incarnation);
        Assert.Null(again.Read(7, 101));
    }

    [Fact]
    public void A_later_store_has_a_higher_incarnation()
    {
        using var a = Open("a");
        _clock.Advance(TimeSpan.FromSeconds(1));
        using var b = Open("b");
        Assert.True(a.Incarnation > 0);
        Assert.True(b.Incarnation > a.Incarnation);
    }

    [Fact]
    public async Task An_append_is_not_complete_before_its_sync()
    {
        using var store = Open("a");
        using var held = _device!.Hold();
        var append = store.Append(1, Entries(1, 0, 1));
        await Task.Delay(50, TestContext.Current.CancellationToken);
        Assert.False(append.IsCompleted);
        Assert.True(store.OldestPending > TimeSpan.FromMilliseconds(20));
        _device.Release();
        await append;
        Assert.Equal(TimeSpan.Zero, store.OldestPending);
    }

    [Fact]
    public async Task Every_acknowledged_append_has_had_a_sync_of_the_file()
    {
        using var store = RaftLogStore.Open(_directory.Sub("a"), Options, TimeProvider.System); // the real device
        for (var i = 1; i <= 20; i++)
        {
            await store.Append(1, Entries(i, 0, 1));
        }

        // "Cumulative WAL: 21 writes, 21 syncs, ..." (rocksdb/db/internal_stats.cc)
        var line = store.Property("rocksdb.dbstats").Split('\n').Single(l => l.StartsWith("Cumulative WAL", StringComparison.Ordinal));
        var syncs = int.Parse(line.Split(", ")[1].Split(' ')[0], System.Globalization.CultureInfo.InvariantCulture);
        Assert.True(syncs >= 20, line);
    }

    [Fact]
    public async Task Groups_that_append_during_a_sync_share_the_next_one()
    {
        using var store = Open("a");
        using var held = _device!.Hold();
        var first = store.Append(0, Entries(1, 0, 1));
        var rest = Enumerable.Range(1, 100).Select(g => store.Append((ushort)g, Entries(1, 0, 1))).ToArray();
        var before = store.Statistics.Syncs;
        _device.Release();
        await first;
        await Task.WhenAll(rest);
        await store.LastWrite();
        Assert.InRange(store.Statistics.Syncs - before, 1, 2);
        Assert.Equal(101, store.Statistics.Records);
    }

    [Fact]
    public async Task A_replaced_tail_is_gone_and_the_new_one_is_there()
    {
        using var store = Open("a");
        await store.SaveHardState(1, new RaftHardState(5, default));
        await store.Append(1, Entries(1, 1, 10));
        await store.Append(1, Entries(6, 5, 2), truncateFrom: 6);

        using var again = RaftLogStore.Open(_directory.CrashCopy(store.Path, "b"), Options, TimeProvider.System);

        Assert.Equal(7, again.Load(1).LastIndex);
        Assert.Equal(1, again.Read(1, 5)!.Term);
        Assert.Equal(5, again.Read(1, 6)!.Term);
        Assert.Null(again.Read(1, 8));
    }

    [Fact]
    public async Task A_cut_log_begins_behind_its_mark()
    {
        using var store = Open("a");
        await store.SaveHardState(1, new RaftHardState(2, default));
        await store.Append(1, Entries(1, 2, 10));
        await store.TruncateHead(1, 1, new RaftLogMark(4, 2, 1234));

        using var again = RaftLogStore.Open(_directory.CrashCopy(store.Path, "b"), Options, TimeProvider.System);

        Assert.Equal(new RaftLogMark(4, 2, 1234), again.Load(1).Mark);
        Assert.Equal(10, again.Load(1).LastIndex);
        Assert.Null(again.Read(1, 4));
        Assert.NotNull(again.Read(1, 5));
    }

    [Fact]
    public async Task A_reset_log_is_empty_behind_its_mark()
    {
        using var store = Open("a");
        await store.SaveHardState(1, new RaftHardState(2, default));
        await store.Append(1, Entries(1, 2, 10));
        await store.Reset(1, new RaftLogMark(50, 2, 9));

        using var again = RaftLogStore.Open(_directory.CrashCopy(store.Path, "b"), Options, TimeProvider.System);
        Assert.Equal(50, again.Load(1).LastIndex);
        Assert.Null(again.Read(1, 10));
    }

    [Fact]
    public async Task An_installation_that_was_begun_is_seen_until_its_end_is_noted()
    {
        using var store = Open("a");
        await store.SaveHardState(1, new RaftHardState(2, default));
        await store.Append(1, Entries(1, 2, 10));
        await store.BeginInstall(1, new RaftLogMark(50, 2, 9));
        using (var begun = RaftLogStore.Open(_directory.CrashCopy(store.Path, "b"), Options, TimeProvider.System))
        {
            Assert.Equal(new RaftLogMark(50, 2, 9), begun.Load(1).Install);
            Assert.Equal(10, begun.Load(1).LastIndex);
        }

        await store.Reset(1, new RaftLogMark(50, 2, 9));
        using var ended = RaftLogStore.Open(_directory.CrashCopy(store.Path, "c"), Options, TimeProvider.System);
        Assert.Null(ended.Load(1).Install);
        Assert.Equal(50, ended.Load(1).LastIndex);
    }

    [Fact]
    public async Task A_removed_group_is_forgotten_and_its_neighbours_are_not()
    {
        using var store = Open("a");
        foreach (var group in new ushort[] { 1, 2, 3 })
        {
            await store.SaveHardState(group, new RaftHardState(2, default));
            await store.Append(group, Entries(1, 2, 3));
        }

        await store.RemoveGroup(2);
        using var again = RaftLogStore.Open(_directory.CrashCopy(store.Path, "b"), Options, TimeProvider.System);
        Assert.Equal([(ushort)1, (ushort)3], again.Groups.Order());
    }

    [Fact]
    public async Task Entries_are_read_up_to_the_asked_amount()
    {
        using var store = Open("a");
        await store.Append(1, Entries(1, 0, 100));
        var all = new List<RaftLogEntry>();
        store.Read(1, 10, 90, long.MaxValue, all);
        Assert.Equal(Enumerable.Range(10, 81).Select(i => (long)i), all.Select(e => e.Index));
        var one = new List<RaftLogEntry>();
        store.Read(1, 10, 90, 1, one);
        Assert.Equal(10, Assert.Single(one).Index);
    }

    [Fact]
    public async Task A_flipped_byte_in_an_entry_is_found_at_start_and_named()
    {
        var store = Open("a");
        await store.Append(12, Entries(1, 0, 4));
        _device!.Damage = bytes => bytes[^1] ^= 0x10; // the last byte of the last entry's payload
        await store.Append(12, Entries(5, 0, 1));
        var read = Assert.Throws<StorageCorruptException>(() => store.Read(12, 5));
        Assert.Contains("entry 5 of group 12", read.Message, StringComparison.Ordinal);
        store.Dispose();

        var opened = Assert.Throws<StorageCorruptException>(() => RaftLogStore.Open(_directory.Sub("a"), Options, TimeProvider.System));
        Assert.Contains("group 12", opened.Message, StringComparison.Ordinal);
        Assert.Contains("entry 5", opened.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_flipped_byte_in_the_middle_of_the_file_stops_the_start()
    {
        using (var store = Open("a"))
        {
            for (var i = 1; i <= 200; i++)
            {
                await store.Append(1, Entries(i, 0, 1));
            }

            _directory.CrashCopy(store.Path, "b");
        }

        var file = Directory.EnumerateFiles(_directory.Sub("b"), "*.log").Single(f => new FileInfo(f).Length > 0);
        var bytes = await File.ReadAllBytesAsync(file, TestContext.Current.CancellationToken);
        bytes[bytes.Length / 2] ^= 1;
        await File.WriteAllBytesAsync(file, bytes, TestContext.Current.CancellationToken);

        var error = Assert.Throws<StorageCorruptException>(() => RaftLogStore.Open(_directory.Sub("b"), Options, TimeProvider.System).Dispose());
        Assert.Equal(_directory.Sub("b"), error.Path);
    }

    [Fact]
    public async Task A_record_that_a_power_loss_cut_off_is_dropped()
    {
        using (var store = Open("a"))
        {
            for (var i = 1; i <= 20; i++)
            {
                await store.Append(1, Entries(i, 0, 1));
            }

            _directory.CrashCopy(store.Path, "b");
        }

        var file = Directory.EnumerateFiles(_directory.Sub("b"), "*.log").Single(f => new FileInfo(f).Length > 0);
        using (var stream = File.Open(file, FileMode.Open))
        {
            stream.SetLength(stream.Length - 5);
        }

        using var again = RaftLogStore.Open(_directory.Sub("b"), Options, TimeProvider.System);
        Assert.Equal(19, again.Load(1).LastIndex);
    }

    [Fact]
    public async Task A_group_that_ended_is_loaded_as_it_is_now()
    {
        using var store = Open("a");
        await store.Append(1, Entries(1, 0, 3));
        Assert.Equal(3, store.Load(1).LastIndex);
        await store.Append(1, Entries(4, 0, 1));
        Assert.Equal(4, store.Load(1).LastIndex);
        await store.RemoveGroup(1);
        Assert.Equal(RaftGroupRecord.Empty.LastIndex, store.Load(1).LastIndex);
    }

    [Fact]
    public async Task A_group_that_was_removed_comes_back_as_another_replica_and_takes_nothing_until_then()
    {
        using var store = Open("a");
        await store.SaveHardState(2, new RaftHardState(7, default));
        await store.SaveHardState(3, new RaftHardState(7, default));
        Assert.Equal(new ReplicaIdentity(store.Incarnation, IsRemoved: false), store.ReplicaOf(2));
        Assert.Throws<InvalidOperationException>(() => { _ = store.BeginAnew(2, 0); });

        await store.RemoveGroup(2);
        await Assert.ThrowsAsync<ObjectDisposedException>(() => store.SaveHardState(2, new RaftHardState(8, default)));
        await Assert.ThrowsAsync<ObjectDisposedException>(() => store.Append(2, Entries(1, 0, 1)));
        await store.SaveHardState(3, new RaftHardState(8, default));
        using var removed = RaftLogStore.Open(_directory.CrashCopy(store.Path, "b"), Options, TimeProvider.System);
        Assert.Equal([(ushort)2], removed.RemovedGroups);
        Assert.Equal(new ReplicaIdentity(store.Incarnation, IsRemoved: true), removed.ReplicaOf(2));

        await removed.BeginAnew(2, unixSeconds: 1); // a clock that was set back
        Assert.Equal(new ReplicaIdentity(store.Incarnation + 1, IsRemoved: false), removed.ReplicaOf(2));
        Assert.Equal(default, removed.Load(2).HardState);
        await removed.SaveHardState(2, new RaftHardState(1, default));
        using var again = RaftLogStore.Open(_directory.CrashCopy(removed.Path, "c"), Options, TimeProvider.System);
        Assert.Equal(new ReplicaIdentity(store.Incarnation + 1, IsRemoved: false), again.ReplicaOf(2));
        Assert.Equal(1, again.Load(2).HardState.Term);
        Assert.Empty(again.RemovedGroups);

        await again.RemoveGroup(2);
        await again.BeginAnew(2, unixSeconds: uint.MaxValue - 1L);
        Assert.Equal(uint.MaxValue - 1, again.ReplicaOf(2).Incarnation);
    }

    [Fact]
    public async Task A_missing_entry_is_found_at_start_and_named()
    {
        var store = Open("a");
        await store.Append(1, Entries(1, 0, 3));
        await store.Append(1, Entries(5, 0, 1));
        store.Dispose();
        var error = Assert.Throws<StorageCorruptException>(() => RaftLogStore.Open(_directory.Sub("a"), Options, TimeProvider.System));
        Assert.Contains("entry 4 is missing", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task After_a_failed_write_nobody_gets_an_acknowledgment()
    {
        using var store = Open("a");
        using var held = _device!.Hold();
        _device.Failure = new StorageUnavailableException(store.Path, "IO error: No space left on device");
        var writing = store.Append(1, Entries(1, 0, 1));
        var waiting = store.Append(2, Entries(1, 0, 1));
        _device.Release();
        await Assert.ThrowsAsync<StorageUnavailableException>(() => writing);
        await Assert.ThrowsAsync<StorageUnavailableException>(() => waiting);
        await store.Failed.WaitAsync(TimeSpan.FromSeconds(5), TestContext.Current.CancellationToken);
        var later = await Assert.ThrowsAsync<StorageUnavailableException>(() => store.Append(1, Entries(1, 0, 1)));
        Assert.Equal(store.Path, later.Path);
        await Assert.ThrowsAsync<StorageUnavailableException>(store.LastWrite);
    }

    [Fact]
    public async Task While_too_much_waits_for_the_disk_the_store_says_so()
    {
        using var store = Open("a", new RaftLogStoreOptions { MaxPendingBytes = 1 << 20 });
        using var held = _device!.Hold();
        _ = store.Append(1, Entries(1, 0, 1));
        // The writer has taken it: what comes now waits for the next write.
        await Poll(() => _device.IsWriting);
        store.ThrowIfBusy();
        var last = store.Append(1, [new RaftLogEntry(2, 0, RaftEntryKind.Commands, new byte[1 << 20])]);
        Assert.Throws<RaftLogBusyException>(store.ThrowIfBusy);
        _device.Release();
        await last;
        store.ThrowIfBusy();
    }

    [Fact]
    public void A_directory_that_cannot_be_written_is_named()
    {
        var file = _directory.Sub("file");
        File.WriteAllText(file, "not a directory");
        var path = Path.Combine(file, "log");
        var error = Assert.Throws<StorageUnavailableException>(() => RaftLogStore.Open(path, Options, TimeProvider.System));
        Assert.Equal(path, error.Path);
    }

    [Fact]
    public void A_directory_in_use_is_refused()
    {
        using var store = Open("a");
        Assert.Throws<StorageUnavailableException>(() => RaftLogStore.Open(store.Path, Options, TimeProvider.System));
    }

    private static string Text(RaftLogEntry? entry) => Encoding.UTF8.GetString(entry!.Payload.Span);

    private static RaftLogEntry[] Entries(long first, long term, int count) =>
        [.. Enumerable.Range(0, count).Select(i => new RaftLogEntry(first + i, term, RaftEntryKind.Commands, Encoding.UTF8.GetBytes($"entry {first + i}")))];

    private static async Task Poll(Func<bool> condition)
    {
        var deadline = DateTime.UtcNow.AddSeconds(10);
        while (!condition())
        {
            Assert.True(DateTime.UtcNow < deadline, "condition not met in time");
            await Task.Delay(1);
        }
    }

    private RaftLogStore Open(string name, RaftLogStoreOptions? options = null) =>
        RaftLogStore.Open(_directory.Sub(name), options ?? Options, _clock, inner => _device = new TestDevice(inner));
}
