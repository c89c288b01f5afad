using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using MfsHa.Gateway.Clients.Registration;
using MfsHa.Gateway.Clients.Requests;
using MfsHa.Gateway.Connections;
using MfsHa.Metadata.Operations;
using MfsHa.Protocol;
using MfsHa.Protocol.Client;
using MfsHa.Protocol.Framing;
using Microsoft.AspNetCore.Connections;

namespace MfsHa.Gateway.Clients;

/// <summary>
/// A connection to port 9421: a mount's once it is registered, otherwise one of mfscli or the GUI (client-protocol 3.9, 3.10).
/// </summary>
public sealed class ClientConnection : FrameConnection
{
    /// <summary>Longest packet before registration: a register packet with two paths, or a list of 100 inodes.</summary>
    private const int MaxUnregisteredFrame = 16_384;

    /// <summary>
    /// Longest request. Stock masters take 50 MB of everything; beside lists of inodes the longest that a client makes is an ACL with 2 * 65,535 entries.
    /// </summary>
    private const int MaxRequest = 1 << 20;

    private readonly ClientServices services;
    private readonly RegistrationDialogue dialogue;
    private readonly Repetitions repetitions;
    private readonly Action<uint, long> answered;
    private ClientSession? session;
    private volatile bool isStarted;

    internal ClientConnection(ConnectionContext transport, ClientServices services)
        : base(transport, services.Options.ClientLimits, services.Clock)
    {
        this.services = services;
        dialogue = new RegistrationDialogue(this, services);
        Requests = new RequestNumbers();
        repetitions = new Repetitions(this, services);
        answered = repetitions.Answered;
        OneWay = new OneWayPackets(this, services);
        Statistics = new SessionStatistics(services.Clock);
    }

    /// <summary>The session; null before registration.</summary>
    public ClientSession? Session => Volatile.Read(ref session);

    /// <summary>The client's version; 0 before registration.</summary>
    public PeerVersion Version => Session?.Version ?? default;

    /// <summary>The random bytes that a password is to be mixed with; empty if the client asked for none.</summary>
    internal ReadOnlyMemory<byte> Challenge { get; set; }

    internal RequestNumbers Requests { get; }

    internal OneWayPackets OneWay { get; }

    internal LockWaiters Locks { get; } = new();

    /// <summary>What the session has asked for here.</summary>
    internal SessionStatistics Statistics { get; private set; }

    internal ClientServices Services => services;

    /// <summary>True when pushes may be sent: the answer to REGISTER has been written.</summary>
    internal bool TakesPushes => isStarted;

    /// <inheritdoc/>
    protected override int MaxLengthOf(PacketType type) => !isStarted ? MaxUnregisteredFrame
        : type is PacketType.SustainedInodes or PacketType.DeprecatedSustainedInodes or PacketType.AccessModificationTimes ? FrameLimits.FromClient
        : MaxRequest;

    /// <inheritdoc/>
    protected override TimeSpan? SilenceInForce => services.Options.Settings.ClientSilence;

    /// <inheritdoc/>
    protected override bool TakesKeepAlive => isStarted;

    /// <inheritdoc/>
    public override string ToString() => Session is { } known
        ? string.Create(CultureInfo.InvariantCulture, $"{RemoteEndPoint} session {known.Id}.{known.Epoch}")
        : $"{RemoteEndPoint}";

    /// <summary>Makes this the connection of the session; false when it has ended or the session has a newer one. The session is detached at the end.</summary>
    internal bool TryTakeSession(ClientSession taken)
    {
        if (Closing.IsCancellationRequested)
        {
            return false;
        }

        Volatile.Write(ref session, taken);
        if (services.Sessions.TryAttach(this, taken))
        {
            return true;
        }

        Volatile.Write(ref session, null);
        End(new ConnectionEnd(EndKind.Replaced, $"session {taken.Id} has a newer connection"));
        return false;
    }

    /// <summary>The answer to REGISTER is written: from now on requests, pushes and keep-alives go over this connection.</summary>
    /// <param name="started">The session.</param>
    /// <param name="isNew">False when it had a connection before.</param>
    internal void StartSession(ClientSession started, bool isNew)
    {
        if (!isNew)
        {
            repetitions.Resume();
        }

        isStarted = ReferenceEquals(started, Session);
    }

    /// <summary>Identifies a command (<see cref="Repetitions"/>).</summary>
    internal RequestStamp Stamp(ClientSession stamped, uint messageId, ulong digest, bool isFirst) => repetitions.Stamp(stamped, messageId, digest, isFirst, Reads);

    /// <summary>Writes the answer to a request.</summary>
    internal void WriteAnswer<TState>(uint messageId, TState state, PacketWrite<TState> write)
        where TState : allows ref struct => Write(state, write, answered, messageId);

    /// <summary>Ends the connection because a request could not be answered truthfully.</summary>
    [SuppressMessage("Naming", "CA1716", Justification = "Error is what it is.")]
    internal void EndBy(Exception error)
    {
        switch (error)
        {
            case OperationCanceledException when Closing.IsCancellationRequested:
                break;
            case MalformedPacketException:
                End(new ConnectionEnd(EndKind.Malformed, error.Message));
                break;
            case TimeoutException or OperationCanceledException:
                End(new ConnectionEnd(EndKind.Undecided, error.Message));
                break;
            default:
                End(new ConnectionEnd(EndKind.Failed, error.Message, error));
                break;
        }
    }

    /// <inheritdoc/>
    protected override ValueTask OnFrameAsync(PacketType type, ReadOnlyMemory<byte> payload)
    {
        if (type == PacketType.Register)
        {
            var reader = new PacketReader(payload);
            return dialogue.OnRegisterAsync(RegisterRequest.Parse(ref reader));
        }

        if (Session is { } registered && isStarted)
        {
            return OneWay.TryTake(type, payload) ? ValueTask.CompletedTask : services.Requests.Begin(this, registered, type, payload);
        }

        return UnregisteredPackets.Take(this, services, type, payload);
    }

    /// <inheritdoc/>
    protected override void WriteKeepAlive() => Write(0, static (ref writer, _) => GenericPackets.WriteNop(ref writer));

    /// <inheritdoc/>
    protected override void OnTick() => repetitions.TellIfQuiet();

    /// <inheritdoc/>
    protected override void OnEnding(EndKind kind) => repetitions.OnEnding(kind);

    /// <inheritdoc/>
    protected internal override async Task OnEndedAsync()
    {
        if (Session is { } ended)
        {
            services.Sessions.Detach(this, ended);
            await services.Registrar.ReportEndAsync(ended).ConfigureAwait(false);
        }
    }
}
