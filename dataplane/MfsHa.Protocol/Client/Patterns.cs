using MfsHa.Protocol.Framing;

namespace MfsHa.Protocol.Client;

/// <summary>What names, of which creators, a pattern is about.</summary>
/// <param name="Uid">Effective uid of the creator; 0xFFFFFFFF: any.</param>
/// <param name="Gid">Effective gid of the creator; 0xFFFFFFFF: any.</param>
public readonly record struct PatternKey(ReadOnlyMemory<byte> Glob, uint Uid, uint Gid)
{
    internal static PatternKey Parse(ref PacketReader reader) => new(reader.Name8(), reader.U32(), reader.U32());

    internal void Write(ref PacketWriter writer)
    {
        writer.Name8(Glob.Span);
        writer.U32(Uid);
        writer.U32(Gid);
    }
}

/// <summary>What new files with matching names get in place of their parent's settings (4.x).</summary>
/// <param name="OverrideMask">Which of the settings apply.</param>
public readonly record struct Pattern(
    PatternKey Key,
    byte Priority,
    byte OverrideMask,
    ReadOnlyMemory<byte> StorageClass,
    ushort TrashHours,
    ExtraAttributes SetAttributes,
    ExtraAttributes ClearAttributes)
{
    internal static Pattern Parse(ref PacketReader reader) => new(
        PatternKey.Parse(ref reader),
        reader.U8(),
        reader.U8(),
        reader.Name8(),
        reader.U16(),
        (ExtraAttributes)reader.U8(),
        (ExtraAttributes)reader.U8());

    internal void Write(ref PacketWriter writer)
    {
        Key.Write(ref writer);
        writer.U8(Priority);
        writer.U8(OverrideMask);
        writer.Name8(StorageClass.Span);
        writer.U16(TrashHours);
        writer.U8((byte)SetAttributes);
        writer.U8((byte)ClearAttributes);
    }
}

/// <summary>Answered by a status (`matoclserv_pattern_add`).</summary>
public readonly record struct PatternAddRequest(Pattern Pattern) : IClientRequest<PatternAddRequest>
{
    public static PacketType Type => PacketType.PatternAdd;

    public static PatternAddRequest Parse(ref PacketReader reader, PeerVersion client)
    {
        PatternFormat.Read(ref reader);
        var request = new PatternAddRequest(Pattern.Parse(ref reader));
        reader.End();
        return request;
    }

    public void WriteBody(ref PacketWriter writer)
    {
        writer.U8(PatternFormat.Value);
        Pattern.Write(ref writer);
    }
}

/// <summary>Answered by a status (`matoclserv_pattern_delete`).</summary>
public readonly record struct PatternDeleteRequest(PatternKey Key) : IClientRequest<PatternDeleteRequest>
{
    public static PacketType Type => PacketType.PatternDelete;

    public static PatternDeleteRequest Parse(ref PacketReader reader, PeerVersion client)
    {
        PatternFormat.Read(ref reader);
        var request = new PatternDeleteRequest(PatternKey.Parse(ref reader));
        reader.End();
        return request;
    }

    public void WriteBody(ref PacketWriter writer)
    {
        writer.U8(PatternFormat.Value);
        Key.Write(ref writer);
    }
}

/// <summary>`matoclserv_pattern_list`.</summary>
public readonly record struct PatternListRequest : IClientRequest<PatternListRequest>
{
    public static PacketType Type => PacketType.PatternList;

    public static PatternListRequest Parse(ref PacketReader reader, PeerVersion client)
    {
        PatternFormat.Read(ref reader);
        reader.End();
        return default;
    }

    public void WriteBody(ref PacketWriter writer) => writer.U8(PatternFormat.Value);
}

public readonly record struct PatternListReply(IReadOnlyList<Pattern> Patterns) : IClientReply<PatternListReply>
{
    public static PacketType Type => PacketType.PatternListReply;

    public static PatternListReply Parse(ref PacketReader reader, PeerVersion client) => new(ParseAll(ref reader));

    public void WriteBody(ref PacketWriter writer, PeerVersion client) => WriteAll(ref writer, Patterns);

    internal static List<Pattern> ParseAll(ref PacketReader reader)
    {
        var patterns = new List<Pattern>();
        while (reader.Remaining > 0)
        {
            patterns.Add(Pattern.Parse(ref reader));
        }

        return patterns;
    }

    internal static void WriteAll(ref PacketWriter writer, IReadOnlyList<Pattern> patterns)
    {
        foreach (Pattern pattern in patterns)
        {
            pattern.Write(ref writer);
        }
    }
}

/// <summary>The byte that begins pattern requests.</summary>
internal static class PatternFormat
{
    public const byte Value = 0;

    public static void Read(ref PacketReader reader)
    {
        byte format = reader.U8();
        if (format != Value)
        {
            reader.Fail("format 0", $"{format}");
        }
    }
}
