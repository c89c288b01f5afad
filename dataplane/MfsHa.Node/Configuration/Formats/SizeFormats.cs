using System.Globalization;

namespace MfsHa.Node.Configuration.Formats;

/// <summary>Formats of values that are amounts of bytes.</summary>
public static class SizeFormats
{
    private const long Kibi = 1024;

    /// <summary>Bytes; K, M, G and T mean powers of 1024 and may be followed by B or iB.</summary>
    public static ValueFormat<long> Bytes(long min, long max) =>
        new(
            $"size {Show(min)}..{Show(max)} (a number is bytes; K, M, G, T are powers of 1024)",
            (string text, out long value) => TryBytes(text, out value) && value >= min && value <= max);

    /// <summary>The same, or 0.</summary>
    public static ValueFormat<long> BytesOrNone(long min, long max) =>
        new(
            $"0, or size {Show(min)}..{Show(max)} (a number is bytes; K, M, G, T are powers of 1024)",
            (string text, out long value) => TryBytes(text, out value) && (value == 0 || (value >= min && value <= max)));

    /// <summary>Writes a size with the largest unit that leaves no fraction.</summary>
    public static string Show(long bytes)
    {
        string[] units = ["", "K", "M", "G", "T"];
        int unit = 0;
        while (unit < units.Length - 1 && bytes != 0 && bytes % Kibi == 0)
        {
            bytes /= Kibi;
            unit++;
        }

        return string.Create(CultureInfo.InvariantCulture, $"{bytes}{units[unit]}");
    }

    private static bool TryBytes(string text, out long value)
    {
        value = 0;
        int digits = 0;
        while (digits < text.Length && char.IsAsciiDigit(text[digits]))
        {
            digits++;
        }

        long? factor = text[digits..].Trim().ToUpperInvariant() switch
        {
            "" or "B" => 1,
            "K" or "KB" or "KIB" => Kibi,
            "M" or "MB" or "MIB" => Kibi * Kibi,
            "G" or "GB" or "GIB" => Kibi * Kibi * Kibi,
            "T" or "TB" or "TIB" => Kibi * Kibi * Kibi * Kibi,
            _ => null,
        };
        if (factor is null
            || !long.TryParse(text.AsSpan(0, digits), NumberStyles.None, CultureInfo.InvariantCulture, out long number)
            || number > long.MaxValue / factor.Value)
        {
            return false;
        }

        value = number * factor.Value;
        return true;
    }
}
