using System.Buffers;
using System.Text;

namespace MfsHa.Testbed.Native;

/// <summary>
/// Names of files are bytes, not text. What is no UTF-8 is written with one lone low surrogate a byte, U+DC80..U+DCFF, as Python does
/// (PEP 383), so that every name has exactly one string.
/// </summary>
public static class ByteText
{
    private const char FirstEscape = '\uDC80';
    private const char LastEscape = '\uDCFF';
    private const int EscapeBase = 0xDC00;

    public static byte[] ToBytes(string text)
    {
        var bytes = new ArrayBufferWriter<byte>(text.Length + 1);
        for (var i = 0; i < text.Length;)
        {
            if (text[i] is >= FirstEscape and <= LastEscape)
            {
                bytes.GetSpan(1)[0] = (byte)(text[i++] - EscapeBase);
                bytes.Advance(1);
                continue;
            }
            var status = Rune.DecodeFromUtf16(text.AsSpan(i), out var rune, out var used);
            if (status is not OperationStatus.Done)
            {
                throw new ArgumentException($"character {i} is half of a surrogate pair", nameof(text));
            }
            bytes.Advance(rune.EncodeToUtf8(bytes.GetSpan(4)));
            i += used;
        }
        return bytes.WrittenSpan.ToArray();
    }

    public static string FromBytes(ReadOnlySpan<byte> bytes)
    {
        var text = new StringBuilder(bytes.Length);
        while (!bytes.IsEmpty)
        {
            if (Rune.DecodeFromUtf8(bytes, out var rune, out var used) is OperationStatus.Done)
            {
                text.Append(rune.ToString());
            }
            else
            {
                used = 1;
                text.Append((char)(EscapeBase + bytes[0]));
            }
            bytes = bytes[used..];
        }
        return text.ToString();
    }
}
