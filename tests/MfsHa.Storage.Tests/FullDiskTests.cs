using MfsHa.Storage.RaftLog;
using MfsHa.Storage.State;
using Xunit;

namespace MfsHa.Storage.Tests;

public sealed class FullDiskTests
{
    [Fact]
    public async Task A_full_disk_stops_the_log_store_and_loses_nothing_acknowledged()
    {
        using var disk = SmallFileSystem.Mount(12);
        var path = Path.Combine(disk.Path, "log");
        var options = new RaftLogStoreOptions { WriteBufferBytes = 3 << 20 };
        var acknowledged = 0L;
        using (var store = RaftLogStore.Open(path, options, TimeProvider.System))
        {
            var error = await Assert.ThrowsAsync<StorageUnavailableException>(async () =>
            {
                for (var i = 1; i < 10_000; i++)
                {
                    await store.Append(1, [new RaftLogEntry(i, 0, RaftEntryKind.Commands, Content(i))]);
                    acknowledged = i;
                }
            });
            Assert.Equal(path, error.Path);
            Assert.Contains("No space left", error.Message, StringComparison.Ordinal);
            Assert.IsType<StorageUnavailableException>(await store.Failed);
            await Assert.ThrowsAsync<StorageUnavailableException>(() => store.Append(1, []));
        }

        Assert.True(acknowledged > 100);
        disk.Resize(100);
        using var again = RaftLogStore.Open(path, options, TimeProvider.System);
        Assert.True(again.Load(1).LastIndex >= acknowledged);
        for (var i = 1L; i <= acknowledged; i++)
        {
            Assert.Equal(Content((int)i), again.Read(1, i)!.Payload.ToArray());
        }
    }

    [Fact(Timeout = 60_000)]
    public async Task A_disk_that_fills_up_while_a_write_waits_for_room_in_memory_stops_the_log_store()
    {
        using var disk = SmallFileSystem.Mount(24);
        var path = Path.Combine(disk.Path, "log");
        var options = new RaftLogStoreOptions { WriteBufferBytes = 3 << 20 };
        var cancellation = TestContext.Current.CancellationToken;
        var acknowledged = 0;
        using (var store = RaftLogStore.Open(path, options with { FileBytesPerSecond = 200_000 }, TimeProvider.System))
        {
            Task append;
            do
            {
                acknowledged++;
                append = store.Append(1, [new RaftLogEntry(acknowledged, 0, RaftEntryKind.Commands, Content(acknowledged))]);
            }
            while (await Task.WhenAny(append, StalledAsync(store, cancellation)) == append);

            acknowledged--;
            disk.Fill();
            var error = await Assert.ThrowsAsync<StorageUnavailableException>(() => append.WaitAsync(cancellation));
            Assert.Contains("No space left", error.Message, StringComparison.Ordinal);
            Assert.IsType<StorageUnavailableException>(await store.Failed);
        }

        disk.Resize(100);
        using var again = RaftLogStore.Open(path, options, TimeProvider.System);
        Assert.True(again.Load(1).LastIndex >= acknowledged);
        for (var i = 1; i <= acknowledged; i++)
        {
            Assert.Equal(Content(i), again.Read(1, i)!.Payload.ToArray());
        }
    }

    private static async Task StalledAsync(RaftLogStore store, CancellationToken cancellation)
    {
        while (store.Property("rocksdb.is-write-stopped") != "1")
        {
            await Task.Delay(1, cancellation);
        }
    }

    [Fact]
    public void A_full_disk_stops_the_state_store_and_leaves_it_as_flushed()
    {
        using var disk = SmallFileSystem.Mount(12);
        var path = Path.Combine(disk.Path, "state");
        var options = new StateStoreOptions { BlockCacheBytes = 1 << 20, WriteBufferBytes = 3 << 20 };
        using (var store = StateStore.Open(path, options))
        {
            using var batch = new StateBatch();
            batch.Put("first"u8, "1"u8);
            store.Write(batch);
            store.Flush();
            var error = Assert.Throws<StorageUnavailableException>(() =>
            {
                for (var i = 0; i < 10_000; i++)
                {
                    batch.Clear();
                    batch.Put(BitConverter.GetBytes(i), Content(i));
                    store.Write(batch);
                    if (i % 100 == 0)
                    {
                        store.Flush();
                    }
                }
            });
            Assert.Equal(path, error.Path);
        }

        disk.Resize(100);
        using var again = StateStore.Open(path, options);
        Assert.True(again.Contains("first"u8));
        Assert.True(again.Contains(BitConverter.GetBytes(0)));
    }

    private static byte[] Content(int seed)
    {
        var content = new byte[10_000];
        new Random(seed).NextBytes(content);
        return content;
    }
}
