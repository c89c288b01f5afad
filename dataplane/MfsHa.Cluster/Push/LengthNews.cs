using MfsHa.Cluster.Replicas;
using MfsHa.Metadata.Chunks;
using MfsHa.Metadata.Namespace;
using MfsHa.Metadata.Operations;
using MfsHa.Protocol;

namespace MfsHa.Cluster.Push;

/// <summary>
/// Tells the clients that have a file open of lengths that commands have changed without the chunk supervisor (client-protocol 3.8: FLENG_HAS_CHANGED). Without it
/// they go on with what they have cached.
/// </summary>
public sealed class LengthNews(NamespaceReplica replica, NotificationRelay notifications)
{
    /// <summary>Called at the leader with a command that was executed, before its answer goes out.</summary>
    public void After(Command command, Reply reply)
    {
        if (reply.Status != StatusCode.Ok)
        {
            return;
        }

        switch (command)
        {
            case OpenFile { Truncates: true } open:
                var inode = open.Caller.Real(open.Inode);
                var sessions = replica.Answer(new GetOpenSessions(inode)) is SessionsReply known ? known.Sessions : [];
                Send(inode, 0, sessions, except: open.Caller.Session);
                break;
            case AppendSlice append when reply is FileLengthReply changed:
                // The caller's mount does not see it either: a tool has asked for it.
                Send(append.Caller.Real(append.Inode), changed.Length, changed.Sessions, except: 0);
                break;
        }
    }

    private void Send(uint inode, ulong length, uint[] sessions, uint except) => notifications.Send(new ClientNotification
    {
        Kind = ClientNotificationKind.LengthChanged,
        Sessions = sessions,
        ExceptSession = except,
        Inode = inode,
        Length = length,
    });
}
