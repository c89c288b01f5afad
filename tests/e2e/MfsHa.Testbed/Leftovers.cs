namespace MfsHa.Testbed;

/// <summary>Finds and removes what test runs left that ended without cleaning up: processes, mounts, namespaces, folders.</summary>
public static class Leftovers
{
    /// <summary>All names that the testbed gives to things of the machine start so; then follow <c>-owner-number</c>.</summary>
    public const string Prefix = "mfshatb";

    /// <summary>Where the environments' folders are.</summary>
    public static string BaseFolder { get; } = Environment.GetEnvironmentVariable("MFSHA_TESTBED_FOLDER") ?? Path.GetTempPath();

    /// <summary>Removes the leftovers of processes that are not alive any more.</summary>
    public static Task SweepAsync(CancellationToken cancellation = default) => SandboxSweep.SweepAsync(Prefix, BaseFolder, cancellation);
}
