using MfsHa.Metadata.Operations;
using MfsHa.Metadata.State;
using MfsHa.Protocol;

namespace MfsHa.Gateway.Clients;

/// <summary>Whom a request acts as (client-protocol 3.1): the session's root and mapall mapping, in one place.</summary>
public static class CallerFactory
{
    /// <summary>The caller of what no session asks: sees everything below the global root.</summary>
    public static Caller Nobody { get; } = new()
    {
        Session = 0,
        Uid = 0,
        Gids = [0],
        OriginalUid = 0,
        OriginalGid = 0,
        RootInode = NamespaceState.RootInode,
        SessionFlags = SessionFlags.None,
    };

    /// <summary>The caller that a client names. Takes ownership of the groups.</summary>
    public static Caller Create(ClientSession session, Credentials credentials)
    {
        var granted = session.Parameters;
        var groups = credentials.Groups;
        var uid = credentials.Uid;
        var gid = groups[0];
        if (uid == 0)
        {
            uid = granted.RootUid;
            groups[0] = granted.RootGid;
        }
        else if ((granted.Flags & SessionFlags.MapAll) != 0)
        {
            uid = granted.MapAllUid;
            groups[0] = granted.MapAllGid;
        }

        return new Caller
        {
            Session = session.Id,
            Uid = uid,
            Gids = groups,
            OriginalUid = credentials.Uid,
            OriginalGid = gid,
            RootInode = granted.RootInode,
            SessionFlags = granted.Flags,
            Umask = granted.Umask,
            Disables = granted.Disables,
            KnowsFlags = session.Version.KnowsFlags,
        };
    }

    /// <summary>The caller of a request that names one group.</summary>
    public static Caller Create(ClientSession session, uint uid, uint gid) => Create(session, new Credentials(uid, [gid]));

    /// <summary>The caller of a request that names nobody: nothing is decided by who asks.</summary>
    public static Caller Anonymous(ClientSession session) => Create(session, 0, 0);
}
