using System.Globalization;

namespace MfsHa.Bench.Reporting;

/// <summary>One number.</summary>
internal sealed record Measurement(string Name, Unit Unit, double Value)
{
    /// <summary>Three significant digits for small numbers, whole ones for big.</summary>
    public static string Format(double? value) => value switch
    {
        null => "-",
        >= 100 => value.Value.ToString("N0", CultureInfo.InvariantCulture),
        >= 10 => value.Value.ToString("F1", CultureInfo.InvariantCulture),
        _ => value.Value.ToString("F2", CultureInfo.InvariantCulture),
    };

    public override string ToString() => $"{Name}: {Format(Value)} {Unit.Name}";
}
