using MfsHa.Protocol.Client;
using MfsHa.Protocol.Framing;

namespace MfsHa.Protocol.Tests.Support;

/// <summary>Hand-made instances of every request and reply of registered clients, each with the bytes expected on the wire.</summary>
internal static partial class Samples
{
    public static readonly AttributeRecord FileAttributes = new(
        AttributeFlags.NoXattr, NodeType.File, 0x1A4, 0x0A0B, 0x0C0D, 0x60000001, 0x60000002, 0x60000003, 2, 0x1_2345_6789, 0, WindowsAttributes.Archive);

    public static readonly AttributeRecord DeviceAttributes = FileAttributes with
    {
        Type = NodeType.CharDevice, Length = 0, Device = 0x00010003,
    };

    /// <summary><see cref="FileAttributes"/> on the wire.</summary>
    public const string FileAttributesHex = "08" + "11a4" + "00000a0b" + "00000c0d" + "60000001" + "60000002" + "60000003" + "00000002" + "0000000123456789" + "08";

    private const string Caller = "000003e8" + "00000002" + "000003e9" + "00000004";
    private static readonly Credentials s_caller = new(1000, [1001, 4]);
    private static readonly byte[] s_name = Packets.Bytes("name");
    private const string Name = "04" + "6e616d65";

    /// <summary>One sample: how it is written, which body it must give.</summary>
    public sealed record Sample(string What, PacketType Type, PacketWriting Write, string BodyHex)
    {
        public override string ToString() => What;
    }

    public const uint MessageId = 0x0102;

    private static Sample Request<T>(T request, string bodyHex)
        where T : IClientRequest<T> => new(
            typeof(T).Name, T.Type, (ref PacketWriter w) => request.Write(ref w, MessageId), bodyHex);

    private static Sample Reply<T>(T reply, PeerVersion client, string bodyHex)
        where T : IClientReply<T> => new(
            $"{typeof(T).Name} to {client}", T.Type, (ref PacketWriter w) => reply.Write(ref w, MessageId, client), bodyHex);
}
