namespace MfsHa.Node.Daemon;

/// <summary>What a running node is asked for by signals.</summary>
internal enum NodeRequest
{
    /// <summary>SIGTERM.</summary>
    Stop,

    /// <summary>SIGHUP.</summary>
    Reload,

    /// <summary>SIGUSR1.</summary>
    Describe,
}
