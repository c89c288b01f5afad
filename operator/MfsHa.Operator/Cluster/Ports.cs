namespace MfsHa.Operator.Cluster;

/// <summary>Ports of a node (docs/configuration.md).</summary>
public static class Ports
{
    /// <summary>Metaloggers.</summary>
    public const int MetaLoggers = 9419;

    /// <summary>Chunkservers.</summary>
    public const int ChunkServers = 9420;

    /// <summary>Clients.</summary>
    public const int Clients = 9421;

    /// <summary>Other nodes.</summary>
    public const int Nodes = 9430;

    /// <summary>Admin service and probes.</summary>
    public const int Admin = 9431;
}
