namespace MfsHa.Node.Commands;

/// <summary>Actions of the command line.</summary>
public enum NodeAction
{
    /// <summary>Start a node; fails when one is running.</summary>
    Start,

    /// <summary>Stop the running node and wait for its end.</summary>
    Stop,

    /// <summary>Stop, if one is running, and start.</summary>
    Restart,

    /// <summary>Have the running node read its configuration and exports again.</summary>
    Reload,

    /// <summary>Print the running node's state.</summary>
    Info,

    /// <summary>Say whether a node is running.</summary>
    Test,
}
