using MfsHa.Consensus;
using MfsHa.Gateway.Connections;
using MfsHa.Gateway.Exports;
using MfsHa.Metadata.Namespace;
using MfsHa.Metadata.Operations;
using MfsHa.Metadata.SystemGroup;
using MfsHa.Protocol;
using MfsHa.Protocol.Client;
using SessionParameters = MfsHa.Metadata.SystemGroup.SessionParameters;

namespace MfsHa.Gateway.Clients.Registration;

/// <summary>
/// Decides REGISTER packets (client-protocol 2; `mfsmaster/matoclserv.c: matoclserv_fuse_register`). A client waits one second for an answer; what cannot
/// be decided in time is never refused, since a refusal costs the client its locks and open files (design.md 13.4).
/// </summary>
internal sealed class SessionRegistrar(
    GatewayOptions options, ClusterCalls cluster, ClusterIdentity identity, IExports exports, TimeProvider clock, CancellationToken stopping)
{
    /// <summary>Time for a decision; clients read for 1 s. An election takes half of it; what is left is for timers and packets of busy machines.</summary>
    private static readonly TimeSpan DecisionTime = TimeSpan.FromMilliseconds(700);

    /// <summary>A new session, or one that goes on under the exports of today.</summary>
    public Task<Registration> OpenAsync(ClientConnection connection, PeerVersion version, ReadOnlyMemory<byte> info, ReadOnlyMemory<byte>? path, SessionClaim? claim, ReadOnlyMemory<byte>? passcode)
    {
        var query = new ExportQuery(
            connection.PeerAddress, version, path is null, path?.ToArray() ?? default, connection.Challenge, passcode?.ToArray() ?? default);
        var match = exports.Match(query);
        return match.Grant is { } grant
            ? DecideAsync(OpenAsync(connection, version, info.ToArray(), path?.ToArray(), claim, grant, match.Checksum), claim?.SessionId ?? 0)
            : Task.FromResult(Registration.Refused(match.Status));
    }

    /// <summary>A session goes on over a new connection.</summary>
    public Task<Registration> ReconnectAsync(ClientConnection connection, ReconnectRegister request) => DecideAsync(ReconnectAsync(request, connection.PeerAddress), request.SessionId);

    /// <summary>Tells the system group that a connection of a session has ended; tries until it knows, or this node stops.</summary>
    public async Task ReportEndAsync(ClientSession session)
    {
        try
        {
            await cluster.ExecutePersistentlyAsync(new SessionDisconnected(session.Id, session.Epoch), stopping).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // With this run of the process all its connections end (DropConnections).
        }
    }

    /// <summary>The client is done with its session.</summary>
    public async Task<StatusCode> CloseAsync(ClientSession session)
    {
        var closed = await cluster.ExecutePersistentlyAsync(new CloseSession(session.Id, session.Epoch), stopping).ConfigureAwait(false);
        return closed.Status;
    }

    private async Task<Registration> OpenAsync(
        ClientConnection connection, PeerVersion version, byte[] info, byte[]? path, SessionClaim? claim, ExportGrant grant, ulong checksum)
    {
        uint root = 0;
        if (path is not null)
        {
            var found = await cluster.ExecuteAsync(new ResolveRoot(path), stopping).ConfigureAwait(false);
            if (found is not InodeReply directory)
            {
                return Registration.Refused(found.Status);
            }

            root = directory.Inode;
        }

        var create = new CreateSession
        {
            Parameters = Grant(grant, root, version, connection.PeerAddress, info, checksum),
            Reuse = claim?.SessionId ?? 0,
            ReuseMetaId = claim?.MetaId ?? 0,
            Node = options.Node,
            Run = options.Run,
            Token = ClusterCalls.NewToken(),
        };
        return await RegisterAsync(create, version).ConfigureAwait(false);
    }

    private Task<Registration> ReconnectAsync(ReconnectRegister request, uint peerAddress) => RegisterAsync(
        new ReconnectSession
        {
            Session = request.SessionId,
            MetaId = request.MetaId,
            PeerAddress = peerAddress,
            ClientVersion = request.Version.Wire,
            Node = options.Node,
            Run = options.Run,
            Token = ClusterCalls.NewToken(),
        },
        request.Version);

    private async Task<Registration> RegisterAsync(SystemCommand command, PeerVersion version)
    {
        var known = await identity.GetAsync(stopping).ConfigureAwait(false);
        var reply = await cluster.ExecutePersistentlyAsync(command, stopping).ConfigureAwait(false);
        return reply is SessionReply { Session: var session }
            ? new Registration(StatusCode.Ok, new ClientSession(session.Id, session.Epoch, session.Parameters, version), known)
            : Registration.Refused(reply.Status);
    }

    private async Task<Registration> DecideAsync(Task<Registration> decision, uint claimed)
    {
        try
        {
            return await decision.WaitAsync(DecisionTime, clock).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            _ = ForgetAsync(decision, claimed);
            return Registration.Undecided;
        }
        catch (Exception e) when (e is OperationCanceledException or ProposalRejectedException)
        {
            return Registration.Undecided;
        }
    }

    /// <summary>What is decided too late has begun a connection that does not exist.</summary>
    private async Task ForgetAsync(Task<Registration> decision, uint claimed)
    {
        await ((Task)decision).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (decision.IsCompletedSuccessfully && decision.Result.Session is { } session)
        {
            await AbandonAsync(session, isNew: session.Id != claimed).ConfigureAwait(false);
        }
    }

    /// <summary>Takes back a registration whose connection is gone; a session that was made for it goes with it.</summary>
    public async Task AbandonAsync(ClientSession session, bool isNew)
    {
        try
        {
            if (isNew)
            {
                await CloseAsync(session).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException)
        {
            // This node stops; an unused session goes after SESSION_SUSTAIN_TIME.
        }

        await ReportEndAsync(session).ConfigureAwait(false);
    }

    private static SessionParameters Grant(ExportGrant grant, uint root, PeerVersion version, uint peerAddress, byte[] info, ulong checksum) => new()
    {
        RootInode = root,
        Flags = grant.Flags,
        Umask = grant.Umask,
        RootUid = grant.RootUid,
        RootGid = grant.RootGid,
        MapAllUid = grant.MapAllUid,
        MapAllGid = grant.MapAllGid,
        StorageClassGroups = grant.StorageClassGroups,
        MinGoal = grant.MinGoal,
        MaxGoal = grant.MaxGoal,
        MinTrashSeconds = grant.MinTrashSeconds,
        MaxTrashSeconds = grant.MaxTrashSeconds,
        Disables = grant.Disables,
        PeerAddress = peerAddress,
        ClientVersion = version.Wire,
        Info = info.AsSpan().TrimEnd((byte)0).ToArray(),
        ExportsChecksum = checksum,
    };
}
