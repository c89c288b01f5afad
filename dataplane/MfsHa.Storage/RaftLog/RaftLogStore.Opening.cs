using System.Buffers.Binary;
using static MfsHa.Storage.RaftLog.RaftLogCodec;

namespace MfsHa.Storage.RaftLog;

public sealed partial class RaftLogStore
{
    private static ReadOnlySpan<byte> FirstKey => [];

    // longer than any key, so behind the store's own record too
    private static ReadOnlySpan<byte> BehindLastKey => [0xFF, 0xFF, 0xFF];

    private void Scan(TimeProvider time)
    {
        using var cursor = new StoreCursor(_db, FirstKey, BehindLastKey, reverse: false, fillCache: false);
        var hasStore = false;
        var isEmpty = true;
        GroupScan? scan = null;
        while (cursor.MoveNext())
        {
            isEmpty = false;
            var key = cursor.Key;
            if (key.Length < GroupKeyLength)
            {
                throw new StorageCorruptException(Path, "a key of unknown form");
            }

            var group = BinaryPrimitives.ReadUInt16BigEndian(key);
            if (group == StoreGroup)
            {
                hasStore = ReadStore(key, cursor.Value);
                continue;
            }

            if (key[GroupKeyLength - 1] == (byte)RecordKind.Replica)
            {
                _replicas[group] = TryReadReplica(key, cursor.Value, out var replica)
                    ? replica
                    : throw new StorageCorruptException(Path, $"group {group}: the identity of its replica has a wrong checksum or an unknown version");
                continue;
            }

            if (scan is null || scan.Group != group)
            {
                Close(scan);
                scan = new GroupScan(Path, group);
            }

            scan.Take(key, cursor.Value);
        }

        Close(scan);
        if (!isEmpty && !hasStore)
        {
            throw new StorageCorruptException(Path, "the store's own record is missing");
        }

        Groups = [.. _opened.Keys];
        if (isEmpty)
        {
            Create(time);
        }
    }

    private RaftGroupRecord Scan(ushort group)
    {
        Span<byte> first = stackalloc byte[GroupKeyLength];
        Span<byte> behind = stackalloc byte[GroupKeyLength];
        using var cursor = new StoreCursor(_db, Key(first, group, RecordKind.HardState), Key(behind, group, RecordKind.Store), reverse: false, fillCache: false);
        var scan = new GroupScan(Path, group);
        while (cursor.MoveNext())
        {
            scan.Take(cursor.Key, cursor.Value);
        }

        return scan.Result();
    }

    private void Close(GroupScan? scan)
    {
        if (scan is not null)
        {
            _opened.Add(scan.Group, scan.Result());
        }
    }

    private bool ReadStore(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value)
    {
        if (!TryReadStore(key, value, out var incarnation))
        {
            throw new StorageCorruptException(Path, "the store's own record has a wrong checksum or an unknown version");
        }

        Incarnation = incarnation;
        return true;
    }

    private void Create(TimeProvider time)
    {
        // Later lives of a node have higher numbers; two in the same second would need a disk replaced within it.
        Incarnation = (uint)Math.Clamp(time.GetUtcNow().ToUnixTimeSeconds(), 1, uint.MaxValue);
        Span<byte> key = stackalloc byte[GroupKeyLength];
        Key(key, StoreGroup, RecordKind.Store);
        using var first = new Rocks.RocksBatchBuffer();
        WriteStore(first.Put(key, StoreLength), key, Incarnation);
        new RocksLogDevice(_db).Write(first.Seal());
    }
}
