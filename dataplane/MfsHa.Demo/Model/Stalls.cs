namespace MfsHa.Demo.Model;

/// <summary>Figures of several rounds.</summary>
public static class Stalls
{
    /// <summary>The middle one; of an even number the mean of the two in the middle.</summary>
    public static TimeSpan Median(IEnumerable<TimeSpan> times)
    {
        TimeSpan[] sorted = [.. times.Order()];
        ArgumentOutOfRangeException.ThrowIfZero(sorted.Length, nameof(times));
        return (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }

    /// <summary>"412 ms", or "median 400 ms, longest 612 ms" of several.</summary>
    public static string Describe(IReadOnlyCollection<TimeSpan> times) => times.Count == 1
        ? $"{Milliseconds(times.Single())}"
        : $"median {Milliseconds(Median(times))}, longest {Milliseconds(times.Max())}";

    public static string Milliseconds(TimeSpan time) => FormattableString.Invariant($"{time.TotalMilliseconds:0} ms");
}
