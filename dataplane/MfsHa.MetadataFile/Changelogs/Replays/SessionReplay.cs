using MfsHa.Metadata.SystemGroup;
using MfsHa.Protocol;

namespace MfsHa.MetadataFile.Changelogs.Replays;

/// <summary>Sessions and what they have open (mfsmaster/sessions.c: sessions_mr_*; openfiles.c: of_mr_acquire, of_mr_release).</summary>
internal static class SessionReplay
{
    private const int OctalDigits = 3;
    private const int Groups = 16;

    /// <summary>ACQUIRE(session,inode).</summary>
    public static void Acquire(ReplayTarget target, Change change)
    {
        var session = change.UInt32("(");
        var number = change.UInt32();
        change.EndArguments();
        change.End();
        if (HasEnded(target, session))
        {
            return;
        }

        Find(target, change, session);
        if (target.Shard.IsOpenBy(number, session))
        {
            throw change.Mismatch("it is open already");
        }

        if (target.Shard.Inodes.Contains(number))
        {
            target.Shard.Open(session, number);
        }
        else
        {
            target.Report.Lose($"session {session} has inode {number} open, which does not exist");
        }
    }

    /// <summary>RELEASE(session,inode): locks go, too.</summary>
    public static void Release(ReplayTarget target, Change change)
    {
        var session = change.UInt32("(");
        var number = change.UInt32();
        change.EndArguments();
        change.End();
        if (target.Shard.IsOpenBy(number, session))
        {
            target.Shard.Close(session, number, change.Time);
        }
        else if (target.Shard.Inodes.Contains(number) && !HasEnded(target, session))
        {
            throw change.Mismatch("it is not open");
        }
    }

    /// <summary>SESADD(#checksum,root,flags,umask,rootuid,rootgid,mapuid,mapgid,groups,mintrash,maxtrash,disables,ip,info):session.</summary>
    public static void Add(ReplayTarget target, Change change)
    {
        var parameters = Parameters(change, "(");
        change.EndArguments();
        var id = change.UInt32(":");
        change.End();
        var cluster = target.System.RequireCluster();
        if (id != cluster.NextSession || id > SessionRecord.MaxId)
        {
            throw change.Mismatch($"the next session is {cluster.NextSession}");
        }

        target.System.Cluster = cluster with { NextSession = id + 1 };
        target.System.Sessions.Set(id, new SessionRecord { Id = id, Parameters = parameters, Disconnected = target.Now });
        target.Report.Sessions++;
    }

    /// <summary>SESCHANGED(session,...), the same arguments.</summary>
    public static void Changed(ReplayTarget target, Change change)
    {
        var id = change.UInt32("(");
        var parameters = Parameters(change, ",");
        change.EndArguments();
        change.End();
        target.System.Sessions.Set(id, Find(target, change, id) with { Parameters = parameters });
    }

    /// <summary>SESCONNECTED(session). After an import nobody is connected yet.</summary>
    public static void Connected(ReplayTarget target, Change change) => SetDisconnected(target, change, target.Now);

    /// <summary>SESDISCONNECTED(session).</summary>
    public static void Disconnected(ReplayTarget target, Change change) => SetDisconnected(target, change, change.Time);

    /// <summary>SESDEL(session): what it has open and its locks go.</summary>
    public static void Delete(ReplayTarget target, Change change)
    {
        var id = change.UInt32("(");
        change.EndArguments();
        change.End();
        if (HasEnded(target, id))
        {
            return;
        }

        Find(target, change, id);
        foreach (var number in target.Shard.OpenBySession.Range((id, 0), (id, uint.MaxValue)).Select(static o => o.Key.Inode).ToList())
        {
            target.Shard.Close(id, number, change.Time);
        }

        target.System.Sessions.Remove(id);
        target.Report.Sessions--;
    }

    private static void SetDisconnected(ReplayTarget target, Change change, uint since)
    {
        var id = change.UInt32("(");
        change.EndArguments();
        change.End();
        if (!HasEnded(target, id))
        {
            target.System.Sessions.Set(id, Find(target, change, id) with { Disconnected = since });
        }
    }

    /// <summary>
    /// A session that its client has closed is not stored (mfsmaster/sessions.c: sessions_store), and removed minutes later: what the changelog says of it in between concerns nobody. An mfsmaster does not replay
    /// such a log.
    /// </summary>
    private static bool HasEnded(ReplayTarget target, uint id) => id != 0 && id < target.System.RequireCluster().NextSession && !target.System.Sessions.Contains(id);

    private static SessionRecord Find(ReplayTarget target, Change change, uint id) => target.System.Sessions.Get(id) ?? throw change.Mismatch($"session {id} does not exist");

    private static SessionParameters Parameters(Change change, string before)
    {
        var checksum = change.UInt64($"{before}#");
        var (root, flags) = (change.UInt32(), change.UInt32());
        var umask = Umask(change);
        var (rootUid, rootGid, mapUid, mapGid) = (change.UInt32(), change.UInt32(), change.UInt32(), change.UInt32());
        var (least, most, groups) = GroupsOf(change);
        var (minTrash, maxTrash) = (change.UInt32(), change.UInt32());
        var disables = change.Follows(",0x") ? (DisabledOperations)change.Hexadecimal() : DisabledOperations.None;
        var address = change.UInt32();
        var info = change.Bytes();
        return info.Length <= SessionParameters.MaxInfoLength && flags <= byte.MaxValue
            ? new SessionParameters
            {
                ExportsChecksum = checksum,
                RootInode = root,
                Flags = (SessionFlags)flags,
                Umask = umask,
                RootUid = rootUid,
                RootGid = rootGid,
                MapAllUid = mapUid,
                MapAllGid = mapGid,
                MinGoal = least,
                MaxGoal = most,
                StorageClassGroups = groups,
                MinTrashSeconds = minTrash,
                MaxTrashSeconds = maxTrash,
                Disables = disables,
                PeerAddress = address,
                Info = info,
            }
            : throw change.Mismatch($"flags {flags}, or a mount point of {info.Length} bytes");
    }

    private static ushort Umask(Change change)
    {
        // A zero and three octal digits; older lines have none.
        if (!change.Follows(",0"))
        {
            return 0;
        }

        var digits = change.UInt32();
        ushort umask = 0;
        for (var (digit, unit) = (0, 1u); digit < OctalDigits; digit++, unit *= 10)
        {
            umask |= (ushort)(digits / unit % 10 << (3 * digit));
        }

        return umask;
    }

    private static (byte Least, byte Most, ushort Groups) GroupsOf(Change change)
    {
        if (change.Follows(",0x"))
        {
            return (1, 9, (ushort)change.Hexadecimal());
        }

        var (least, most) = (change.Byte(), change.Byte());
        ushort groups = 1;
        for (int goal = least; goal <= most && goal < Groups; goal++)
        {
            groups |= (ushort)(1 << goal);
        }

        return (least, most, groups);
    }
}
