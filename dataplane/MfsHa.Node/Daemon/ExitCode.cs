namespace MfsHa.Node.Daemon;

/// <summary>Exit codes of <c>mfsha</c>, those of mfsmaster.</summary>
internal static class ExitCode
{
    /// <summary>Done. For <c>stop</c> also when nothing was running.</summary>
    public const int Done = 0;

    /// <summary>Refused or failed; <c>test</c>, <c>reload</c>, <c>info</c>: nothing is running.</summary>
    public const int Failed = 1;
}
