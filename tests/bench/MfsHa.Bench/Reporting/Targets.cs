namespace MfsHa.Bench.Reporting;

/// <summary>What mfsha wants to reach, and whether it did.</summary>
internal static class Targets
{
    private static readonly Target[] All =
    [
        new("mfsmount: create, 16 processes", 0.5, IsRatio: true),
        new("mfsmount: rename, 16 processes", 0.5, IsRatio: true),
        new("mfsmount: stat, 16 processes", 0.9, IsRatio: true),
        new("packets: create, 256 in flight", 15_000, IsRatio: false),
        new("longest stall of a writer after kill -9 of the leader, median", 600, IsRatio: false),
        new("longest stall of a reader after kill -9 of the leader, median", 600, IsRatio: false),
        new("longest stall of a writer after kill -9 of the leader, maximum", 1000, IsRatio: false),
        new("longest stall of a reader after kill -9 of the leader, maximum", 1000, IsRatio: false),
        new("processor of a node at rest", 3, IsRatio: false),
        new("memory of a node with 1,000,000 files", 400, IsRatio: false),
        new("memory of a node after the start with 1,000,000 files", 400, IsRatio: false),
        new("restart of a node with 1,000,000 files, until it serves clients", 3, IsRatio: false),
    ];

    /// <summary>The target of a measurement in words, with a verdict; empty where there is none.</summary>
    public static string Judge(Measurement measurement, double? ratio)
    {
        if (Array.Find(All, target => target.Name == measurement.Name) is not { } target)
        {
            return "";
        }
        var reached = target.IsRatio ? ratio : measurement.Value;
        var bound = $"{(measurement.Unit.MoreIsBetter ? ">=" : "<=")} {Measurement.Format(target.Bound)}{(target.IsRatio ? " x" : "")}";
        return reached is not { } value ? bound
            : value >= target.Bound == measurement.Unit.MoreIsBetter || value == target.Bound ? $"{bound} yes" : $"{bound} NO";
    }

    private sealed record Target(string Name, double Bound, bool IsRatio);
}
