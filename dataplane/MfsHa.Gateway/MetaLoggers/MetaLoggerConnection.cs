using System.Globalization;
using MfsHa.Gateway.Connections;
using MfsHa.Protocol;
using MfsHa.Protocol.Framing;
using MfsHa.Protocol.MetaLogger;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging;

namespace MfsHa.Gateway.MetaLoggers;

/// <summary>
/// A connection to port 9419: mfsmetalogger or mfssupervisor (chunkserver-protocol 8; `mfsmaster/matomlserv.c`). It is registered and kept alive. mfsha keeps
/// its metadata on all its nodes and has no changelog to stream yet: a download is answered by "no such file", which metaloggers take and try again later.
/// </summary>
internal sealed partial class MetaLoggerConnection : FrameConnection
{
    /// <summary>Nothing that a metalogger sends is longer than its registration.</summary>
    private const int MaxRequest = 1024;

    private readonly GatewayOptions options;
    private readonly ClusterIdentity identity;
    private readonly ILogger logger;
    private MetaLoggerRegister? registered;

    public MetaLoggerConnection(ConnectionContext transport, GatewayOptions options, ClusterIdentity identity, TimeProvider clock, ILogger logger)
        : base(transport, options.MetaLoggerLimits, clock)
    {
        this.options = options;
        this.identity = identity;
        this.logger = logger;
    }

    /// <summary>The metalogger's version; null before registration and for supervisors.</summary>
    public PeerVersion? MetaLoggerVersion => registered is { Kind: not MetaLoggerRegisterKind.Supervisor } known ? known.Version : null;

    /// <inheritdoc/>
    protected override int MaxLengthOf(PacketType type) => MaxRequest;

    /// <inheritdoc/>
    protected override TimeSpan? SilenceInForce => options.Settings.MetaLoggerSilence;

    /// <inheritdoc/>
    protected override bool TakesKeepAlive => registered is not null;

    /// <inheritdoc/>
    public override string ToString() =>
        registered is { } known ? string.Create(CultureInfo.InvariantCulture, $"{RemoteEndPoint} version {known.Version}") : $"{RemoteEndPoint}";

    /// <inheritdoc/>
    protected override ValueTask OnFrameAsync(PacketType type, ReadOnlyMemory<byte> payload)
    {
        var reader = new PacketReader(payload);
        switch (type)
        {
            case PacketType.Nop:
                return ValueTask.CompletedTask;
            case PacketType.MetaLoggerRegister when registered is null:
                return RegisterAsync(MetaLoggerRegister.Parse(ref reader));
            case PacketType.MetaLoggerDownloadStart when registered is not null:
                DownloadStartRequest.Parse(ref reader);
                Write(0, static (ref writer, _) => new DownloadInfoReply(null).Write(ref writer));
                return ValueTask.CompletedTask;
            case PacketType.MetaLoggerDownloadEnd when registered is not null:
                DownloadEndRequest.Parse(ref reader);
                return ValueTask.CompletedTask;
            case PacketType.MetaLoggerStoreMetadata when registered is { Kind: MetaLoggerRegisterKind.Supervisor }:
                // Every change is stored on a majority of nodes before it is answered.
                StoreMetadataRequest.Parse(ref reader);
                return ValueTask.CompletedTask;
            default:
                throw new MalformedPacketException($"packet type {(uint)type} of {payload.Length} bytes does not belong here");
        }
    }

    /// <inheritdoc/>
    protected override void WriteKeepAlive() => Write(0, static (ref writer, _) =>
    {
        writer.Begin(PacketType.Nop);
        writer.End();
    });

    /// <inheritdoc/>
    protected internal override Task OnEndedAsync() => Task.CompletedTask;

    /// <summary>Registrations are not acknowledged: 3.x metaloggers drop the link on that, and 4.x ones need no acknowledgment.</summary>
    private async ValueTask RegisterAsync(MetaLoggerRegister request)
    {
        if (request.Kind == MetaLoggerRegisterKind.Supervisor)
        {
            var cluster = await identity.GetAsync(Closing).ConfigureAwait(false);
            var now = (ulong)((Clock.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond);
            Write((cluster.MetaId, now), static (ref writer, a) => new MasterStatePacket(0, a.MetaId, a.now).Write(ref writer));
        }
        else
        {
            Log.Registered(logger, this, options.ServerVersionText);
        }

        registered = request;
    }

    private static partial class Log
    {
        [LoggerMessage(650, LogLevel.Warning, "metalogger {Connection} is connected, but mfsha (as {Version}) streams no changelog: its copy of the metadata does not grow")]
        public static partial void Registered(ILogger logger, MetaLoggerConnection connection, string version);
    }
}
