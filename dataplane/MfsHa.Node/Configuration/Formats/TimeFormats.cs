using System.Globalization;

namespace MfsHa.Node.Configuration.Formats;

/// <summary>Formats of values that are lengths of time.</summary>
public static class TimeFormats
{
    /// <summary>mfsha's own times: a bare number is milliseconds; ms, s and m may follow.</summary>
    public static ValueFormat<TimeSpan> Milliseconds(TimeSpan min, TimeSpan max) =>
        new(
            $"time {Show(min)}..{Show(max)} (a number is ms; units ms, s, m)",
            (string text, out TimeSpan value) => TryMilliseconds(text, out value) && value >= min && value <= max);

    /// <summary>mfsmaster's periods: a bare number is seconds; see <see cref="Period"/>.</summary>
    public static ValueFormat<TimeSpan> Seconds(TimeSpan min, TimeSpan max) =>
        new(
            $"period {Show(min)}..{Show(max)} (a number is seconds; units s, m, h, d, w)",
            (string text, out TimeSpan value) =>
            {
                value = default;
                if (!Period.TryParseSeconds(text, out uint seconds))
                {
                    return false;
                }

                value = TimeSpan.FromSeconds(seconds);
                return value >= min && value <= max;
            });

    /// <summary>Writes a time with the largest unit that leaves no fraction.</summary>
    public static string Show(TimeSpan time)
    {
        (long ticks, string unit)[] units =
        [
            (TimeSpan.TicksPerDay * 7, "w"), (TimeSpan.TicksPerDay, "d"), (TimeSpan.TicksPerHour, "h"),
            (TimeSpan.TicksPerMinute, "m"), (TimeSpan.TicksPerSecond, "s"),
        ];
        foreach ((long ticks, string unit) in units)
        {
            if (time.Ticks >= ticks && time.Ticks % ticks == 0)
            {
                return string.Create(CultureInfo.InvariantCulture, $"{time.Ticks / ticks}{unit}");
            }
        }

        return string.Create(CultureInfo.InvariantCulture, $"{time.TotalMilliseconds:0}ms");
    }

    private static bool TryMilliseconds(string text, out TimeSpan value)
    {
        value = default;
        int digits = 0;
        while (digits < text.Length && (char.IsAsciiDigit(text[digits]) || text[digits] == '.'))
        {
            digits++;
        }

        double? unit = text[digits..].Trim() switch
        {
            "" or "ms" => 1,
            "s" => 1000,
            "m" => 60_000,
            _ => null,
        };
        if (unit is null || !double.TryParse(text.AsSpan(0, digits), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double number))
        {
            return false;
        }

        double milliseconds = number * unit.Value;
        if (milliseconds > TimeSpan.FromDays(365).TotalMilliseconds)
        {
            return false;
        }

        value = TimeSpan.FromMilliseconds(milliseconds);
        return true;
    }
}
