using MfsHa.Storage.Rocks;
using static MfsHa.Storage.RaftLog.RaftLogCodec;

namespace MfsHa.Storage.RaftLog;

public sealed partial class RaftLogStore
{
    /// <summary>
    /// Reads one durable entry; null when there is none. Entries still on their way to the disk are not seen.
    /// Throws <see cref="StorageCorruptException"/> when its checksum is wrong.
    /// </summary>
    public RaftLogEntry? Read(ushort group, long index)
    {
        Span<byte> key = stackalloc byte[EntryKeyLength];
        EntryKey(key, group, index);
        return RocksReader.TryRead(
            _db,
            _reads,
            key,
            new EntryPlace(this, group, index),
            static (value, place) =>
            {
                Span<byte> key = stackalloc byte[EntryKeyLength];
                EntryKey(key, place.Group, place.Index);
                return place.Store.Decode(place.Group, place.Index, key, value);
            },
            out var entry)
            ? entry
            : null;
    }

    /// <summary>
    /// Reads durable entries <paramref name="from"/>..<paramref name="to"/> into <paramref name="entries"/>, at most about <paramref name="maxBytes"/> but at least one.
    /// Throws <see cref="StorageCorruptException"/> where a checksum is wrong or an entry is missing.
    /// </summary>
    public void Read(ushort group, long from, long to, long maxBytes, ICollection<RaftLogEntry> entries)
    {
        Span<byte> key = stackalloc byte[EntryKeyLength];
        Span<byte> end = stackalloc byte[EntryKeyLength];
        using var cursor = new StoreCursor(_db, EntryKey(key, group, from), EntryKey(end, group, to + 1), reverse: false, fillCache: false);
        var bytes = 0L;
        for (var index = from; index <= to && bytes < maxBytes; index++)
        {
            if (!cursor.MoveNext() || IndexOf(cursor.Key) != index)
            {
                throw new StorageCorruptException(Path, $"entry {index} of group {group} is missing");
            }

            var entry = Decode(group, index, cursor.Key, cursor.Value);
            entries.Add(entry);
            bytes += EntryHeaderLength + entry.Payload.Length;
        }
    }

    /// <summary>What RocksDB says of itself; for tests.</summary>
    internal string Property(string name)
    {
        using var lease = _db.Use();
        return _db.Db.GetProperty(name);
    }

    private RaftLogEntry Decode(ushort group, long index, ReadOnlySpan<byte> key, ReadOnlySpan<byte> value) =>
        TryReadEntryHead(key, value, out var kind, out var term)
            ? new RaftLogEntry(index, term, kind, value[EntryHeaderLength..].ToArray())
            : throw new StorageCorruptException(Path, $"checksum of entry {index} of group {group} is wrong");

    private readonly record struct EntryPlace(RaftLogStore Store, ushort Group, long Index);
}
