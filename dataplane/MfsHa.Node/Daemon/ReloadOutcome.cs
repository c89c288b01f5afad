namespace MfsHa.Node.Daemon;

/// <summary>What came of reading the configuration again.</summary>
/// <param name="Changed">Keys that have new values now.</param>
/// <param name="Waiting">Keys that have new values in the file, which count after a restart, or never for this cluster.</param>
/// <param name="Refusal">Why nothing was taken over; null when it was.</param>
public sealed record ReloadOutcome(IReadOnlyList<string> Changed, IReadOnlyList<string> Waiting, string? Refusal)
{
    /// <summary>Nothing was taken over.</summary>
    public static ReloadOutcome Refused(string reason) => new([], [], reason);
}
