namespace MfsHa.Demo.Model;

/// <summary>State of a node's process.</summary>
public enum NodeState
{
    /// <summary>Not started yet.</summary>
    Absent,

    /// <summary>Killed by the demo.</summary>
    Killed,

    /// <summary>Started, and not serving yet.</summary>
    Starting,

    /// <summary>It serves, and is level with the others.</summary>
    Ready,

    /// <summary>It serves, and has entries to apply.</summary>
    CatchingUp,
}
