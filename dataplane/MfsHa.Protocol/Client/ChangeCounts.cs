using MfsHa.Protocol.Framing;

namespace MfsHa.Protocol.Client;

/// <summary>How many objects an operation on a subtree changed, left alone, and was not allowed to change.</summary>
public readonly record struct ChangeCounts(uint Changed, uint NotChanged, uint NotPermitted)
{
    internal static ChangeCounts Parse(ref PacketReader reader)
    {
        var counts = new ChangeCounts(reader.U32(), reader.U32(), reader.U32());
        reader.End();
        return counts;
    }

    internal void Write(ref PacketWriter writer)
    {
        writer.U32(Changed);
        writer.U32(NotChanged);
        writer.U32(NotPermitted);
    }
}
