using System.Buffers.Binary;
using MfsHa.Consensus;
using MfsHa.NodeLink;

namespace MfsHa.Cluster.Routing;

/// <summary>What the called node answers: an outcome byte, then the serialised reply or the leader's node id.</summary>
public static class GroupReply
{
    private const byte Answered = 0;
    private const byte NotLeader = 1;
    private const byte Rejected = 2;

    /// <summary>The reply of an operation that was executed.</summary>
    public static byte[] Write(byte[] body)
    {
        var framed = GC.AllocateUninitializedArray<byte>(1 + body.Length);
        framed[0] = Answered;
        body.CopyTo(framed, 1);
        return framed;
    }

    /// <summary>The called node does not lead the group.</summary>
    public static byte[] Write(NotLeaderException exception)
    {
        var framed = new byte[3];
        framed[0] = NotLeader;
        BinaryPrimitives.WriteUInt16BigEndian(framed.AsSpan(1), exception.Leader.Value);
        return framed;
    }

    /// <summary>The operation was certainly not executed.</summary>
    public static byte[] WriteRejected() => [Rejected];

    /// <summary>The serialised reply. Throws what the called node met.</summary>
    public static ReadOnlyMemory<byte> Read(ushort group, ReadOnlyMemory<byte> reply)
    {
        var bytes = reply.Span;
        return bytes switch
        {
            [Answered, ..] => reply[1..],
            [NotLeader, _, _] => throw new NotLeaderException(group, new NodeId(BinaryPrimitives.ReadUInt16BigEndian(bytes[1..]))),
            [Rejected] => throw new ProposalRejectedException(group, "the leader is overloaded or has just lost its leadership"),
            _ => throw new FormatException($"a group reply of {bytes.Length} bytes has no known outcome"),
        };
    }
}
