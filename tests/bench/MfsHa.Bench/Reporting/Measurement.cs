using System.Globalization;

namespace MfsHa.Bench.Reporting;

/// <summary>One number.</summary>
/// <param name="Name">What was measured; the same for every subject.</param>
/// <param name="Unit">What the number means.</param>
/// <param name="Value">The number.</param>
/// <param name="ProcessorTime">What one operation took of all processes of the service together; null where there are no operations.</param>
internal sealed record Measurement(string Name, Unit Unit, double Value, TimeSpan? ProcessorTime = null)
{
    /// <summary>Three significant digits for small numbers, whole ones for big.</summary>
    public static string Format(double? value) => value switch
    {
        null => "-",
        >= 100 => value.Value.ToString("N0", CultureInfo.InvariantCulture),
        >= 10 => value.Value.ToString("F1", CultureInfo.InvariantCulture),
        _ => value.Value.ToString("F2", CultureInfo.InvariantCulture),
    };

    /// <summary>A rate, with what an operation cost.</summary>
    public static Measurement Rate(string name, long operations, TimeSpan elapsed, TimeSpan processorTime)
        => new(name, Unit.OperationsPerSecond, operations / elapsed.TotalSeconds, operations > 0 ? processorTime / operations : null);

    public override string ToString()
        => $"{Name}: {Format(Value)} {Unit.Name}{(ProcessorTime is { } time ? $", {Format(time.TotalMicroseconds)} us CPU each" : "")}";
}
