using MfsHa.Protocol.Framing;

namespace MfsHa.Protocol.Client;

/// <summary>What SCLASS_CHANGE changes.</summary>
[Flags]
public enum StorageClassChanges : ushort
{
    /// <summary>Only read, which needs no administrator.</summary>
    None = 0,
    AdminOnly = 0x0001,
    LabelsMode = 0x0002,
    CreateLabels = 0x0004,
    KeepLabels = 0x0008,
    ArchiveLabels = 0x0010,
    ArchiveDelay = 0x0020,
    TrashLabels = 0x0040,
    MinTrashRetention = 0x0080,
    ArchiveMode = 0x0100,
    ArchiveMinSize = 0x0200,
    Priority = 0x0400,
    Description = 0x0800,
    ExportGroup = 0x1000,

    /// <summary>Up to 4.56: also change the predefined classes.</summary>
    Force = 0x8000,
}

/// <summary>Answered by a status (`matoclserv_sclass_create`).</summary>
/// <param name="Format">How the definition is written.</param>
public readonly record struct StorageClassCreateRequest(ReadOnlyMemory<byte> Name, byte Format, StorageClassDefinition Definition)
    : IClientRequest<StorageClassCreateRequest>
{
    public static PacketType Type => PacketType.StorageClassCreate;

    public static StorageClassCreateRequest Parse(ref PacketReader reader, PeerVersion client)
    {
        (ReadOnlyMemory<byte> name, byte format) = (reader.Name8(), reader.U8());
        var request = new StorageClassCreateRequest(name, format, StorageClassDefinition.Parse(ref reader, format));
        reader.End();
        return request;
    }

    public void WriteBody(ref PacketWriter writer)
    {
        writer.Name8(Name.Span);
        writer.U8(Format);
        Definition.Write(ref writer, Format);
    }
}

/// <summary>Changes or reads a class (`matoclserv_sclass_change`).</summary>
public readonly record struct StorageClassChangeRequest(
    ReadOnlyMemory<byte> Name, byte Format, StorageClassChanges Changes, StorageClassDefinition Definition)
    : IClientRequest<StorageClassChangeRequest>
{
    public static PacketType Type => PacketType.StorageClassChange;

    public static StorageClassChangeRequest Parse(ref PacketReader reader, PeerVersion client)
    {
        (ReadOnlyMemory<byte> name, byte format, var changes) = (reader.Name8(), reader.U8(), (StorageClassChanges)reader.U16());
        var request = new StorageClassChangeRequest(name, format, changes, StorageClassDefinition.Parse(ref reader, format));
        reader.End();
        return request;
    }

    public void WriteBody(ref PacketWriter writer)
    {
        writer.Name8(Name.Span);
        writer.U8(Format);
        writer.U16((ushort)Changes);
        Definition.Write(ref writer, Format);
    }
}

/// <summary>The class after the change.</summary>
/// <param name="Format">The request's.</param>
public readonly record struct StorageClassChangeReply(byte Format, StorageClassDefinition Definition) : IClientReply<StorageClassChangeReply>
{
    public static PacketType Type => PacketType.StorageClassChangeReply;

    public static StorageClassChangeReply Parse(ref PacketReader reader, PeerVersion client)
    {
        byte format = reader.U8();
        var reply = new StorageClassChangeReply(format, StorageClassDefinition.Parse(ref reader, format));
        reader.End();
        return reply;
    }

    public void WriteBody(ref PacketWriter writer, PeerVersion client)
    {
        writer.U8(Format);
        Definition.Write(ref writer, Format);
    }
}

/// <summary>Answered by a status (`matoclserv_sclass_delete`).</summary>
public readonly record struct StorageClassDeleteRequest(ReadOnlyMemory<byte> Name) : IClientRequest<StorageClassDeleteRequest>
{
    public static PacketType Type => PacketType.StorageClassDelete;

    public static StorageClassDeleteRequest Parse(ref PacketReader reader, PeerVersion client)
    {
        var request = new StorageClassDeleteRequest(reader.Name8());
        reader.End();
        return request;
    }

    public void WriteBody(ref PacketWriter writer) => writer.Name8(Name.Span);
}

/// <summary>Answered by a status (`matoclserv_sclass_duplicate`).</summary>
public readonly record struct StorageClassDuplicateRequest(ReadOnlyMemory<byte> OldName, ReadOnlyMemory<byte> NewName)
    : IClientRequest<StorageClassDuplicateRequest>
{
    public static PacketType Type => PacketType.StorageClassDuplicate;

    public static StorageClassDuplicateRequest Parse(ref PacketReader reader, PeerVersion client)
    {
        var request = new StorageClassDuplicateRequest(reader.Name8(), reader.Name8());
        reader.End();
        return request;
    }

    public void WriteBody(ref PacketWriter writer)
    {
        writer.Name8(OldName.Span);
        writer.Name8(NewName.Span);
    }
}

/// <summary>Answered by a status (`matoclserv_sclass_rename`).</summary>
public readonly record struct StorageClassRenameRequest(ReadOnlyMemory<byte> OldName, ReadOnlyMemory<byte> NewName)
    : IClientRequest<StorageClassRenameRequest>
{
    public static PacketType Type => PacketType.StorageClassRename;

    public static StorageClassRenameRequest Parse(ref PacketReader reader, PeerVersion client)
    {
        var request = new StorageClassRenameRequest(reader.Name8(), reader.Name8());
        reader.End();
        return request;
    }

    public void WriteBody(ref PacketWriter writer)
    {
        writer.Name8(OldName.Span);
        writer.Name8(NewName.Span);
    }
}
