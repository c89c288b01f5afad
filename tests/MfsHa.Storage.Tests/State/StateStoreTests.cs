using System.Buffers;
using System.Text;
using CsCheck;
using MfsHa.Storage.State;
using Xunit;

namespace MfsHa.Storage.Tests.State;

public sealed class StateStoreTests : IDisposable
{
    private static readonly StateStoreOptions Options = new() { BlockCacheBytes = 8 << 20 };
    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void A_value_is_read_in_every_way()
    {
        using var store = Open("a");
        Write(store, batch => batch.Put(Key("k"), Key("value")));

        Assert.Equal("value", Text(store.Get(Key("k"))!));
        Assert.True(store.Contains(Key("k")));
        Assert.True(store.TryRead(Key("k"), 3, static (value, n) => value.Length + n, out var sum));
        Assert.Equal(8, sum);
        var writer = new ArrayBufferWriter<byte>();
        Assert.True(store.TryGet(Key("k"), writer));
        Assert.Equal("value", Text(writer.WrittenSpan));
        Span<byte> room = stackalloc byte[16];
        Assert.True(store.TryGet(Key("k"), room, out var length));
        Assert.Equal("value", Text(room[..length]));
        Assert.True(store.TryGet(Key("k"), room[..2], out length));
        Assert.Equal(5, length);
    }

    [Fact]
    public void An_absent_key_is_absent_in_every_way()
    {
        using var store = Open("a");
        Assert.Null(store.Get(Key("k")));
        Assert.False(store.Contains(Key("k")));
        Assert.False(store.TryGet(Key("k"), new ArrayBufferWriter<byte>()));
        Assert.False(store.TryGet(Key("k"), Span<byte>.Empty, out _));
    }

    [Fact]
    public void An_empty_value_is_not_an_absent_one()
    {
        using var store = Open("a");
        Write(store, batch => batch.Put(Key("k"), []));
        Assert.Empty(store.Get(Key("k"))!);
    }

    [Fact]
    public void A_cursor_walks_its_range_in_both_directions()
    {
        using var store = Open("a");
        Write(store, batch =>
        {
            foreach (var k in "abcde".Select(c => c.ToString()))
            {
                batch.Put(Key(k), Key(k + k));
            }
        });
        using (var forward = store.Iterate(Key("b"), Key("e")))
        {
            Assert.Equal(["b", "c", "d"], Keys(forward));
            Assert.False(forward.MoveNext());
        }

        using (var backward = store.Iterate(Key("b"), Key("e"), reverse: true))
        {
            Assert.Equal(["d", "c", "b"], Keys(backward));
        }

        using var seeking = store.Iterate(Key("a"), Key("z"));
        Assert.True(seeking.Seek(Key("bb")));
        Assert.Equal("c", Text(seeking.Key));
        Assert.Equal("cc", Text(seeking.Value));
        Assert.True(seeking.MoveNext());
        Assert.Equal("d", Text(seeking.Key));
        Assert.False(seeking.Seek(Key("f")));
        Assert.Throws<InvalidOperationException>(() => seeking.Key.Length);
        using var back = store.Iterate(Key("a"), Key("z"), reverse: true);
        Assert.True(back.Seek(Key("bb")));
        Assert.Equal("b", Text(back.Key));
    }

    [Fact]
    public void A_snapshot_does_not_see_later_changes()
    {
        using var store = Open("a");
        Write(store, batch => batch.Put(Key("k"), Key("old")));
        using var snapshot = store.Snapshot();
        Write(store, batch =>
        {
            batch.Put(Key("k"), Key("new"));
            batch.Put(Key("l"), Key("more"));
        });
        Assert.Equal("old", Text(store.Get(Key("k"), snapshot)!));
        Assert.Equal("new", Text(store.Get(Key("k"))!));
        using var cursor = store.Iterate(Key("a"), Key("z"), snapshot);
        Assert.Equal(["k"], Keys(cursor));
    }

    [Fact]
    public void The_store_behaves_like_a_sorted_dictionary()
    {
        using var store = Open("a");
        var key = Gen.Byte.Array[1, 3];
        var change = Gen.OneOf<Change>(
            Gen.Select(key, Gen.Byte.Array[0, 300], (k, v) => (Change)new PutChange(k, v)),
            key.Select(k => (Change)new DeleteChange(k)),
            Gen.Select(key, key, (a, b) => (Change)new RangeChange(a, b)));
        change.Array[0, 40].Array[1, 8].Sample(
            batches =>
            {
                Write(store, batch => batch.DeleteRange([], [0xFF, 0xFF, 0xFF, 0xFF]));
                var model = new SortedDictionary<byte[], byte[]>(Comparer<byte[]>.Create((a, b) => a.AsSpan().SequenceCompareTo(b)));
                foreach (var changes in batches)
                {
                    Write(store, batch =>
                    {
                        foreach (var c in changes)
                        {
                            c.Do(batch, model);
                        }
                    });
                }

                using var cursor = store.Iterate([], [0xFF, 0xFF, 0xFF, 0xFF]);
                foreach (var (k, v) in model)
                {
                    Assert.True(cursor.MoveNext());
                    Assert.Equal(k, cursor.Key.ToArray());
                    Assert.Equal(v, cursor.Value.ToArray());
                    Assert.Equal(v, store.Get(k));
                }

                Assert.False(cursor.MoveNext());
            },
            iter: 60,
            threads: 1);
    }

    [Fact]
    public void What_was_flushed_survives_a_crash_and_later_batches_are_whole_or_absent()
    {
        using var store = Open("a");
        Write(store, batch => batch.Put(Key("flushed"), Key("1")));
        store.Flush();
        Write(store, batch =>
        {
            batch.Put(Key("x"), Key("2"));
            batch.Put(Key("y"), Key("2"));
        });
        using var crashed = StateStore.Open(_directory.CrashCopy(store.Path, "b"), Options);
        Assert.True(crashed.Contains(Key("flushed")));
        Assert.Equal(crashed.Contains(Key("x")), crashed.Contains(Key("y")));
    }

    [Fact]
    public void A_checkpoint_opens_as_the_store_was()
    {
        using var store = Open("a");
        Write(store, batch => batch.Put(Key("k"), Key("1")));
        store.Checkpoint(_directory.Sub("copy"));
        Write(store, batch => batch.Put(Key("k"), Key("2")));
        using var copy = StateStore.Open(_directory.Sub("copy"), Options);
        Assert.Equal("1", Text(copy.Get(Key("k"))!));
    }

    [Fact]
    public void A_batch_is_reusable()
    {
        using var store = Open("a");
        using var batch = new StateBatch();
        batch.Put(Key("a"), new byte[100_000]);
        store.Write(batch);
        batch.Clear();
        Assert.Equal(0, batch.Count);
        batch.Put(Key("b"), 3).Fill((byte)'x');
        store.Write(batch);
        Assert.Equal(100_000, store.Get(Key("a"))!.Length);
        Assert.Equal("xxx", Text(store.Get(Key("b"))!));
    }

    [Fact]
    public void An_open_cursor_outlives_the_closing_of_the_store()
    {
        var store = Open("a");
        Write(store, batch => batch.Put(Key("k"), Key("v")));
        var cursor = store.Iterate([], Key("z"));
        store.Dispose();
        Assert.True(cursor.MoveNext());
        Assert.Throws<ObjectDisposedException>(() => store.Get(Key("k")));
        cursor.Dispose();
        using var again = Open("a");
        Assert.True(again.Contains(Key("k")));
    }

    [Fact]
    public void Usage_grows_with_what_is_stored()
    {
        using var store = Open("a");
        var before = store.Usage();
        Write(store, batch =>
        {
            for (var i = 0; i < 1000; i++)
            {
                batch.Put(BitConverter.GetBytes(i), new byte[1000]);
            }
        });
        Assert.True(store.Usage().WriteBuffers > before.WriteBuffers);
        store.Flush();
        Assert.True(store.Usage().Files > 0);
        Assert.Equal(1000, store.Usage().EstimatedKeys);
    }

    private static byte[] Key(string text) => Encoding.UTF8.GetBytes(text);

    private static string Text(ReadOnlySpan<byte> bytes) => Encoding.UTF8.GetString(bytes);

    private static List<string> Keys(StoreCursor cursor)
    {
        var keys = new List<string>();
        while (cursor.MoveNext())
        {
            keys.Add(Text(cursor.Key));
        }

        return keys;
    }

    private static void Write(StateStore store, Action<StateBatch> fill)
    {
        using var batch = new StateBatch();
        fill(batch);
        store.Write(batch);
    }

    private StateStore Open(string name) => StateStore.Open(_directory.Sub(name), Options);

    private abstract record Change
    {
        public abstract void Do(StateBatch batch, SortedDictionary<byte[], byte[]> model);
    }

    private sealed record PutChange(byte[] Key, byte[] Value) : Change
    {
        public override void Do(StateBatch batch, SortedDictionary<byte[], byte[]> model)
        {
            batch.Put(Key, Value);
            model[Key] = Value;
        }
    }

    private sealed record DeleteChange(byte[] Key) : Change
    {
        public override void Do(StateBatch batch, SortedDictionary<byte[], byte[]> model)
        {
            batch.Delete(Key);
            model.Remove(Key);
        }
    }

    private sealed record RangeChange(byte[] From, byte[] To) : Change
    {
        public override void Do(StateBatch batch, SortedDictionary<byte[], byte[]> model)
        {
            if (From.AsSpan().SequenceCompareTo(To) > 0)
            {
                return;
            }

            batch.DeleteRange(From, To);
            foreach (var key in model.Keys.Where(k => k.AsSpan().SequenceCompareTo(From) >= 0 && k.AsSpan().SequenceCompareTo(To) < 0).ToArray())
            {
                model.Remove(key);
            }
        }
    }
}
