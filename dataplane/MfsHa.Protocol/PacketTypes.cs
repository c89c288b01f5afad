namespace MfsHa.Protocol;

/// <summary>Relations between packet numbers.</summary>
public static class PacketTypes
{
    /// <summary>The number of the answer to a client's or tool's request, or to a command to a chunkserver.</summary>
    public static PacketType ReplyOf(PacketType request) => request + 1;
}
