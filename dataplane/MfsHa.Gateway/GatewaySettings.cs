namespace MfsHa.Gateway;

/// <summary>What of a gateway's options may change while the node runs.</summary>
public sealed record GatewaySettings
{
    /// <summary>A client's connection without a received byte for so long is closed (MATOCL_TIMEOUT); null = as the limits say.</summary>
    public TimeSpan? ClientSilence { get; init; }

    /// <summary>The same of chunkservers (MATOCS_TIMEOUT).</summary>
    public TimeSpan? ChunkServerSilence { get; init; }

    /// <summary>The same of metaloggers (MATOML_TIMEOUT).</summary>
    public TimeSpan? MetaLoggerSilence { get; init; }

    /// <summary>Secret that chunkservers must know (AUTH_CODE); empty = none. Connections that exist stay.</summary>
    public ReadOnlyMemory<byte> AuthCode { get; init; }

    /// <summary>How long a disconnected session is kept (SESSION_SUSTAIN_TIME); shown to tools.</summary>
    public TimeSpan SessionSustain { get; init; } = TimeSpan.FromDays(1);

    /// <summary>Name of the file system (INSTANCE_NAME), at most 255 bytes.</summary>
    public ReadOnlyMemory<byte> InstanceName { get; init; }
}
