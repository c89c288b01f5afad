using MfsHa.Protocol.Framing;

namespace MfsHa.Protocol.MetaLogger;

/// <summary>One change of the metadata, or the order to rotate logs (`mfsmaster/matomlserv.c: matomlserv_broadcast_logstring`).</summary>
/// <param name="Version">Metadata version that the change leads from.</param>
/// <param name="Text">"seconds|OPERATION(arguments):results", without version and without NUL; null: rotate logs.</param>
public readonly record struct ChangelogPacket(ulong Version, ReadOnlyMemory<byte>? Text)
{
    private const byte EntryMark = 0xFF;
    private const byte RotateMark = 0x55;

    /// <summary>The order to rotate logs.</summary>
    public static ChangelogPacket Rotate => default;

    public static ChangelogPacket Parse(ref PacketReader reader)
    {
        byte mark = reader.U8();
        if (mark == RotateMark)
        {
            reader.End();
            return Rotate;
        }

        if (mark != EntryMark)
        {
            reader.Fail("the mark of an entry or of a rotation", $"{mark}");
        }

        ulong version = reader.U64();
        ReadOnlyMemory<byte> text = reader.Rest();
        if (text.IsEmpty || text.Span[^1] != 0)
        {
            reader.Fail("a text that ends with NUL", "one that does not");
        }

        return new(version, text[..^1]);
    }

    public void Write(ref PacketWriter writer)
    {
        writer.Begin(PacketType.MetaLoggerChangelog);
        if (Text is { } text)
        {
            writer.U8(EntryMark);
            writer.U64(Version);
            writer.Bytes(text.Span);
            writer.U8(0);
        }
        else
        {
            writer.U8(RotateMark);
        }

        writer.End();
    }
}
