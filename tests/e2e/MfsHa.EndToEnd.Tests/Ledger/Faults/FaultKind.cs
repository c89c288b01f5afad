namespace MfsHa.EndToEnd.Tests.Ledger.Faults;

/// <summary>What can happen to nodes. Every fault heals by itself after some time.</summary>
internal enum FaultKind
{
    /// <summary>SIGKILL, started again some time later.</summary>
    Crash,

    /// <summary>SIGKILL again and again while the node is starting.</summary>
    CrashWhileStarting,

    /// <summary>SIGTERM, started again.</summary>
    Restart,

    /// <summary>SIGSTOP, SIGCONT: a leader that wakes up still thinks that it leads.</summary>
    Suspend,

    /// <summary>Its network cable is pulled.</summary>
    CutOff,

    /// <summary>Two nodes do not reach each other; everybody else reaches both.</summary>
    Split,

    /// <summary>SIGSTOP for the leader, then a fault of the one that leads after it, then SIGCONT.</summary>
    SuspendTwoLeaders,

    /// <summary>SIGKILL for two nodes: no majority for a while.</summary>
    CrashTwo,

    /// <summary>SIGKILL for all.</summary>
    CrashAll,

    /// <summary>A crash so long that the rest has gone far ahead.</summary>
    LongAbsence,
}
