using MfsHa.Metadata.Operations;
using MfsHa.Metadata.Trash;
using MfsHa.Protocol;

namespace MfsHa.MetadataFile.Changelogs.Replays;

/// <summary>Files in the trash (mfsmaster/filesystem.c: fs_univ_setpath, fs_univ_undel, fs_univ_trash_recover).</summary>
internal static class TrashReplay
{
    // The meta file system belongs to root.
    private static readonly Caller Root = ReplayTarget.CallerOf(0, 0) with { RootInode = 0 };

    /// <summary>SETPATH(inode,path).</summary>
    public static void SetPath(ReplayTarget target, Change change)
    {
        var number = change.UInt32("(");
        var path = change.Bytes();
        change.EndArguments();
        change.End();
        target.Execute(change, new SetTrashPath(number, path, Root));

        // A path is an edge there, and another path another one.
        target.CountDetached(number);
    }

    /// <summary>UNDEL(inode).</summary>
    public static void Undelete(ReplayTarget target, Change change)
    {
        var number = change.UInt32("(");
        change.EndArguments();
        change.End();
        var path = (target.Shard.Detached.Get(number) ?? throw change.Mismatch($"inode {number} is not in the trash")).Path;
        target.OfferLowestNumbers(change, path.Count(static b => b == (byte)'/'));
        target.Execute(change, new UndeleteFile(number, Root));
        target.WithdrawNumbers();
        target.Archive.Follow(number, FileTimes.Change, change.Time);
    }

    /// <summary>TRASH_RECOVER(inode,directory,path,umask,uid,gid,copysgid):(path that was used if it is another one).</summary>
    public static void Recover(ReplayTarget target, Change change)
    {
        var (number, directory) = (change.UInt32("("), change.UInt32());
        var path = change.Bytes();
        var (umask, caller, copySgid) = (change.UInt16(), ReplayTarget.CallerOf(change.UInt32(), change.UInt32()), change.Byte() != 0);
        change.EndArguments();
        var used = change.Bytes(":(");
        change.EndArguments();
        change.End();
        target.File(change, number);
        target.OfferLowestNumbers(change, path.Count(static b => b == (byte)'/'));
        var reply = new RecoverFromTrash(number, directory, path, umask, copySgid, caller).Execute(target.Shard, new OperationContext(change.Time));
        target.WithdrawNumbers();
        if (reply.Status != StatusCode.Ok)
        {
            throw change.Mismatch($"it is refused: {reply.Status}");
        }

        if (!(reply is TrashPathReply other ? other.Path : []).AsSpan().SequenceEqual(used))
        {
            throw change.Mismatch("it comes back under another path");
        }

        target.Archive.Follow(number, FileTimes.Change, change.Time);
    }
}
