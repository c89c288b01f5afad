using MfsHa.Cluster.Replicas;
using MfsHa.Metadata.Kernel;
using MfsHa.Storage.State;
using Xunit;

namespace MfsHa.Cluster.Tests.Replicas;

public sealed class GroupStoreTests : IDisposable
{
    private readonly string directory = Directory.CreateTempSubdirectory("mfsha-groups-").FullName;

    [Fact]
    public void A_shipped_state_replaces_the_former_one_as_a_whole()
    {
        using var from = StateStore.Open(Path.Combine(directory, "from"), new StateStoreOptions());
        using var to = StateStore.Open(Path.Combine(directory, "to"), new StateStoreOptions());
        using var source = new GroupStore(from, 1);
        using var target = new GroupStore(to, 1);
        using var neighbour = new GroupStore(to, 2);
        Fill(source, 1, 1000, "new");
        Fill(target, 1, 1500, "old");
        Fill(neighbour, 2, 10, "kept");

        using (var snapshot = source.OpenSnapshot(LogPosition.Empty))
        using (var replacement = target.BeginReplace())
        {
            for (var piece = snapshot.ReadNext(700); !piece.IsEmpty; piece = snapshot.ReadNext(700))
            {
                replacement.Add(piece.Span);
                Assert.Equal("old", Value(target, 1, 5));
            }

            replacement.Complete();
        }

        Assert.Equal("new", Value(target, 1, 5));
        Assert.Null(Value(target, 1, 1200));
        Assert.Equal("kept", Value(neighbour, 2, 5));
        using var one = source.OpenSnapshot(LogPosition.Empty);
        using var other = target.OpenSnapshot(LogPosition.Empty);
        Assert.Equal(one.Checksum(TestContext.Current.CancellationToken), other.Checksum(TestContext.Current.CancellationToken));
    }

    [Fact]
    public void An_interrupted_replacement_leaves_the_former_state_and_nothing_else()
    {
        var path = Path.Combine(directory, "state");
        using (var store = StateStore.Open(path, new StateStoreOptions()))
        using (var source = new GroupStore(store, 1))
        using (var target = new GroupStore(store, 2))
        {
            Fill(source, 1, 100, "new");
            Fill(target, 2, 100, "old");
            using var snapshot = source.OpenSnapshot(LogPosition.Empty);
            target.BeginReplace().Add(snapshot.ReadNext(1 << 20).Span);
        }

        using var reopened = StateStore.Open(path, new StateStoreOptions());
        using var again = new GroupStore(reopened, 2);
        Assert.Equal("old", Value(again, 2, 7));
        var replacement = again.BeginReplace();
        replacement.Complete();
        Assert.Null(Value(again, 2, 7));
    }

    [Fact]
    public void Opening_removes_the_records_of_all_other_generations_of_the_group_and_no_others()
    {
        using var store = StateStore.Open(Path.Combine(directory, "generations"), new StateStoreOptions());
        using (var leftovers = new StateBatch())
        {
            foreach (var generation in new byte[] { 0, 1, 7, 200, 254 })
            {
                leftovers.Put([0, 2, generation, 1], [generation]);
                leftovers.Put([0, 2, generation, 0xFF, 0xFF], [generation]);
                leftovers.Put([0, 3, generation, 1], [generation]);
            }

            leftovers.Put([0, 2, 0xFF], [7]);
            store.Write(leftovers);
        }

        using var group = new GroupStore(store, 2);
        Assert.Equal(["00020701", "000207FFFF", "0002FF"], Keys(store, [0, 2], [0, 3]));
        Assert.Equal(5, Keys(store, [0, 3], [0, 4]).Count);
    }

    [Fact]
    public void The_last_key_is_that_of_the_group_and_of_the_kind_and_of_the_current_state()
    {
        using var store = StateStore.Open(Path.Combine(directory, "last"), new StateStoreOptions());
        using var group = new GroupStore(store, 2);
        using var next = new GroupStore(store, 3);
        Assert.Null(group.LastKey([0, 2, 1], [0, 2, 2]));
        Fill(group, 2, 300, "here");
        Fill(next, 3, 500, "neighbour");
        group.Write([new StoreChange([0, 2, 2, 9], [1]), new StoreChange(Key(2, 299), null)]);
        Assert.Equal(Key(2, 298), group.LastKey([0, 2, 1], [0, 2, 2]));
        Assert.Equal<byte>([0, 2, 2, 9], group.LastKey([0, 2, 2], [0, 2, 3])!);
        Assert.Null(group.LastKey([0, 2, 3], [0, 2, 4]));
        using var replacement = group.BeginReplace();
        replacement.Complete();
        Assert.Null(group.LastKey([0, 2, 1], [0, 2, 2]));
    }

    [Fact]
    public void A_cut_piece_is_refused()
    {
        using var store = StateStore.Open(Path.Combine(directory, "cut"), new StateStoreOptions());
        using var source = new GroupStore(store, 1);
        using var target = new GroupStore(store, 2);
        Fill(source, 1, 3, "x");
        using var snapshot = source.OpenSnapshot(LogPosition.Empty);
        var piece = snapshot.ReadNext(1 << 20).ToArray();
        using var replacement = target.BeginReplace();

        Assert.Throws<InvalidDataException>(() => replacement.Add(piece.AsSpan(0, piece.Length - 1)));
        Assert.Throws<InvalidDataException>(() => replacement.Add(piece.AsSpan(0, 3)));
    }

    public void Dispose() => Directory.Delete(directory, recursive: true);

    private static byte[] Key(int group, int number) => [(byte)(group >> 8), (byte)group, 1, (byte)(number >> 8), (byte)number];

    private static List<string> Keys(StateStore store, byte[] from, byte[] until)
    {
        using var cursor = store.Iterate(from, until);
        List<string> keys = [];
        while (cursor.MoveNext())
        {
            keys.Add(Convert.ToHexString(cursor.Key));
        }

        return keys;
    }

    private static void Fill(GroupStore store, int group, int count, string value) =>
        store.Write([.. Enumerable.Range(0, count).Select(i => new StoreChange(Key(group, i), System.Text.Encoding.UTF8.GetBytes(value)))]);

    private static string? Value(GroupStore store, int group, int number) =>
        store.Get(Key(group, number)) is { } bytes ? System.Text.Encoding.UTF8.GetString(bytes) : null;
}
