using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Security.Cryptography;
using MfsHa.Gateway.Connections;
using MfsHa.Metadata.SystemGroup;
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
    private const int RandomSize = 32;

    /// <summary>Nothing that an unknown peer may say is longer.</summary>
    private const int MaxIntroduction = 1024;
    private readonly ChunkServerServices services;
    private readonly ILogger logger;
    private readonly PendingCommands pending = new();
    private byte[]? challenge;
    private State state;
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
        /// <summary>Nothing was said.</summary>
        Connected,

        /// <summary>It has an id and lists its chunks.</summary>
        Listing,

        /// <summary>It has listed all chunks.</summary>
        Registered,
    }

    /// <inheritdoc/>
    protected override int MaxFrameLength => state == State.Connected ? MaxIntroduction : FrameLimits.FromChunkServer;

    /// <inheritdoc/>
    /// <remarks>A 3.0.117 chunkserver takes a NOP before the first acknowledgment for a very old master (chunkserver-protocol 2.4).</remarks>
    protected override bool TakesKeepAlive => state != State.Connected;

    /// <inheritdoc/>
    public override string ToString() => state == State.Connected
        ? RemoteEndPoint?.ToString() ?? "unknown"
        : string.Create(CultureInfo.InvariantCulture, $"{incarnation} ({RemoteEndPoint})");

    /// <inheritdoc/>
    protected override void WriteKeepAlive() => Write(0, static (ref PacketWriter w, int _) => ChunkServerNop.Write(ref w));

    /// <inheritdoc/>
    protected override async ValueTask OnFrameAsync(PacketType type, ReadOnlyMemory<byte> payload)
    {
        if (type == PacketType.ChunkServerRegister)
        {
            await OnRegisterAsync(payload).ConfigureAwait(false);
        }
        else if (type != PacketType.Nop)
        {
            if (state == State.Connected)
            {
                throw new MalformedPacketException($"a chunkserver registers first; found packet {(uint)type}");
            }

            OnReport(type, payload);
        }
    }

    /// <inheritdoc/>
    protected internal override async Task OnEndedAsync()
    {
        pending.Close();
        if (state == State.Connected)
        {
            return;
        }

        services.Table.Remove(incarnation.ChunkServerId, this);
        services.Reporter.Disconnect(incarnation);
        Log.Gone(logger, incarnation, EndReason?.Reason ?? "unknown");
        try
        {
            await services.Cluster.ExecutePersistentlyAsync(new ChunkServerDisconnected(incarnation.ChunkServerId, incarnation.Epoch, saidGoodbye ? services.Options.TemporaryMaintenanceSeconds : 0), CancellationToken.None)
                .WaitAsync(services.Options.ChunkServerLimits.RequestDeadline, Clock).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            // The system group learns it from the next registration.
        }
    }

    private async ValueTask OnRegisterAsync(ReadOnlyMemory<byte> payload)
    {
        switch (Parse(payload))
        {
            case ChunkServerIntroduction introduction when state == State.Connected:
                await IntroduceAsync(introduction).ConfigureAwait(false);
                break;
            case ChunkServerLegacyIntroduction old when state == State.Connected:
                isLegacy = true;
                await IntroduceAsync(new ChunkServerIntroduction(null, old.Version, old.Ip, old.Port, old.TimeoutSeconds, 0, default)).ConfigureAwait(false);
                break;
            case ChunkServerChunks chunks when state == State.Listing:
                OnChunks(chunks.Reports);
                if (!isLegacy)
                {
                    Write(0, static (ref PacketWriter w, int _) => MasterAck.WriteNext(ref w));
                }

                break;
            case ChunkServerEndOfChunks when state == State.Listing:
                state = State.Registered;
                services.Reporter.Complete(incarnation);
                Log.Registered(logger, incarnation, info.Chunks);
                break;
            case ChunkServerGoodbye when state == State.Registered:
                saidGoodbye = true;
                End(new ConnectionEnd(EndKind.Finished, "the chunkserver says goodbye"));
                break;
            case var step:
                throw new MalformedPacketException($"register step {step.Step} does not belong here ({state})");
        }
    }

    private async ValueTask IntroduceAsync(ChunkServerIntroduction introduction)
    {
        if (services.Options.AuthCode is { } secret && !IsAuthentic(introduction, secret.Span))
        {
            if (challenge is null)
            {
                challenge = RandomNumberGenerator.GetBytes(RandomSize);
                Write(challenge, static (ref PacketWriter w, byte[] random) => MasterAck.WriteChallenge(ref w, random));
                return;
            }

            End(new ConnectionEnd(EndKind.Malformed, "the chunkserver does not know AUTH_CODE"));
            return;
        }

        var address = introduction.Ip == 0 ? PeerAddress : introduction.Ip;
        var identity = await services.Identity.GetAsync(Closing).ConfigureAwait(false);
        var register = new RegisterChunkServer(introduction.ChunkServerId, address, introduction.Port, services.Options.Node, services.Options.Run) { Token = ClusterCalls.NewToken() };
        var reply = await services.Cluster.ExecuteAsync(register, Closing).ConfigureAwait(false);
        if (reply is not ChunkServerReply registered)
        {
            // Another connection of it has not been found dead yet: it comes again in a few seconds.
            End(new ConnectionEnd(EndKind.SentAway, $"its registration is refused for now: {reply.Status}"));
            return;
        }

        incarnation = new ChunkServerIncarnation(registered.Server.Id, registered.Server.Epoch);
        var space = introduction.Space;
        info = new ChunkServerInfo
        {
            Ip = address,
            Port = introduction.Port,
            Version = introduction.Version.Wire,
            UsedSpace = space.Used,
            TotalSpace = space.Total,
            Chunks = space.Chunks,
            RemovalUsedSpace = space.RemovalUsed,
            RemovalTotalSpace = space.RemovalTotal,
            RemovalChunks = space.RemovalChunks,
        };
        services.Reporter.Begin(incarnation, info);
        state = State.Listing;
        services.Table.Replace(incarnation.ChunkServerId, this)?.End(new ConnectionEnd(EndKind.Replaced, $"{incarnation} has taken its place"));
        var timeout = (ushort)services.Options.ChunkServerLimits.Silence.TotalSeconds;
        Write(
            (services.Options.ServerVersion, timeout, incarnation.ChunkServerId, identity.MetaId),
            static (ref PacketWriter w, (PeerVersion Version, ushort Timeout, ushort Id, ulong MetaId) a) => MasterAck.WriteAccept(ref w, a.Version, a.Timeout, a.Id, a.MetaId));
    }

    [SuppressMessage("Security", "CA5351", Justification = "MooseFS's protocol prescribes MD5 for this challenge.")]
    private bool IsAuthentic(ChunkServerIntroduction introduction, ReadOnlySpan<byte> secret)
    {
        if (challenge is null || introduction.Digest is not { } digest)
        {
            return false;
        }

        // MD5(rnd[0..15] . AUTH_CODE . rnd[16..31]) (`mfsmaster/matocsserv.c: matocsserv_check_password`).
        const int Half = RandomSize / 2;
        byte[] text = [.. challenge.AsSpan(0, Half), .. secret, .. challenge.AsSpan(Half)];
        return CryptographicOperations.FixedTimeEquals(MD5.HashData(text), digest.Span);
    }

    private static ChunkServerRegister Parse(ReadOnlyMemory<byte> payload)
    {
        var reader = new PacketReader(payload);
        return ChunkServerRegister.Parse(ref reader);
    }

    private static partial class Log
    {
        [LoggerMessage(700, LogLevel.Information, "chunkserver {Server} has registered with {Chunks} chunks")]
        public static partial void Registered(ILogger logger, ChunkServerIncarnation server, uint chunks);

        [LoggerMessage(701, LogLevel.Information, "chunkserver {Server} has gone: {Reason}")]
        public static partial void Gone(ILogger logger, ChunkServerIncarnation server, string reason);

        [LoggerMessage(702, LogLevel.Debug, "chunkserver {Server}: an answer {Type} for chunk {Chunk:X16} that nobody waits for")]
        public static partial void Unexpected(ILogger logger, ChunkServerIncarnation server, PacketType type, ulong chunk);
    }
}
