using System.Buffers.Binary;
using MfsHa.Protocol.Framing;

namespace MfsHa.Protocol.Client;

/// <summary>A named user or group of an ACL.</summary>
/// <param name="Id">uid or gid.</param>
/// <param name="Permissions">R4 W2 X1.</param>
public readonly record struct AclEntry(uint Id, ushort Permissions) : IPackedItem<AclEntry>
{
    public static int Size => 6;

    public static AclEntry Read(ReadOnlySpan<byte> source) => new(
        BinaryPrimitives.ReadUInt32BigEndian(source), BinaryPrimitives.ReadUInt16BigEndian(source[4..]));

    public void Write(Span<byte> destination)
    {
        BinaryPrimitives.WriteUInt32BigEndian(destination, Id);
        BinaryPrimitives.WriteUInt16BigEndian(destination[4..], Permissions);
    }
}

/// <summary>A POSIX ACL as GETFACL and SETFACL carry it.</summary>
/// <param name="User">Permissions of the owner; <see cref="Unset"/> in a request: as in the mode.</param>
public sealed record AccessControlList(
    ushort User,
    ushort Group,
    ushort Other,
    ushort Mask,
    ReadOnlyMemory<AclEntry> NamedUsers,
    ReadOnlyMemory<AclEntry> NamedGroups)
{
    /// <summary>"Not given" in one of the four permission sets.</summary>
    public const ushort Unset = 0xFFFF;

    /// <summary>The form by which SETFACL removes the ACL.</summary>
    public bool IsRemoval => User == Unset && Group == Unset && Other == Unset && Mask == Unset
        && NamedUsers.IsEmpty && NamedGroups.IsEmpty;

    internal static AccessControlList Parse(ref PacketReader reader)
    {
        (ushort user, ushort group, ushort other, ushort mask) = (reader.U16(), reader.U16(), reader.U16(), reader.U16());
        (ushort users, ushort groups) = (reader.U16(), reader.U16());
        return new(user, group, other, mask, reader.Items<AclEntry>(users), reader.Items<AclEntry>(groups));
    }

    internal void Write(ref PacketWriter writer)
    {
        writer.U16(User);
        writer.U16(Group);
        writer.U16(Other);
        writer.U16(Mask);
        writer.U16(checked((ushort)NamedUsers.Length));
        writer.U16(checked((ushort)NamedGroups.Length));
        writer.Items(NamedUsers.Span);
        writer.Items(NamedGroups.Span);
    }
}
