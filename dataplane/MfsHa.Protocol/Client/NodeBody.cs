using MfsHa.Protocol.Framing;

namespace MfsHa.Protocol.Client;

/// <summary>The body that many replies share: `inode:u32 ATTR`.</summary>
internal static class NodeBody
{
    public static (uint Inode, AttributeRecord Attributes) Parse(ref PacketReader reader, PeerVersion client)
    {
        uint inode = reader.U32();
        AttributeRecord attributes = AttributeRecord.Parse(ref reader, client);
        reader.End();
        return (inode, attributes);
    }

    public static void Write(ref PacketWriter writer, uint inode, in AttributeRecord attributes, PeerVersion client)
    {
        writer.U32(inode);
        attributes.Write(ref writer, client);
    }
}
