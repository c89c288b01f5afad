using System.Buffers.Binary;
using System.Diagnostics;
using MemoryPack;
using MfsHa.Metadata.Operations;
using MfsHa.Metadata.SystemGroup;
using MfsHa.NodeLink.Formats;

namespace MfsHa.Cluster.Routing;

/// <summary>
/// What one node asks the leader of a group: the format level at which the sender writes, group, kind, for a request that is traced (<see cref="TracedFlag"/> in the kind) the ids of trace and span,
/// and the serialised operation.
/// </summary>
public static class GroupRequest
{
    private const int HeaderLength = 4;
    private const byte TracedFlag = 0x80;
    private const int TraceIdLength = 16;
    private const int SpanIdLength = 8;
    private const int TraceLength = TraceIdLength + SpanIdLength;

    /// <summary>Serialises an operation of the namespace.</summary>
    public static byte[] Write(ushort group, Operation operation, byte level) => Frame(level, group, GroupRequestKind.Namespace, MemoryPackSerializer.Serialize(operation));

    /// <summary>Serialises an operation of the system group.</summary>
    public static byte[] Write(ushort group, SystemOperation operation, byte level) => Frame(level, group, GroupRequestKind.System, MemoryPackSerializer.Serialize(operation));

    /// <summary>Serialises a supervised request.</summary>
    public static byte[] Write(ushort group, SupervisedRequest request, byte level) => Frame(level, group, GroupRequestKind.Supervised, MemoryPackSerializer.Serialize(request));

    /// <summary>Takes a request apart. <see cref="FormatException"/> for anything that <see cref="Write(ushort, Operation, byte)"/> cannot have made.</summary>
    public static (ushort Group, GroupRequestKind Kind, ActivityContext Trace, ReadOnlyMemory<byte> Body) Read(ReadOnlyMemory<byte> request, FormatRange formats)
    {
        var header = request.Span;
        var isTraced = header.Length >= HeaderLength + TraceLength && (header[3] & TracedFlag) != 0;
        var kind = header.Length < HeaderLength ? 0 : isTraced ? header[3] & ~TracedFlag : header[3];
        if (kind is < (int)GroupRequestKind.Namespace or > (int)GroupRequestKind.Supervised || !formats.Reads(header[0]))
        {
            throw new FormatException($"a group request begins with {formats}, group and kind 1..3; found {Convert.ToHexString(header[..Math.Min(HeaderLength, header.Length)])}");
        }

        var trace = isTraced
            ? new ActivityContext(
                ActivityTraceId.CreateFromBytes(header.Slice(HeaderLength, TraceIdLength)),
                ActivitySpanId.CreateFromBytes(header.Slice(HeaderLength + TraceIdLength, SpanIdLength)),
                ActivityTraceFlags.Recorded,
                isRemote: true)
            : default;
        return (BinaryPrimitives.ReadUInt16BigEndian(header[1..]), (GroupRequestKind)kind, trace, request[(HeaderLength + (isTraced ? TraceLength : 0))..]);
    }

    private static byte[] Frame(byte level, ushort group, GroupRequestKind kind, byte[] body)
    {
        var activity = Activity.Current is { Recorded: true } current ? current : null;
        var bodyAt = HeaderLength + (activity is null ? 0 : TraceLength);
        var framed = GC.AllocateUninitializedArray<byte>(bodyAt + body.Length);
        framed[0] = level;
        BinaryPrimitives.WriteUInt16BigEndian(framed.AsSpan(1), group);
        framed[3] = (byte)kind;
        if (activity is not null)
        {
            framed[3] |= TracedFlag;
            activity.TraceId.CopyTo(framed.AsSpan(HeaderLength, TraceIdLength));
            activity.SpanId.CopyTo(framed.AsSpan(HeaderLength + TraceIdLength, SpanIdLength));
        }

        body.CopyTo(framed, bodyAt);
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
