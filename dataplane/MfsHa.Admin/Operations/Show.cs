using System.Globalization;

namespace MfsHa.Admin.Operations;

/// <summary>Numbers as people read them: decimal units, one digit behind the point.</summary>
internal static class Show
{
    private const double Thousand = 1000;
    private static readonly string[] _units = ["B", "KB", "MB", "GB", "TB", "PB", "EB"];

    /// <summary>"12.5GB"; 1 GB is 10^9 bytes.</summary>
    public static string Bytes(double bytes)
    {
        int unit = 0;
        while (bytes >= Thousand && unit < _units.Length - 1)
        {
            bytes /= Thousand;
            unit++;
        }

        return Text($"{bytes:0.#}{_units[unit]}");
    }

    /// <summary>"2.3ms".</summary>
    public static string Milliseconds(double microseconds) => Text($"{microseconds / Thousand:0.0}ms");

    /// <summary>"39%", rounded; of nothing it is 0%.</summary>
    public static string Percent(double part, double whole) => Text($"{(whole > 0 ? 100 * part / whole : 0):0}%");

    /// <summary>"97.3".</summary>
    public static string Number(double number) => Text($"{number:0.0}");

    /// <summary>"1.02:03:04".</summary>
    public static string Duration(ulong milliseconds) => TimeSpan.FromSeconds(Math.Min(milliseconds / 1000, int.MaxValue)).ToString("c", CultureInfo.InvariantCulture);

    /// <summary>"12-15, 24-27"; "none" for no number.</summary>
    public static string Ranges(IEnumerable<uint> numbers)
    {
        var ranges = new List<(uint First, uint Last)>();
        foreach (uint number in numbers.Distinct().Order())
        {
            if (ranges.Count > 0 && ranges[^1].Last + 1 == number)
            {
                ranges[^1] = (ranges[^1].First, number);
            }
            else
            {
                ranges.Add((number, number));
            }
        }

        return ranges.Count == 0 ? "none" : string.Join(", ", ranges.Select(static r => r.First == r.Last ? Text($"{r.First}") : Text($"{r.First}-{r.Last}")));
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
