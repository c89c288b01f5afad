using System.Security.Cryptography;
using MfsHa.Gateway.Connections;
using MfsHa.Protocol;
using MfsHa.Protocol.Client;
using MfsHa.Protocol.Framing;

namespace MfsHa.Gateway.Clients.Registration;

/// <summary>The REGISTER packets of one connection: which are allowed when, and their answers in the shape that the client's version reads.</summary>
internal sealed class RegistrationDialogue(ClientConnection connection, ClientServices services)
{
    /// <summary>Serves a REGISTER packet; complete when it is answered or the connection is to end.</summary>
    public async ValueTask OnRegisterAsync(RegisterRequest request)
    {
        if ((connection.Session is not null) != (request is CloseSessionRegister))
        {
            throw new MalformedPacketException($"REGISTER {request.Code} on a connection that is {(connection.Session is null ? "not " : string.Empty)}registered");
        }

        switch (request)
        {
            case GetRandomRegister:
                AnswerChallenge();
                break;
            case NewSessionRegister open:
                await OpenAsync(open.Version, open.Info, open.Path, open.Claim, open.Passcode).ConfigureAwait(false);
                break;
            case NewMetaSessionRegister open:
                await OpenAsync(open.Version, open.Info, path: null, open.Claim, open.Passcode).ConfigureAwait(false);
                break;
            case ReconnectRegister reconnect:
                await ReconnectAsync(reconnect).ConfigureAwait(false);
                break;
            case CloseSessionRegister close:
                await CloseAsync(close).ConfigureAwait(false);
                break;
            default:
                // 4.x masters refuse it too; tools register with their mount.
                throw new MalformedPacketException($"REGISTER {request.Code} is not served");
        }
    }

    private void AnswerChallenge()
    {
        var random = new byte[RegisterReply.RandomSize];
        RandomNumberGenerator.Fill(random);
        connection.Challenge = random;
        connection.Write(random, static (ref writer, bytes) => RegisterReply.WriteRandom(ref writer, bytes));
    }

    private async Task OpenAsync(PeerVersion version, ReadOnlyMemory<byte> info, ReadOnlyMemory<byte>? path, SessionClaim? claim, ReadOnlyMemory<byte>? passcode)
    {
        var decided = await services.Registrar.OpenAsync(connection, version, info, path, claim, passcode).ConfigureAwait(false);
        if (decided.Status is not { } status)
        {
            // "Not now": at a mount the client comes again in 2 s, for longer than it would after a closed connection (client-protocol 2.5).
            connection.Write(0u, static (ref writer, ip) => RegisterReply.WriteRedirect(ref writer, ip));
            await connection.EndAfterSendingAsync(new ConnectionEnd(EndKind.SentAway, "a new session could not be made in time")).ConfigureAwait(false);
        }
        else if (decided.Session is not { } session)
        {
            connection.Write(status, static (ref writer, verdict) => RegisterReply.WriteStatus(ref writer, verdict));
        }
        else if (await AttachAsync(session, isNew: session.Id != claim?.SessionId).ConfigureAwait(false))
        {
            var reply = ReplyFor(session, decided.Cluster!.MetaId, decided.Cluster.MasterProcessId);
            connection.Write((reply, session), static (ref writer, answer) =>
            {
                if (answer.session.IsMeta)
                {
                    RegisterReply.WriteMetaSession(ref writer, answer.reply, answer.session.Version);
                }
                else
                {
                    RegisterReply.WriteSession(ref writer, answer.reply, answer.session.Version);
                }
            });
            connection.StartSession(session, isNew: session.Id != claim?.SessionId);
        }
    }

    private async Task ReconnectAsync(ReconnectRegister request)
    {
        var decided = await services.Registrar.ReconnectAsync(connection, request).ConfigureAwait(false);
        if (decided.Status is not { } status)
        {
            connection.End(new ConnectionEnd(EndKind.SentAway, $"session {request.SessionId} could not be resumed in time"));
            return;
        }

        if (decided.Session is { } session && !await AttachAsync(session, isNew: false).ConfigureAwait(false))
        {
            return;
        }

        var cluster = await services.Identity.GetAsync(connection.Closing).ConfigureAwait(false);
        connection.Write(
            (services.Options.ServerVersion, cluster.MasterProcessId, status, request.Version),
            static (ref writer, a) => RegisterReply.WriteReconnect(ref writer, a.ServerVersion, a.MasterProcessId, a.status, a.Version));
        if (decided.Session is not null)
        {
            connection.StartSession(decided.Session, isNew: false);
        }
    }

    private async Task CloseAsync(CloseSessionRegister request)
    {
        var session = connection.Session!;
        var status = request.SessionId != session.Id ? StatusCode.BadSessionId : await services.Registrar.CloseAsync(session).ConfigureAwait(false);
        connection.Write(status, static (ref writer, verdict) => RegisterReply.WriteStatus(ref writer, verdict));
        await connection.EndAfterSendingAsync(new ConnectionEnd(EndKind.Finished, $"session {session.Id} was closed by its client")).ConfigureAwait(false);
    }

    /// <summary>The connection becomes the one of the session, unless it is gone or a newer one is there.</summary>
    private async Task<bool> AttachAsync(ClientSession session, bool isNew)
    {
        if (connection.TryTakeSession(session))
        {
            return true;
        }

        await services.Registrar.AbandonAsync(session, isNew).ConfigureAwait(false);
        return false;
    }

    private SessionParameters ReplyFor(ClientSession session, ulong metaId, ulong masterProcessId)
    {
        var granted = session.Parameters;
        return new SessionParameters(
            services.Options.ServerVersion,
            session.Id,
            metaId,
            granted.Flags,
            granted.Umask,
            granted.RootUid,
            granted.RootGid,
            granted.MapAllUid,
            granted.MapAllGid,
            granted.StorageClassGroups,
            granted.MinGoal,
            granted.MaxGoal,
            granted.MinTrashSeconds,
            granted.MaxTrashSeconds,
            granted.Disables,
            masterProcessId);
    }
}
