using System.Buffers.Binary;
using MfsHa.Protocol.Framing;

namespace MfsHa.Protocol;

/// <summary>
/// Attributes of an object as clients see them: 36 bytes, 35 for clients before 3.0.93
/// (`mfsmaster/filesystem.c: fsnodes_fill_attr`). Times are seconds since 1970.
/// </summary>
/// <param name="Flags">Only bits below 0x40: clients tell this form from an older one by them.</param>
/// <param name="Mode">12 bits.</param>
/// <param name="LinkCount">Directory: 2 + subdirectories; trash and sustained: 0.</param>
/// <param name="Length">Bytes; unused for devices, fifos and sockets.</param>
/// <param name="Device">Device number of block and character devices.</param>
[System.Runtime.InteropServices.StructLayout(System.Runtime.InteropServices.LayoutKind.Sequential, Pack = 1)] // no padding: its bytes are part of remembered replies, which are equal on all nodes
public readonly record struct AttributeRecord(
    AttributeFlags Flags,
    NodeType Type,
    ushort Mode,
    uint Uid,
    uint Gid,
    uint AccessTime,
    uint ModificationTime,
    uint ChangeTime,
    uint LinkCount,
    ulong Length,
    uint Device,
    WindowsAttributes WinAttr)
{
    public const int Size = 36;

    /// <summary>Without the byte of Windows attributes.</summary>
    public const int LegacySize = 35;

    private const ushort ModeMask = 0xFFF;

    /// <summary>Bytes of the record for a client.</summary>
    public static int SizeFor(PeerVersion client) => client.HasWindowsAttributes ? Size : LegacySize;

    /// <summary>The record of zeros that means "no attributes" in some replies.</summary>
    public static void WriteEmpty(ref PacketWriter writer, PeerVersion client) => writer.Zeros(SizeFor(client));

    public static AttributeRecord Parse(ref PacketReader reader, PeerVersion client)
    {
        ReadOnlySpan<byte> source = reader.Span(SizeFor(client));
        ushort typeAndMode = BinaryPrimitives.ReadUInt16BigEndian(source[1..]);
        var type = (NodeType)(typeAndMode >> 12);
        ulong length = BinaryPrimitives.ReadUInt64BigEndian(source[27..]);
        bool isDevice = IsDevice(type);
        return new(
            (AttributeFlags)source[0],
            type,
            (ushort)(typeAndMode & ModeMask),
            BinaryPrimitives.ReadUInt32BigEndian(source[3..]),
            BinaryPrimitives.ReadUInt32BigEndian(source[7..]),
            BinaryPrimitives.ReadUInt32BigEndian(source[11..]),
            BinaryPrimitives.ReadUInt32BigEndian(source[15..]),
            BinaryPrimitives.ReadUInt32BigEndian(source[19..]),
            BinaryPrimitives.ReadUInt32BigEndian(source[23..]),
            isDevice ? 0 : length,
            isDevice ? (uint)(length >> 32) : 0,
            client.HasWindowsAttributes ? (WindowsAttributes)source[LegacySize] : WindowsAttributes.None);
    }

    public void Write(ref PacketWriter writer, PeerVersion client)
    {
        Span<byte> target = writer.Reserve(SizeFor(client));
        NodeType shown = Type is NodeType.Trash or NodeType.Sustained ? NodeType.File : Type;
        target[0] = (byte)Flags;
        BinaryPrimitives.WriteUInt16BigEndian(target[1..], (ushort)(((uint)shown << 12) | (uint)(Mode & ModeMask)));
        BinaryPrimitives.WriteUInt32BigEndian(target[3..], Uid);
        BinaryPrimitives.WriteUInt32BigEndian(target[7..], Gid);
        BinaryPrimitives.WriteUInt32BigEndian(target[11..], AccessTime);
        BinaryPrimitives.WriteUInt32BigEndian(target[15..], ModificationTime);
        BinaryPrimitives.WriteUInt32BigEndian(target[19..], ChangeTime);
        BinaryPrimitives.WriteUInt32BigEndian(target[23..], LinkCount);
        BinaryPrimitives.WriteUInt64BigEndian(target[27..], IsDevice(Type) ? (ulong)Device << 32 : Length);
        if (target.Length == Size)
        {
            target[LegacySize] = (byte)WinAttr;
        }
    }

    private static bool IsDevice(NodeType type) => type is NodeType.BlockDevice or NodeType.CharDevice;
}
