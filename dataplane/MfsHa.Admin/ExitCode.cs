namespace MfsHa.Admin;

/// <summary>Exit codes of <c>mfsha-admin</c>.</summary>
public static class ExitCode
{
    /// <summary>Done; status: healthy; consistency-check: all replicas agree.</summary>
    public const int Done = 0;

    /// <summary>status: degraded; consistency-check: replicas differ; others: refused.</summary>
    public const int Trouble = 1;

    /// <summary>status: no quorum; consistency-check: not every replica could be asked; others: impossible now, try again.</summary>
    public const int Unavailable = 2;

    /// <summary>No node answered.</summary>
    public const int Unreachable = 3;

    /// <summary>A node answered, and does not let the caller in: no certificate, no token, or wrong ones.</summary>
    public const int NotAllowed = 4;

    /// <summary>The command line is wrong (EX_USAGE).</summary>
    public const int Usage = 64;
}
