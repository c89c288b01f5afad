using System.Buffers.Binary;
using System.Text;
using MfsHa.NodeLink.Formats;

namespace MfsHa.NodeLink.Transport;

/// <summary>How a node that does not read the cluster's format level is told so: the number of <see cref="LinkRefusal.FormatLevel"/> with the level in it, then length u8 and text of the release that writes it.</summary>
internal static class FormatRefusal
{
    private const int LevelShift = 16;
    private const long CodeMask = (1 << LevelShift) - 1;

    public static byte[] ToBytes(byte level, string release)
    {
        var text = Encoding.UTF8.GetBytes(release);
        var length = Math.Min(text.Length, byte.MaxValue);
        var bytes = new byte[sizeof(long) + 1 + length];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, (long)LinkRefusal.FormatLevel - ((long)level << LevelShift));
        bytes[sizeof(long)] = (byte)length;
        text.AsSpan(0, length).CopyTo(bytes.AsSpan(sizeof(long) + 1));
        return bytes;
    }

    /// <summary>True when a number that was told means this; then what follows it is read.</summary>
    public static bool TryRead(long told, Stream stream, out byte level, out string release)
    {
        (level, release) = ((byte)(-told >> LevelShift), "");
        if ((-told & CodeMask) != -(long)LinkRefusal.FormatLevel)
            return false;
        Span<byte> text = stackalloc byte[byte.MaxValue];
        stream.ReadExactly(text[..1]);
        text = text[..text[0]];
        stream.ReadExactly(text);
        release = Encoding.UTF8.GetString(text);
        return true;
    }

    /// <summary>What the node that was told says of it.</summary>
    public static FormatLevelException Told(NodeId peer, byte level, string release, FormatGate own) => new(
        $"node {peer} does not let this node in: the cluster writes format level {level}, this release ({own.Release}) reads {own.Range}: install release {release}, which node {peer} runs");
}
