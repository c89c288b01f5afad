using System.Buffers;
using MfsHa.Protocol.Framing;
using Xunit;

namespace MfsHa.Protocol.Tests.Support;

internal delegate void PacketWriting(ref PacketWriter writer);

internal delegate T PacketReading<out T>(ref PacketReader reader);

/// <summary>Short ways from fields to bytes and back.</summary>
internal static class Packets
{
    /// <summary>Writes one packet and returns its type and payload, after checking the header.</summary>
    public static (PacketType Type, byte[] Payload) Write(PacketWriting write)
    {
        var output = new ArrayBufferWriter<byte>();
        var writer = new PacketWriter(output);
        write(ref writer);
        ReadOnlySpan<byte> bytes = output.WrittenSpan;
        PacketHeader header = PacketHeader.Read(bytes);
        Assert.Equal((uint)(bytes.Length - PacketHeader.Size), header.Length);
        return (header.Type, bytes[PacketHeader.Size..].ToArray());
    }

    public static byte[] Payload(PacketWriting write) => Write(write).Payload;

    public static string Hex(PacketWriting write) => Convert.ToHexStringLower(Payload(write));

    public static T Read<T>(byte[] payload, PacketReading<T> read)
    {
        var reader = new PacketReader(payload);
        return read(ref reader);
    }

    public static T ReadHex<T>(string hex, PacketReading<T> read) => Read(Convert.FromHexString(hex), read);

    public static byte[] Bytes(string text) => System.Text.Encoding.UTF8.GetBytes(text);

    public static string Text(ReadOnlyMemory<byte> bytes) => System.Text.Encoding.UTF8.GetString(bytes.Span);
}
