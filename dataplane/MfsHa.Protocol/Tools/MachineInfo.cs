using System.Buffers.Binary;
using MfsHa.Protocol.Framing;

namespace MfsHa.Protocol.Tools;

/// <summary>A connected metalogger.</summary>
public readonly record struct MetaLoggerEntry(PeerVersion Version, uint Ip) : IPackedItem<MetaLoggerEntry>
{
    public static int Size => 8;

    public static MetaLoggerEntry Read(ReadOnlySpan<byte> source) => new(
        new PeerVersion(BinaryPrimitives.ReadUInt32BigEndian(source)), BinaryPrimitives.ReadUInt32BigEndian(source[4..]));

    public void Write(Span<byte> destination)
    {
        BinaryPrimitives.WriteUInt32BigEndian(destination, Version.Wire);
        BinaryPrimitives.WriteUInt32BigEndian(destination[4..], Ip);
    }
}

/// <summary>MLOG_LIST (`matoclserv_mlog_list`).</summary>
public static class MetaLoggerListReply
{
    public static void Write(ref PacketWriter writer, scoped ReadOnlySpan<MetaLoggerEntry> metaloggers)
    {
        writer.Begin(PacketType.MetaLoggerListReply);
        writer.Items(metaloggers);
        writer.End();
    }

    public static MetaLoggerEntry[] Parse(ref PacketReader reader) => reader.RestItems<MetaLoggerEntry>();
}

/// <summary>Memory of one kind of structure, in bytes.</summary>
public readonly record struct MemoryUsage(ulong Allocated, ulong Used) : IPackedItem<MemoryUsage>
{
    public static int Size => 16;

    public static MemoryUsage Read(ReadOnlySpan<byte> source) => new(
        BinaryPrimitives.ReadUInt64BigEndian(source), BinaryPrimitives.ReadUInt64BigEndian(source[8..]));

    public void Write(Span<byte> destination)
    {
        BinaryPrimitives.WriteUInt64BigEndian(destination, Allocated);
        BinaryPrimitives.WriteUInt64BigEndian(destination[8..], Used);
    }
}

/// <summary>MEMORY_INFO (`matoclserv_memory_info`).</summary>
public static class MemoryInfoReply
{
    /// <summary>
    /// Kinds of structures, in this order: chunk hash, chunks, copies, edge hash, edges, node hash, nodes, deleted nodes, chunk
    /// tables, symlinks, quota.
    /// </summary>
    public const int Kinds = 11;

    public static void Write(ref PacketWriter writer, scoped ReadOnlySpan<MemoryUsage> usages)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(usages.Length, Kinds);
        writer.Begin(PacketType.MemoryInfoReply);
        writer.Items(usages);
        writer.End();
    }

    public static MemoryUsage[] Parse(ref PacketReader reader)
    {
        MemoryUsage[] usages = reader.Items<MemoryUsage>(Kinds);
        reader.End();
        return usages;
    }
}

/// <summary>Which kind of program listens: MODULE_INFO.</summary>
/// <param name="MetaId">Identity of the metadata set.</param>
public readonly record struct ModuleInfoReply(uint? MessageId, PeerVersion Version, ulong MetaId)
{
    private const byte MasterModule = 1;
    private const int UnusedLeader = 6;
    private const int LengthWithoutId = 1 + 4 + 2 + 8 + UnusedLeader;

    public static ModuleInfoReply Parse(ref PacketReader reader)
    {
        uint? id = reader.Remaining > LengthWithoutId ? reader.U32() : null;
        byte module = reader.U8();
        if (module != MasterModule)
        {
            reader.Fail("a master", $"module {module}");
        }

        var version = new PeerVersion(reader.U32());
        reader.U16();
        var reply = new ModuleInfoReply(id, version, reader.U64());
        reader.Span(UnusedLeader);
        reader.End();
        return reply;
    }

    public void Write(ref PacketWriter writer)
    {
        ToolReply.Begin(ref writer, PacketType.ModuleInfoReply, MessageId);
        writer.U8(MasterModule);
        writer.U32(Version.Wire);
        writer.U16(0);
        writer.U64(MetaId);
        writer.Zeros(UnusedLeader);
        writer.End();
    }
}

/// <summary>INSTANCE_NAME of a 4.x mfsgui.</summary>
public static class InstanceNameReply
{
    public static void Write(ref PacketWriter writer, uint? messageId, scoped ReadOnlySpan<byte> name)
    {
        ToolReply.Begin(ref writer, PacketType.InstanceNameReply, messageId);
        writer.Name8(name);
        writer.End();
    }
}

/// <summary>PATTERN_INFO: the patterns as PATTERN_LIST answers them.</summary>
public static class PatternInfoReply
{
    public static void Write(ref PacketWriter writer, IReadOnlyList<Client.Pattern> patterns)
    {
        writer.Begin(PacketType.PatternInfoReply);
        Client.PatternListReply.WriteAll(ref writer, patterns);
        writer.End();
    }

    public static IReadOnlyList<Client.Pattern> Parse(ref PacketReader reader) => Client.PatternListReply.ParseAll(ref reader);
}
