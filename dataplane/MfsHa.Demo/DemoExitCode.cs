namespace MfsHa.Demo;

/// <summary>Exit codes of <c>mfsha demo</c>. A signal that ends it early makes it 128 + the number of the signal, as in a shell.</summary>
public static class DemoExitCode
{
    /// <summary>Everything acknowledged is there, and all replicas agree.</summary>
    public const int Ok = 0;

    /// <summary>Something acknowledged is lost, replicas differ, an operation failed, or a program did not do its part.</summary>
    public const int Failed = 1;

    /// <summary>It cannot run on this machine; what is missing was said.</summary>
    public const int CannotRun = 2;

    /// <summary>Ended by a signal of this number.</summary>
    public static int EndedBy(int signal) => 128 + signal;
}
