namespace MfsHa.Bench.Reporting;

/// <summary>What a number means, and whether more of it is better.</summary>
internal sealed record Unit(string Name, bool MoreIsBetter)
{
    public static Unit OperationsPerSecond { get; } = new("op/s", MoreIsBetter: true);

    public static Unit Milliseconds { get; } = new("ms", MoreIsBetter: false);

    public static Unit Seconds { get; } = new("s", MoreIsBetter: false);

    public static Unit Mebibytes { get; } = new("MiB", MoreIsBetter: false);

    /// <summary>Of one processor.</summary>
    public static Unit PercentOfProcessor { get; } = new("% CPU", MoreIsBetter: false);
}
