using MfsHa.Protocol.Framing;

namespace MfsHa.Protocol.Tools;

/// <summary>
/// A question of mfscli or mfsgui that says nothing but, perhaps, in which shape it wants the answer: 500, 508, 510, 512, 514,
/// 518, 520, 522, 528, 530, 542, 544, 548, 550.
/// </summary>
/// <param name="MessageId">Present on registered connections for some questions; the answer repeats it.</param>
/// <param name="Mode">Shape of the answer; absent in the oldest form of each question.</param>
public readonly record struct ToolRequest(uint? MessageId, byte? Mode)
{
    private const int ModeAlone = 1;

    public static ToolRequest Parse(ref PacketReader reader)
    {
        uint? id = reader.Remaining > ModeAlone ? reader.U32() : null;
        var request = new ToolRequest(id, reader.Remaining > 0 ? reader.U8() : null);
        reader.End();
        return request;
    }

    public void Write(ref PacketWriter writer, PacketType type)
    {
        ToolReply.Begin(ref writer, type, MessageId);
        if (Mode is { } mode)
        {
            writer.U8(mode);
        }

        writer.End();
    }
}

/// <summary>A question about one session or inode: LIST_OPEN_FILES, LIST_ACQUIRED_LOCKS.</summary>
/// <param name="Subject">0: all.</param>
public readonly record struct ToolSubjectRequest(uint? MessageId, uint Subject)
{
    private const int SubjectAlone = 4;

    public static ToolSubjectRequest Parse(ref PacketReader reader)
    {
        var request = new ToolSubjectRequest(reader.Remaining > SubjectAlone ? reader.U32() : null, reader.U32());
        reader.End();
        return request;
    }

    public void Write(ref PacketWriter writer, PacketType type)
    {
        ToolReply.Begin(ref writer, type, MessageId);
        writer.U32(Subject);
        writer.End();
    }
}

/// <summary>What answers to tools share.</summary>
public static class ToolReply
{
    /// <summary>Begins an answer, with the message id that the question had.</summary>
    public static void Begin(ref PacketWriter writer, PacketType type, uint? messageId)
    {
        writer.Begin(type);
        if (messageId is { } id)
        {
            writer.U32(id);
        }
    }

    /// <summary>The one-byte answer to commands.</summary>
    public static void WriteStatus(ref PacketWriter writer, PacketType request, StatusCode status)
    {
        writer.Begin(PacketTypes.ReplyOf(request));
        writer.U8((byte)status);
        writer.End();
    }
}
