using System.Buffers.Binary;
using MfsHa.Storage.State;
using Xunit;

namespace MfsHa.Storage.Tests.State;

/// <summary>Records that are handed to the store as finished files.</summary>
public sealed class StateLoadTests : IDisposable
{
    private const int Records = 100_000;
    private static readonly StateStoreOptions Options = new() { BlockCacheBytes = 8 << 20 };
    private readonly TemporaryDirectory _directory = new();

    private string Path => System.IO.Path.Combine(_directory.Path, "state");

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void Loads_are_there_together_when_they_are_completed_and_after_the_store_was_opened_again()
    {
        using (var store = StateStore.Open(Path, Options))
        {
            using var first = store.BeginLoad();
            using var second = store.BeginLoad();
            Fill(first, 1);
            Fill(second, 2);
            Assert.Null(store.Get(Key(1, 0)));
            first.Complete();
            Assert.Equal(Value(Records - 1), store.Get(Key(1, Records - 1)));
            Assert.Null(store.Get(Key(2, 0)));
            second.Complete();
            Check(store);
        }

        Assert.Equal([Path], Directory.GetDirectories(_directory.Path));
        using var again = StateStore.Open(Path, Options);
        Check(again);
    }

    [Fact]
    public void Records_can_be_changed_and_removed_afterwards()
    {
        using var store = StateStore.Open(Path, Options);
        using var load = store.BeginLoad();
        Fill(load, 1);
        load.Complete();
        using var batch = new StateBatch();
        batch.Put(Key(1, 5), "other"u8);
        batch.Delete(Key(1, 6));
        store.Write(batch);
        store.Flush();
        Assert.Equal("other"u8.ToArray(), store.Get(Key(1, 5)));
        Assert.Null(store.Get(Key(1, 6)));
        Assert.Equal(Value(7), store.Get(Key(1, 7)));
    }

    [Fact]
    public void What_is_not_completed_leaves_nothing()
    {
        using var store = StateStore.Open(Path, Options);
        using (var load = store.BeginLoad())
        {
            Fill(load, 1);
        }

        Assert.Null(store.Get(Key(1, 0)));
        Assert.Equal([Path], Directory.GetDirectories(_directory.Path));
    }

    [Fact]
    public void Keys_out_of_order_are_refused()
    {
        using var store = StateStore.Open(Path, Options);
        using var load = store.BeginLoad();
        load.Add(Key(1, 2), Value(2));
        Assert.Throws<StorageUnavailableException>(() => load.Add(Key(1, 1), Value(1)));
    }

    [Fact]
    public void An_empty_load_completes()
    {
        using var store = StateStore.Open(Path, Options);
        using var load = store.BeginLoad();
        load.Complete();
        Assert.Null(store.Get(Key(1, 0)));
    }

    private static void Fill(StateLoad load, byte kind)
    {
        for (var i = 0; i < Records; i++)
        {
            load.Add(Key(kind, i), Value(i));
        }
    }

    private static void Check(StateStore store)
    {
        foreach (byte kind in (byte[])[1, 2])
        {
            using var cursor = store.Iterate([kind], [(byte)(kind + 1)]);
            for (var i = 0; i < Records; i++)
            {
                Assert.True(cursor.MoveNext());
                Assert.True(cursor.Key.SequenceEqual(Key(kind, i)) && cursor.Value.SequenceEqual(Value(i)), $"record {i} of kind {kind}");
            }

            Assert.False(cursor.MoveNext());
        }
    }

    private static byte[] Key(byte kind, int number)
    {
        var key = new byte[1 + sizeof(int)];
        key[0] = kind;
        BinaryPrimitives.WriteInt32BigEndian(key.AsSpan(1), number);
        return key;
    }

    private static byte[] Value(int number) => [.. BitConverter.GetBytes(number), .. new byte[number % 50]];
}
