using MfsHa.Metadata.Operations;
using MfsHa.Metadata.Trash;

namespace MfsHa.MetadataFile.Changelogs.Replays;

/// <summary>Files in the trash (mfsmaster/filesystem.c: fs_univ_setpath, fs_univ_undel).</summary>
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
    }
}
