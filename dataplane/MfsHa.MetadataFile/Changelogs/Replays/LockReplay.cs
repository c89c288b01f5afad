using MfsHa.Metadata.Locks;
using MfsHa.Metadata.Operations;
using MfsHa.Protocol;

namespace MfsHa.MetadataFile.Changelogs.Replays;

/// <summary>Locks that were granted or given back (mfsmaster/flocklocks.c: flock_mr_change; posixlocks.c: posix_lock_mr_change).</summary>
internal static class LockReplay
{
    /// <summary>FLOCK(inode,session,owner,R/W/U).</summary>
    public static void Flock(ReplayTarget target, Change change)
    {
        var number = change.UInt32("(");
        var (session, owner) = (change.UInt32(), change.UInt64());
        var order = change.Character() switch
        {
            'R' or 'r' or 'S' => FlockCommand.TryShared,
            'W' or 'w' or 'E' => FlockCommand.TryExclusive,
            'U' or 'u' => FlockCommand.Unlock,
            _ => throw change.Wrong("R, W or U"),
        };
        change.EndArguments();
        change.End();
        Run(target, change, new Flock(number, owner, order, session));
    }

    /// <summary>POSIXLOCK(inode,session,owner,R/W/U,start,end,pid).</summary>
    public static void Posix(ReplayTarget target, Change change)
    {
        var number = change.UInt32("(");
        var (session, owner) = (change.UInt32(), change.UInt64());
        var type = change.Character() switch
        {
            'R' or 'r' or 'S' => PosixLockType.Read,
            'W' or 'w' or 'E' => PosixLockType.Write,
            'U' or 'u' => PosixLockType.Unlock,
            _ => throw change.Wrong("R, W or U"),
        };
        var (start, end, pid) = (change.UInt64(), change.UInt64(), change.UInt32());
        change.EndArguments();
        change.End();
        Run(target, change, new PosixLock { Inode = number, Session = session, Owner = owner, Pid = pid, Order = PosixLockCommand.Try, Type = type, Start = start, End = end });
    }

    private static void Run(ReplayTarget target, Change change, Command command)
    {
        target.Shard.ReleasedLocks.Clear();
        var reply = command.Execute(target.Shard, new OperationContext(change.Time));
        target.Shard.ReleasedLocks.Clear();
        if (reply is not LockReply { Granted: true })
        {
            throw change.Mismatch($"the lock is refused: {reply.Status}");
        }
    }
}
