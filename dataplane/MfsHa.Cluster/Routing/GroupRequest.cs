using System.Buffers.Binary;
using MemoryPack;
using MfsHa.Metadata.Operations;
using MfsHa.Metadata.SystemGroup;

namespace MfsHa.Cluster.Routing;

/// <summary>What one node asks the leader of a group: format version, group, kind and the serialised operation.</summary>
public static class GroupRequest
{
    private const byte FormatVersion = 1;
    private const int HeaderLength = 4;

    /// <summary>Serialises an operation of the namespace.</summary>
    public static byte[] Write(ushort group, Operation operation) => Frame(group, GroupRequestKind.Namespace, MemoryPackSerializer.Serialize(operation));

    /// <summary>Serialises an operation of the system group.</summary>
    public static byte[] Write(ushort group, SystemOperation operation) => Frame(group, GroupRequestKind.System, MemoryPackSerializer.Serialize(operation));

    /// <summary>Serialises a supervised request.</summary>
    public static byte[] Write(ushort group, SupervisedRequest request) => Frame(group, GroupRequestKind.Supervised, MemoryPackSerializer.Serialize(request));

    /// <summary>Takes a request apart. <see cref="FormatException"/> for anything that <see cref="Write(ushort, Operation)"/> cannot have made.</summary>
    public static (ushort Group, GroupRequestKind Kind, ReadOnlyMemory<byte> Body) Read(ReadOnlyMemory<byte> request)
    {
        var header = request.Span;
        if (header.Length < HeaderLength || header[0] != FormatVersion || header[3] is < 1 or > 3)
        {
            throw new FormatException($"a group request begins with version {FormatVersion}, group and kind 1..3; found {Convert.ToHexString(header[..Math.Min(HeaderLength, header.Length)])}");
        }

        return (BinaryPrimitives.ReadUInt16BigEndian(header[1..]), (GroupRequestKind)header[3], request[HeaderLength..]);
    }

    private static byte[] Frame(ushort group, GroupRequestKind kind, byte[] body)
    {
        var framed = GC.AllocateUninitializedArray<byte>(HeaderLength + body.Length);
        framed[0] = FormatVersion;
        BinaryPrimitives.WriteUInt16BigEndian(framed.AsSpan(1), group);
        framed[3] = (byte)kind;
        body.CopyTo(framed, HeaderLength);
        return framed;
    }
}

/// <summary>Kinds of group requests; part of the wire format between nodes.</summary>
public enum GroupRequestKind : byte
{
    /// <summary>An operation of the namespace.</summary>
    Namespace = 1,

    /// <summary>An operation of the system group.</summary>
    System = 2,

    /// <summary>A request to the chunk supervisor.</summary>
    Supervised = 3,
}
