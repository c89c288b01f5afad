using MemoryPack;
using MfsHa.Metadata.Operations;
using MfsHa.Protocol;

namespace MfsHa.Metadata.SystemGroup;

/// <summary>
/// RECONNECT (client-protocol 2.4): a client goes on with its session on any node and a new epoch begins.
/// <see cref="StatusCode.BadSessionId"/> makes it forget the session; <see cref="StatusCode.EPerm"/> makes it register anew with the same session.
/// </summary>
[MemoryPackable]
public sealed partial record ReconnectSession : SystemCommand
{
    // Not a nullable: it would be serialised with what lies between its two fields.
    [MemoryPackInclude]
    private bool hasMetaId;

    [MemoryPackInclude]
    private ulong knownMetaId;

    /// <summary>The session.</summary>
    public required uint Session { get; init; }

    /// <summary>Metadata id that the client remembers; null if it sent none.</summary>
    [MemoryPackIgnore]
    public ulong? MetaId
    {
        get => hasMetaId ? knownMetaId : null;
        init => (hasMetaId, knownMetaId) = (value is not null, value ?? 0);
    }

    /// <summary>The client's IPv4 address.</summary>
    public required uint PeerAddress { get; init; }

    /// <summary>The client's version.</summary>
    public required uint ClientVersion { get; init; }

    /// <summary>Node that it is connected to.</summary>
    public required ushort Node { get; init; }

    /// <summary>Run of that node's process.</summary>
    public required ulong Run { get; init; }

    /// <inheritdoc/>
    public override SystemReply Execute(SystemState state, in OperationContext context)
    {
        if (Node == 0)
        {
            return new SystemStatus(StatusCode.EInval);
        }

        var metaIdDiffers = MetaId is { } metaId && metaId != state.RequireCluster().MetaId;
        if (metaIdDiffers || state.Sessions.Get(Session) is not { Ending: false } session || session.Parameters.PeerAddress == 0)
        {
            return new SystemStatus(StatusCode.BadSessionId);
        }

        var granted = session.Parameters;
        var moved = granted.PeerAddress != PeerAddress;
        if (granted.ExportsChecksum != state.Exports.Checksum || (moved && !granted.Flags.HasFlag(SessionFlags.DynamicIp)))
        {
            return new SystemStatus(StatusCode.EPerm);
        }

        var renewed = (session with { Parameters = granted with { PeerAddress = PeerAddress, ClientVersion = ClientVersion } }).WithConnection(Node, Run);
        state.Sessions.Set(Session, renewed);
        return new SessionReply(renewed);
    }
}
