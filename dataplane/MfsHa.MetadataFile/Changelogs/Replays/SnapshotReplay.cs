using MfsHa.Metadata.Chunks;
using MfsHa.Metadata.Kernel;
using MfsHa.Metadata.Operations;
using MfsHa.Metadata.State;
using MfsHa.Protocol;

namespace MfsHa.MetadataFile.Changelogs.Replays;

/// <summary>Snapshots and their removal (mfsmaster/filesystem.c: fs_univ_snapshot). Numbers of copies are not in the line, but their sum and counts are.</summary>
internal static class SnapshotReplay
{
    /// <summary>SNAPSHOT(source,parent,name,modes,session flags,uid,[gids],umask):sum,removed,same,existing,links,made.</summary>
    public static void Run(ReplayTarget target, Change change)
    {
        var (source, parent) = (change.UInt32("("), change.UInt32());
        var name = new Name(change.Bytes());
        var modes = (SnapshotModes)change.Byte();
        var flags = (SessionFlags)change.Byte();
        var uid = change.UInt32();
        var gids = change.Numbers();
        var umask = change.UInt16();
        change.EndArguments();
        var expected = new SnapshotCounts
        {
            Sum = change.UInt32(":"), Removed = change.UInt32(), Same = change.UInt32(), Existing = change.UInt32(), Links = change.UInt32(), Made = change.UInt32(),
        };
        change.End();
        target.Directory(change, parent);
        if (gids.Length == 0)
        {
            throw change.Wrong("a group");
        }

        var caller = ReplayTarget.CallerOf(uid, gids[0]) with { Gids = gids, SessionFlags = flags };
        var found = (modes & SnapshotModes.Delete) != 0
            ? Remove(target, change, new RemoveSnapshot(parent, name, modes, caller))
            : Copy(target, change, (source, parent, name), caller, modes, umask);

        // All zero: it is not said (mfsmaster/filesystem.c: fs_univ_snapshot).
        if (!expected.Equals(default) && !found.Equals(expected))
        {
            throw change.Mismatch(
                $"{found.Made} objects were made, {found.Links} linked, {found.Existing} existed, {found.Same} were the same, {found.Removed} were removed, with the sum {found.Sum}");
        }
    }

    private static SnapshotCounts Copy(ReplayTarget target, Change change, (uint Source, uint Parent, Name Name) what, Caller caller, SnapshotModes modes, ushort umask)
    {
        var original = target.Object(change, what.Source);
        if (original.IsDirectory && target.Shard.IsAtOrBelow(what.Source, what.Parent))
        {
            throw change.Mismatch($"directory {what.Parent} is in {what.Source}, which is copied");
        }

        var copies = new CopiedFiles(target, change, copyLike: (modes & SnapshotModes.CopyLike) != 0);
        var copy = new SnapshotCopy(target.Shard, caller, modes, umask, change.Time, copies);

        // As many as there can be: what may not be read is left out, and what is the same is not made again.
        target.OfferLowestNumbers(change, target.Shard.Contribution(what.Source, original).Inodes);
        copy.Copy(what.Source, what.Parent, what.Name);
        target.WithdrawNumbers();
        copies.Follow();
        return copy.Counts;
    }

    private static SnapshotCounts Remove(ReplayTarget target, Change change, RemoveSnapshot removal)
    {
        var counts = default(SnapshotCounts);
        removal.Remove(target.Shard, removal.Parent, target.Entry(change, removal.Parent, removal.Name), change.Time, number =>
        {
            target.CountDetached(number);
            target.Archive.Follow(number, FileTimes.Change, change.Time);
            counts.Sum ^= number;
            counts.Removed++;
        });
        return counts;
    }

    // A copy that is made where nothing was has all of its original's attributes, or (copy-like) only what it was made with; any other file that is touched gets new times.
    private sealed class CopiedFiles(ReplayTarget target, Change change, bool copyLike) : ISnapshotWatcher
    {
        private readonly HashSet<uint> fresh = [];
        private bool replaces;

        public void Replaced(uint number)
        {
            target.CountDetached(number);
            target.Archive.Follow(number, FileTimes.Change, change.Time);
            replaces = true;
        }

        public void Made(uint number)
        {
            target.Archive.Created(number, change.Time);
            if (!replaces)
            {
                fresh.Add(number);
            }

            replaces = false;
        }

        public void Follow()
        {
            foreach (var number in target.Shard.Inodes.ChangedKeys())
            {
                var isFresh = fresh.Contains(number);
                if (isFresh && copyLike)
                {
                    continue;
                }

                if (isFresh)
                {
                    target.Archive.Forget(number);
                }

                target.Archive.Follow(number, FileTimes.All, change.Time);
            }
        }
    }
}
