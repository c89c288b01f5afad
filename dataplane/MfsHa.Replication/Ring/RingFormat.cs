using MfsHa.NodeLink;
using MfsHa.Replication.Crdt;
using MfsHa.Replication.Streams;
using MfsHa.Replication.Wire;

namespace MfsHa.Replication.Ring;

/// <summary>The parts that messages of the ring are made of.</summary>
internal static class RingFormat
{
    private const int StreamIdSize = sizeof(byte) + sizeof(ushort) + sizeof(ulong);

    public static void WriteStream(WireWriter target, StreamId stream)
    {
        target.Byte(stream.Kind);
        target.UInt16(stream.Owner);
        target.UInt64(stream.Epoch);
    }

    public static StreamId ReadStream(ref WireReader source) => new(source.Byte(), source.UInt16(), source.UInt64());

    /// <summary>
    /// Count, then per stream: id, seen (varint), removals seen beyond that (varint); count, then per owner whose older streams are over: kind u8,
    /// owner u16, epoch u64.
    /// </summary>
    public static void WriteDigest(WireWriter target, StreamDigest digest)
    {
        target.VarInt(digest.Positions.Count);
        foreach (var (stream, position) in digest.Positions)
        {
            WriteStream(target, stream);
            target.VarInt(position.Seen);
            target.VarInt(position.RemovalsSeen - position.Seen);
        }

        target.VarInt(digest.Floors.Count);
        foreach (var (owner, epoch) in digest.Floors)
            WriteStream(target, new StreamId(owner.Kind, owner.Owner, epoch));
    }

    public static StreamDigest ReadDigest(ref WireReader source)
    {
        var digest = new StreamDigest();
        for (var left = source.Count(StreamIdSize + 2); left > 0; left--)
        {
            var stream = ReadStream(ref source);
            var seen = source.VarInt();
            digest.Set(stream, new StreamPosition(seen, checked(seen + source.VarInt())));
        }

        for (var left = source.Count(StreamIdSize); left > 0; left--)
        {
            var (kind, owner, epoch) = ReadStream(ref source);
            digest.SetFloor(new StreamOwner(kind, owner), epoch);
        }

        return digest;
    }

    /// <summary>Count, then per member: node, count, and per stream: id, seen (varint).</summary>
    public static void WriteKnowledge(WireWriter target, IReadOnlyDictionary<NodeId, VersionVector<StreamId>> seenBy)
    {
        target.VarInt(seenBy.Count);
        foreach (var (member, seen) in seenBy)
        {
            target.UInt16(member.Value);
            target.VarInt(seen.Seen.Count);
            foreach (var (stream, sequence) in seen.Seen)
            {
                WriteStream(target, stream);
                target.VarInt(sequence);
            }
        }
    }

    public static List<(NodeId Member, VersionVector<StreamId> Seen)> ReadKnowledge(ref WireReader source)
    {
        var members = new List<(NodeId, VersionVector<StreamId>)>();
        for (var left = source.Count(sizeof(ushort) + 1); left > 0; left--)
        {
            var member = new NodeId(source.UInt16());
            var seen = new VersionVector<StreamId>();
            for (var rows = source.Count(StreamIdSize + 1); rows > 0; rows--)
                seen.Advance(ReadStream(ref source), source.VarInt());
            members.Add((member, seen));
        }

        return members;
    }
}
