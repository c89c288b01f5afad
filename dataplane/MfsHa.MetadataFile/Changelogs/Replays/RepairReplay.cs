using MfsHa.Metadata.Chunks;
using MfsHa.Metadata.State;
using MfsHa.Protocol;

namespace MfsHa.MetadataFile.Changelogs.Replays;

/// <summary>What tools do to chunks of files (mfsmaster/filesystem.c: fs_univ_append_slice, fs_mr_repair).</summary>
internal static class RepairReplay
{
    /// <summary>APPEND(inode,source,first,last): chunks of another file.</summary>
    public static void Append(ReplayTarget target, Change change)
    {
        var (number, source, first, last) = (change.UInt32("("), change.UInt32(), change.UInt32(), change.UInt32());
        change.EndArguments();
        change.End();
        target.File(change, number);
        target.File(change, source);
        if (last < first || last > FileLength.MaxChunkIndex)
        {
            throw change.Wrong("a last chunk that is not before the first one");
        }

        target.Execute(change, new AppendSlice { Inode = number, Source = source, From = first, To = last + 1, Flags = AppendSliceFlags.None, Caller = ReplayTarget.CallerOf(0, 0) });
        target.Archive.Follow(number, FileTimes.Modification | FileTimes.Access, change.Time);
        target.Archive.Follow(source, FileTimes.Access, change.Time);
    }

    /// <summary>REPAIR(inode,index):version; without one the chunk is given up.</summary>
    public static void Repair(ReplayTarget target, Change change)
    {
        var (number, index) = (change.UInt32("("), change.UInt32());
        change.EndArguments();
        var version = change.UInt32(":");
        change.End();
        var inode = target.File(change, number);
        var id = index <= FileLength.MaxChunkIndex ? target.Shard.ChunkAt(number, inode, index) : 0;
        if (id == 0)
        {
            throw change.Mismatch($"file {number} has no chunk {index}");
        }

        if (version != 0)
        {
            ChunkReplay.SetVersion(target, change, id, version);
        }
        else
        {
            target.Shard.ReleaseChunk(id, inode.StorageClass);
            inode = ChunkRules.Replace(target.Shard, number, inode, index, 0);
        }

        target.Set(number, inode with { ModificationTime = change.Time, ChangeTime = change.Time });
        target.Archive.Follow(number, FileTimes.Change | FileTimes.Modification, change.Time);
    }
}
