using MfsHa.Protocol.Framing;

namespace MfsHa.Protocol.Client;

/// <summary>`matoclserv_sclass_list`.</summary>
/// <param name="Format">
/// 0: names. 1: definitions in <see cref="StorageClassDefinition.MaskFormat"/>, asked for by 3.x tools. 2 to 6: definitions in that
/// format, from 4 on after the class id. <see cref="StorageClassListReply.IdsAndNames"/>: ids and names.
/// </param>
public readonly record struct StorageClassListRequest(byte Format) : IClientRequest<StorageClassListRequest>
{
    public static PacketType Type => PacketType.StorageClassList;

    public static StorageClassListRequest Parse(ref PacketReader reader, PeerVersion client)
    {
        var request = new StorageClassListRequest(reader.U8());
        reader.End();
        return request;
    }

    public void WriteBody(ref PacketWriter writer) => writer.U8(Format);
}

/// <param name="Definition">Null in lists of names.</param>
public sealed record StorageClassListEntry(byte ClassId, ReadOnlyMemory<byte> Name, StorageClassDefinition? Definition);

/// <summary>
/// The answer, whose shape the request's format decides. 3.x tools refuse lists in which a class has no create or archive
/// labels, which is what 4.56.6 sends them; 3.x masters repeat the keep labels there.
/// </summary>
public static class StorageClassListReply
{
    /// <summary>Format of lists of ids and names.</summary>
    public const byte IdsAndNames = 0xFF;

    private const byte NamesOnly = 0;
    private const byte MaskListFormat = 1;
    private const byte FirstFormatWithId = 4;

    public static void Write(
        ref PacketWriter writer, uint messageId, byte format, IEnumerable<StorageClassListEntry> entries)
    {
        writer.Begin(PacketType.StorageClassListReply, messageId);
        foreach (StorageClassListEntry entry in entries)
        {
            if (format >= FirstFormatWithId)
            {
                writer.U8(entry.ClassId);
            }

            writer.Name8(entry.Name.Span);
            if (DefinitionFormat(format) is { } definitionFormat)
            {
                ArgumentNullException.ThrowIfNull(entry.Definition);
                entry.Definition.Write(ref writer, definitionFormat);
            }
        }

        writer.End();
    }

    /// <summary>Reads a reply's body; the reader stands behind the message id.</summary>
    public static IReadOnlyList<StorageClassListEntry> Parse(ref PacketReader reader, byte format)
    {
        var entries = new List<StorageClassListEntry>();
        while (reader.Remaining > 0)
        {
            byte id = format >= FirstFormatWithId ? reader.U8() : (byte)0;
            ReadOnlyMemory<byte> name = reader.Name8();
            entries.Add(new(
                id,
                name,
                DefinitionFormat(format) is { } definitionFormat
                    ? StorageClassDefinition.Parse(ref reader, definitionFormat)
                    : null));
        }

        return entries;
    }

    /// <summary>The format of the definitions in an answer; null if it has none.</summary>
    /// <param name="format">The request's.</param>
    public static byte? DefinitionFormat(byte format) => format switch
    {
        NamesOnly or IdsAndNames => null,
        MaskListFormat => StorageClassDefinition.MaskFormat,
        _ => format,
    };
}
