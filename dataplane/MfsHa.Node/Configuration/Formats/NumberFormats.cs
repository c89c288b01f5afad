using System.Collections.Immutable;
using System.Globalization;

namespace MfsHa.Node.Configuration.Formats;

/// <summary>Formats of values that are numbers.</summary>
public static class NumberFormats
{
    private const int Hexadecimal = 16;
    private const int Octal = 8;
    private const int MaxListLength = 16;

    /// <summary>A TCP port.</summary>
    public static ValueFormat<int> Port { get; } = Integer(1, 65535) with { Expected = "port 1..65535" };

    /// <summary>Permission bits that new files do not get; written in octal with a leading 0.</summary>
    public static ValueFormat<int> FileMask { get; } = Integer(0, 0x1FF) with { Expected = "octal mask 0..0777" };

    /// <summary>An integer in decimal, octal (leading 0) or hexadecimal (leading 0x), as C's strtol with base 0 reads it.</summary>
    public static ValueFormat<int> Integer(int min, int max) =>
        new($"integer {Show(min)}..{Show(max)}", (string text, out int value) => TryInteger(text, out value) && value >= min && value <= max);

    /// <summary>An integer, or nothing.</summary>
    public static ValueFormat<int?> OptionalInteger(int min, int max) =>
        new(
            $"integer {Show(min)}..{Show(max)}, or empty",
            (string text, out int? value) =>
            {
                value = null;
                if (text.Length == 0)
                {
                    return true;
                }

                bool ok = TryInteger(text, out int number) && number >= min && number <= max;
                value = number;
                return ok;
            });

    /// <summary>A number with a decimal point.</summary>
    public static ValueFormat<double> Decimal(double min, double max) =>
        new(
            string.Create(CultureInfo.InvariantCulture, $"number {min:0.0}..{max:0.0}"),
            (string text, out double value) =>
                double.TryParse(text, NumberStyles.AllowDecimalPoint | NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out value)
                && value >= min && value <= max);

    /// <summary>
    /// Numbers separated by commas (or colons), of which the last given one also stands for those that are left out after the first:
    /// one number means that many times the same, as in mfsmaster; four numbers (3.0.117) leave the fifth at its default.
    /// </summary>
    public static ValueFormat<ImmutableArray<int>> Limits(params int[] defaults) =>
        new(
            $"1, {defaults.Length - 1} or {defaults.Length} integers 0..65535 separated by commas",
            (string text, out ImmutableArray<int> value) =>
            {
                value = [];
                string[] parts = text.Split([',', ':'], MaxListLength, StringSplitOptions.TrimEntries);
                int[] numbers = new int[parts.Length];
                for (int i = 0; i < parts.Length; i++)
                {
                    if (!TryInteger(parts[i], out numbers[i]) || numbers[i] is < 0 or > ushort.MaxValue)
                    {
                        return false;
                    }
                }

                if (numbers.Length == 1)
                {
                    value = [.. Enumerable.Repeat(numbers[0], defaults.Length)];
                    return true;
                }

                if (numbers.Length < defaults.Length - 1 || numbers.Length > defaults.Length)
                {
                    return false;
                }

                value = [.. numbers, .. defaults.Skip(numbers.Length)];
                return true;
            });

    internal static bool TryInteger(string text, out int value)
    {
        value = 0;
        ReadOnlySpan<char> digits = text;
        bool negative = digits.StartsWith("-");
        if (negative || digits.StartsWith("+"))
        {
            digits = digits[1..];
        }

        int radix = 10;
        if (digits.StartsWith("0x", StringComparison.OrdinalIgnoreCase))
        {
            radix = Hexadecimal;
            digits = digits[2..];
        }
        else if (digits.Length > 1 && digits[0] == '0')
        {
            radix = Octal;
            digits = digits[1..];
        }

        if (digits.IsEmpty)
        {
            return false;
        }

        long sum = 0;
        foreach (char c in digits)
        {
            int digit = char.IsAsciiHexDigit(c) ? Convert.ToInt32(c.ToString(), Hexadecimal) : Hexadecimal;
            if (digit >= radix)
            {
                return false;
            }

            sum = (sum * radix) + digit;
            if (sum > int.MaxValue)
            {
                return false;
            }
        }

        value = (int)(negative ? -sum : sum);
        return true;
    }

    private static string Show(int number) => number.ToString(CultureInfo.InvariantCulture);
}
