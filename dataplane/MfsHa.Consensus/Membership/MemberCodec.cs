using System.Buffers.Binary;
using MfsHa.NodeLink;

namespace MfsHa.Consensus.Membership;

/// <summary>Members of a group as bytes: version u8 (1), count u16, then per member node id u16 and incarnation u32, little-endian, ordered by both.</summary>
internal static class MemberCodec
{
    private const byte Version = 1;
    private const int HeaderLength = 3;
    private const int MemberLength = 6;

    public static byte[] Encode(IEnumerable<NodeEndPoint> members)
    {
        var ordered = members.OrderBy(static m => m.Node).ThenBy(static m => m.Incarnation).ToArray();
        var bytes = new byte[HeaderLength + (MemberLength * ordered.Length)];
        bytes[0] = Version;
        BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(1), checked((ushort)ordered.Length));
        for (var i = 0; i < ordered.Length; i++)
        {
            var at = bytes.AsSpan(HeaderLength + (MemberLength * i));
            BinaryPrimitives.WriteUInt16LittleEndian(at, ordered[i].Node.Value);
            BinaryPrimitives.WriteUInt32LittleEndian(at[2..], ordered[i].Incarnation);
        }

        return bytes;
    }

    public static NodeEndPoint[] Decode(ReadOnlySpan<byte> bytes)
    {
        if (bytes.IsEmpty)
        {
            return [];
        }

        if (bytes.Length < HeaderLength || bytes[0] != Version
            || bytes.Length != HeaderLength + (MemberLength * BinaryPrimitives.ReadUInt16LittleEndian(bytes[1..])))
        {
            throw new InvalidDataException("not a list of members");
        }

        var members = new NodeEndPoint[(bytes.Length - HeaderLength) / MemberLength];
        for (var i = 0; i < members.Length; i++)
        {
            var at = bytes[(HeaderLength + (MemberLength * i))..];
            members[i] = new NodeEndPoint(new NodeId(BinaryPrimitives.ReadUInt16LittleEndian(at)), BinaryPrimitives.ReadUInt32LittleEndian(at[2..]));
        }

        return members;
    }
}
