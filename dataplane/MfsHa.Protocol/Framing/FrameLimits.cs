namespace MfsHa.Protocol.Framing;

/// <summary>Largest payload lengths in bytes that a peer may send (`mfscommon/MFSCommunication.h: *_MAXPACKETSIZE`).</summary>
public static class FrameLimits
{
    /// <summary>Clients and tools to master.</summary>
    public const int FromClient = 50_000_000;

    /// <summary>Chunkserver to master.</summary>
    public const int FromChunkServer = 500_000_000;

    /// <summary>Master to chunkserver: a longer packet makes the chunkserver drop the link.</summary>
    public const int ToChunkServer = 10_000;

    /// <summary>Metalogger or supervisor to master, and back.</summary>
    public const int MetaLogger = 1_500_000;
}
