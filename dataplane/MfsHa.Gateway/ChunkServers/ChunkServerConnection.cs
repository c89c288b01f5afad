using System.Globalization;
using System.Net;
using MfsHa.Gateway.Connections;
using MfsHa.Protocol;
using MfsHa.Protocol.ChunkServer;
using MfsHa.Protocol.Framing;
using MfsHa.Replication.Locations;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging;

namespace MfsHa.Gateway.ChunkServers;

/// <summary>One connection of a chunkserver (chunkserver-protocol 2; `mfsmaster/matocsserv.c`).</summary>
public sealed partial class ChunkServerConnection : FrameConnection
{
    /// <summary>Nothing that an unknown peer may say is longer.</summary>
    private const int MaxIntroduction = 1024;

    /// <summary>
    /// Longest packet of a registered chunkserver. Stock masters take 500 MB; the longest that a chunkserver makes is a batch of 100,000 chunks
    /// (CHUNKS_PER_REGISTER_PACKET of 3.x) and the rest of a hash bucket, 12 bytes each.
    /// </summary>
    private const int MaxReport = 16 << 20;

    private readonly ChunkServerServices services;
    private readonly ILogger logger;
    private readonly PendingCommands pending = new();
    private byte[]? challenge;
    private volatile State state;
    private volatile bool isWaiting;
    private ChunkServerIncarnation incarnation;
    private ChunkServerInfo info = new();
    private bool isLegacy;
    private bool saidGoodbye;

    /// <summary>Takes over a connection.</summary>
    public ChunkServerConnection(ConnectionContext transport, ChunkServerServices services, ILogger logger)
        : base(transport, services.Options.ChunkServerLimits, services.Clock)
    {
        this.services = services;
        this.logger = logger;
    }

    private enum State
    {
        /// <summary>It has no id yet.</summary>
        Connected,

        /// <summary>It has an id and lists its chunks.</summary>
        Listing,

        /// <summary>It has listed all chunks.</summary>
        Registered,
    }

    /// <summary>Number of this connection among all of chunkservers; 0 before registration.</summary>
    internal ulong Epoch => incarnation.Epoch;

    /// <inheritdoc/>
    protected override int MaxLengthOf(PacketType type) => state == State.Connected ? MaxIntroduction : MaxReport;

    /// <inheritdoc/>
    protected override TimeSpan? SilenceInForce => services.Options.Settings.ChunkServerSilence;

    /// <inheritdoc/>
    /// <remarks>A 3.0.117 chunkserver takes a NOP before the first acknowledgment for a very old master (chunkserver-protocol 2.4).</remarks>
    protected override bool TakesKeepAlive => isWaiting || state != State.Connected;

    /// <inheritdoc/>
    public override string ToString() => state == State.Connected
        ? RemoteEndPoint?.ToString() ?? "unknown"
        : string.Create(CultureInfo.InvariantCulture, $"{incarnation} ({RemoteEndPoint})");

    /// <inheritdoc/>
    protected override void WriteKeepAlive() => Write(0, static (ref writer, _) => ChunkServerNop.Write(ref writer));

    /// <inheritdoc/>
    protected override ValueTask OnFrameAsync(PacketType type, ReadOnlyMemory<byte> payload)
    {
        if (type == PacketType.ChunkServerRegister)
        {
            return OnRegisterAsync(payload);
        }

        if (type != PacketType.Nop)
        {
            if (state == State.Connected)
            {
                throw new MalformedPacketException($"a chunkserver registers first; found packet {(uint)type}");
            }

            OnReport(type, payload);
        }

        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    protected override void OnEnding(EndKind kind)
    {
        // Whoever waits for an answer must not wait until this side has cleaned up.
        pending.Close();
        if (state != State.Connected)
        {
            services.Table.Remove(incarnation.ChunkServerId, this);
        }
    }

    /// <inheritdoc/>
    protected internal override async Task OnEndedAsync()
    {
        if (state == State.Connected)
        {
            return;
        }

        services.Table.Remove(incarnation.ChunkServerId, this);
        services.Reporter.Disconnect(incarnation);
        Log.Gone(logger, incarnation, EndReason?.Reason ?? "unknown");
        await ReportEndAsync(incarnation, saidGoodbye ? services.Options.Maintenance.TemporarySeconds : 0).ConfigureAwait(false);
    }

    private static partial class Log
    {
        [LoggerMessage(700, LogLevel.Information, "chunkserver {Server} has registered with {Chunks} chunks")]
        public static partial void Registered(ILogger logger, ChunkServerIncarnation server, uint chunks);

        [LoggerMessage(701, LogLevel.Information, "chunkserver {Server} has gone: {Reason}")]
        public static partial void Gone(ILogger logger, ChunkServerIncarnation server, string reason);

        [LoggerMessage(702, LogLevel.Debug, "chunkserver {Server}: an answer {Type} for chunk {Chunk:X16} that nobody waits for")]
        public static partial void Unexpected(ILogger logger, ChunkServerIncarnation server, PacketType type, ulong chunk);

        [LoggerMessage(703, LogLevel.Information, "chunkserver at {Remote} (id {Server}) must wait: {Status}")]
        public static partial void Refused(ILogger logger, EndPoint? remote, ushort server, StatusCode status);
    }
}
