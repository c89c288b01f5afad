namespace MfsHa.Gateway.Connections;

/// <summary>Bounds of one connection's memory and work.</summary>
public sealed record ConnectionLimits
{
    /// <summary>Requests of one connection that may be in work; more are not read from it until one is answered. Default 1024.</summary>
    public int RequestsInWork { get; init; } = 1024;

    /// <summary>Unsent bytes of answers above which no more requests are read. Default 4 MiB.</summary>
    public int UnsentHighWater { get; init; } = 4 << 20;

    /// <summary>Unsent bytes above which another packet means that the peer has stopped reading: the connection is closed. Default 256 MiB.</summary>
    public int UnsentLimit { get; init; } = 256 << 20;

    /// <summary>Longest time that a request may be in work; then its connection is closed, since its outcome is unknown. 1..60 s, default 40 s.</summary>
    public TimeSpan RequestDeadline { get; init; } = TimeSpan.FromSeconds(40);

    /// <summary>A connection without a received byte for so long is closed (MATOCL_TIMEOUT, MATOCS_TIMEOUT). At least 10 s, the default.</summary>
    public TimeSpan Silence { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>A keep-alive goes out when nothing was written for so long. Default 1 s (`mfsmaster/matoclserv.c: matoclserv_serve`).</summary>
    public TimeSpan KeepAlive { get; init; } = TimeSpan.FromSeconds(1);
}
