using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using MfsHa.Gateway.Connections;
using MfsHa.Metadata.SystemGroup;
using MfsHa.Protocol;
using MfsHa.Protocol.ChunkServer;
using MfsHa.Protocol.Framing;
using MfsHa.Replication.Locations;

namespace MfsHa.Gateway.ChunkServers;

public sealed partial class ChunkServerConnection
{
    /// <summary>A chunkserver gives up a link on which nothing was read for 10 s: long before, it is told to wait, and from then on kept alive.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    /// <summary>Pause before a registration that is refused for now is tried again.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private const uint LoopbackNetwork = 127;

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
                    Write(0, static (ref writer, _) => MasterAck.WriteNext(ref writer));
                }

                break;
            case ChunkServerEndOfChunks when state == State.Listing:
                state = State.Registered;
                EndIfSuperseded(services.Reporter.Complete(incarnation));
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
        if (services.Options.Settings.AuthCode is { IsEmpty: false } secret && !IsAuthentic(introduction, secret.Span))
        {
            if (challenge is not null)
            {
                throw new MalformedPacketException("the chunkserver does not know AUTH_CODE");
            }

            challenge = RandomNumberGenerator.GetBytes(MasterAck.RandomSize);
            Write(challenge, static (ref writer, random) => MasterAck.WriteChallenge(ref writer, random));
            return;
        }

        var address = introduction.Ip == 0 ? PeerAddress : introduction.Ip;
        if (address >> 24 == LoopbackNetwork)
        {
            throw new MalformedPacketException("a chunkserver at a loopback address cannot be reached by clients");
        }

        var registration = RegisterAsync(introduction, address);
        var registered = await WaitAsync(registration).ConfigureAwait(false);
        Begin(registered.Server, introduction, address);
        Write(
            (services.Options.ServerVersion, Timeout, incarnation.ChunkServerId, registered.Cluster.MetaId),
            static (ref writer, a) => MasterAck.WriteAccept(ref writer, a.ServerVersion, a.Timeout, a.ChunkServerId, a.MetaId));
    }

    private ushort Timeout => (ushort)Math.Min(ushort.MaxValue, services.Options.ChunkServerLimits.Silence.TotalSeconds);

    /// <summary>
    /// Waits for the registration as long as the link lasts. A 3.0.117 chunkserver must not be refused by closing: after three times it falls back to a
    /// registration without id (chunkserver-protocol 2.4).
    /// </summary>
    private async Task<(ChunkServerRecord Server, ClusterRecord Cluster)> WaitAsync(Task<(ChunkServerRecord, ClusterRecord)> registration)
    {
        try
        {
            if (await Task.WhenAny(registration, Task.Delay(Patience, Clock, Closing)).ConfigureAwait(false) != registration)
            {
                Closing.ThrowIfCancellationRequested();
                var metaId = services.Identity.Known?.MetaId;
                Write(
                    (services.Options.ServerVersion, Timeout, metaId),
                    static (ref writer, a) => MasterAck.WriteWait(ref writer, a.ServerVersion, a.Timeout, a.metaId));
                isWaiting = true;
            }

            return await registration.WaitAsync(Closing).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            _ = ForgetAsync(registration);
            throw;
        }
    }

    /// <summary>What is registered for a link that is gone meanwhile is taken back.</summary>
    private async Task ForgetAsync(Task<(ChunkServerRecord Server, ClusterRecord)> registration)
    {
        await ((Task)registration).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (registration.IsCompletedSuccessfully)
        {
            var (server, _) = registration.Result;
            await ReportEndAsync(new ChunkServerIncarnation(server.Id, server.Epoch), temporarySeconds: 0).ConfigureAwait(false);
        }
    }

    /// <summary>Registers with the system group, however long that takes.</summary>
    private async Task<(ChunkServerRecord Server, ClusterRecord Cluster)> RegisterAsync(ChunkServerIntroduction introduction, uint address)
    {
        var (id, port) = (introduction.ChunkServerId, introduction.Port);
        var cluster = await services.Identity.GetAsync(Closing).ConfigureAwait(false);
        while (true)
        {
            var register = new RegisterChunkServer(id, address, port, services.Options.Node, services.Options.Run) { Token = ClusterCalls.NewToken() };
            var reply = await services.Cluster.ExecutePersistentlyAsync(register, services.Stopping).ConfigureAwait(false);
            if (reply is ChunkServerReply { Server: var server })
            {
                return (server, cluster);
            }

            // Another link of it has not been found dead yet, or another chunkserver has its id or address.
            Log.Refused(logger, RemoteEndPoint, id, reply.Status);
            await Task.Delay(Pause, Clock, Closing).ConfigureAwait(false);
        }
    }

    private void Begin(ChunkServerRecord server, ChunkServerIntroduction introduction, uint address)
    {
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
        incarnation = new ChunkServerIncarnation(server.Id, server.Epoch);
        services.Reporter.Begin(incarnation, info);
        state = State.Listing;
        services.Table.Replace(incarnation.ChunkServerId, this)?.End(new ConnectionEnd(EndKind.Replaced, $"{incarnation} has taken its place"));
    }

    /// <summary>Tells the system group that a connection has ended; tries until it knows, or this node stops.</summary>
    private async Task ReportEndAsync(ChunkServerIncarnation ended, uint temporarySeconds)
    {
        try
        {
            await services.Cluster.ExecutePersistentlyAsync(new ChunkServerDisconnected(ended.ChunkServerId, ended.Epoch, temporarySeconds), services.Stopping).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // With this run of the process all its connections end (DropConnections).
        }
    }

    [SuppressMessage("Security", "CA5351", Justification = "MooseFS's protocol prescribes MD5 for this challenge.")]
    private bool IsAuthentic(ChunkServerIntroduction introduction, ReadOnlySpan<byte> secret)
    {
        if (challenge is null || introduction.Digest is not { } digest)
        {
            return false;
        }

        // MD5(rnd[0..15] . AUTH_CODE . rnd[16..31]) (`mfsmaster/matocsserv.c: matocsserv_check_password`).
        const int Half = MasterAck.RandomSize / 2;
        byte[] text = [.. challenge.AsSpan(0, Half), .. secret, .. challenge.AsSpan(Half)];
        return CryptographicOperations.FixedTimeEquals(MD5.HashData(text), digest.Span);
    }

    private static ChunkServerRegister Parse(ReadOnlyMemory<byte> payload)
    {
        var reader = new PacketReader(payload);
        return ChunkServerRegister.Parse(ref reader);
    }
}
