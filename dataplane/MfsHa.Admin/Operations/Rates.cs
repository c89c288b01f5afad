using MfsHa.Admin.Contract;

namespace MfsHa.Admin.Operations;

/// <summary>Rates of counters that a node has told twice.</summary>
internal static class Rates
{
    /// <summary>Time between two answers of one process, by its own clock; 0 when there are no two, or it was started again meanwhile.</summary>
    public static double Seconds(NodeDetails? before, NodeDetails now) =>
        before is { Online: true } && now.Online && now.UptimeMilliseconds > before.UptimeMilliseconds ? (now.UptimeMilliseconds - before.UptimeMilliseconds) / 1000.0 : 0;

    /// <summary>Null when nothing can be said.</summary>
    public static double? PerSecond(ulong? before, ulong? now, double seconds) => seconds > 0 && before is { } from && now is { } to && to >= from ? (to - from) / seconds : null;
}
