namespace MfsHa.Node.Configuration.Formats;

/// <summary>
/// Periods as MooseFS writes them in mfsmaster.cfg and mfsexports.cfg (`mfscommon/timeparser.c: parse_period_common`):
/// a number alone in the base unit; a number with one decimal point and a unit ("1.5d", rounded half up); or whole numbers with units in
/// falling order ("1w2d3h"), where each after the first is less than the unit before it. Units are w d h m s in any case; white space may
/// stand before each unit and between parts.
/// </summary>
public static class Period
{
    private const int MaxDigits = 10;

    // Unit, its seconds, and what the value of a later part must stay below.
    private static readonly (char Unit, ulong Seconds, ulong Limit)[] _units =
    [
        ('w', 604_800, uint.MaxValue), ('d', 86_400, 604_800), ('h', 3_600, 86_400), ('m', 60, 3_600), ('s', 1, 60),
    ];

    /// <summary>Parses a period whose bare number means seconds. The result is seconds, at most 2^32-1.</summary>
    public static bool TryParseSeconds(ReadOnlySpan<char> text, out uint seconds) => TryParse(text, baseSeconds: 1, out seconds);

    /// <summary>Parses a period whose bare number means hours and which knows no smaller unit. The result is hours, at most 2^32-1.</summary>
    public static bool TryParseHours(ReadOnlySpan<char> text, out uint hours) => TryParse(text, baseSeconds: 3_600, out hours);

    private static bool TryParse(ReadOnlySpan<char> text, ulong baseSeconds, out uint result)
    {
        result = 0;
        text = text.Trim(" \t");
        ulong sum = 0;
        int previousUnit = -1;
        while (true)
        {
            if (!TryNumber(ref text, out UInt128 number, out ulong scale))
            {
                return false;
            }

            if (text.IsEmpty)
            {
                result = (uint)number;
                return previousUnit < 0 && scale == 1 && number <= uint.MaxValue;
            }

            int unit = IndexOfUnit(text[0]);
            if (unit <= previousUnit || _units[unit].Seconds < baseSeconds || (scale > 1 && previousUnit >= 0))
            {
                return false;
            }

            // 128 bit because a fraction is not cut before it is multiplied.
            UInt128 exact = number * (_units[unit].Seconds / baseSeconds);
            ulong part = (ulong)((exact + (scale / 2)) / scale);
            if (previousUnit >= 0 && part >= _units[unit].Limit / baseSeconds)
            {
                return false;
            }

            sum += part;
            if (sum > uint.MaxValue)
            {
                return false;
            }

            text = text[1..].TrimStart(" \t");
            if (text.IsEmpty)
            {
                result = (uint)sum;
                return true;
            }

            if (scale > 1)
            {
                return false;
            }

            previousUnit = unit;
        }
    }

    // Takes "12" or "1.5" (number 15, scale 10) and the white space after it.
    private static bool TryNumber(ref ReadOnlySpan<char> text, out UInt128 number, out ulong scale)
    {
        number = 0;
        scale = 1;
        if (!TryDigits(ref text, out ulong whole, out _))
        {
            return false;
        }

        number = whole;
        text = text.TrimStart(" \t");
        if (!text.StartsWith("."))
        {
            return true;
        }

        text = text[1..];
        if (!TryDigits(ref text, out ulong fraction, out int count))
        {
            return false;
        }

        for (int i = 0; i < count; i++)
        {
            scale *= 10;
        }

        number = (number * scale) + fraction;
        text = text.TrimStart(" \t");
        return true;
    }

    private static bool TryDigits(ref ReadOnlySpan<char> text, out ulong number, out int count)
    {
        number = 0;
        count = 0;
        while (count < text.Length && char.IsAsciiDigit(text[count]))
        {
            number = (number * 10) + (ulong)(text[count] - '0');
            count++;
            if (count > MaxDigits || number > uint.MaxValue)
            {
                return false;
            }
        }

        text = text[count..];
        return count > 0;
    }

    private static int IndexOfUnit(char c)
    {
        for (int i = 0; i < _units.Length; i++)
        {
            if (_units[i].Unit == char.ToLowerInvariant(c))
            {
                return i;
            }
        }

        return -1;
    }
}
