using MfsHa.Metadata.Chunks;
using MfsHa.Metadata.State;
using MfsHa.Protocol;

namespace MfsHa.MetadataFile.Changelogs.Replays;

/// <summary>Lengths and chunks of files (mfsmaster/filesystem.c: fs_mr_length, fs_mr_write, fs_mr_trunc, fs_mr_rollback; chunks.c: chunk_mr_multi_modify, chunk_mr_multi_truncate).</summary>
internal static class ContentReplay
{
    /// <summary>LENGTH(inode,length,canmodmtime).</summary>
    public static void Length(ReplayTarget target, Change change)
    {
        var number = change.UInt32("(");
        var (length, touches) = (change.UInt64(), change.Byte());
        change.EndArguments();
        change.End();
        var inode = target.File(change, number);
        if (FileLength.IsTooLong(length))
        {
            throw change.Mismatch($"{length} bytes are too many");
        }

        target.Set(number, target.Shard.SetFileLength(number, inode, length, touches != 0 ? change.Time : null));
        target.Archive.Follow(number, touches != 0 ? FileTimes.Change | FileTimes.Modification : FileTimes.None, change.Time);
    }

    /// <summary>WRITE(inode,index[,opflag[,canmodmtime]]):chunk.</summary>
    public static void Write(ReplayTarget target, Change change)
    {
        var number = change.UInt32("(");
        var index = change.UInt32();
        var grows = !change.HasMore || change.Byte() != 0;
        var touches = !change.HasMore || change.Byte() != 0;
        change.EndArguments();
        var id = change.UInt64(":");
        change.End();
        var inode = FileWithSlot(target, change, number, index);
        var before = target.Shard.Contribution(number, inode);
        var seen = target.Shard.ChunkAt(number, inode, index);
        Modify(target, change, inode.StorageClass, seen, id, grows);
        var changed = target.Shard.WithChunkAt(number, inode, index, id) with
        {
            Length = Math.Max(inode.Length, index * FileLength.ChunkSize),
            ExtraAttributes = inode.ExtraAttributes & ~ExtraAttributes.Snapshot,
            SpaceFactor = target.Shard.SpaceFactorOf(inode.StorageClass),
            ModificationTime = touches ? change.Time : inode.ModificationTime,
            ChangeTime = touches ? change.Time : inode.ChangeTime,
        };
        target.Shard.ReplaceFile(number, inode, changed, before);
        target.Set(number, changed);
        if (touches)
        {
            target.Archive.Follow(number, FileTimes.Change | FileTimes.Modification, change.Time);
        }
    }

    /// <summary>TRUNC(inode,index):chunk; its length comes in a line of its own.</summary>
    public static void Truncate(ReplayTarget target, Change change)
    {
        var number = change.UInt32("(");
        var index = change.UInt32();
        change.EndArguments();
        var id = change.UInt64(":");
        change.End();
        var inode = FileWithSlot(target, change, number, index);
        var seen = target.Shard.ChunkAt(number, inode, index);
        if (seen == 0)
        {
            throw change.Mismatch($"file {number} has no chunk {index}");
        }

        Modify(target, change, inode.StorageClass, seen, id, grows: true);
        Replace(target, number, inode, index, id);
    }

    /// <summary>ROLLBACK(inode,index,former chunk,chunk).</summary>
    public static void RollBack(ReplayTarget target, Change change)
    {
        var number = change.UInt32("(");
        var (index, former, id) = (change.UInt32(), change.UInt64(), change.UInt64());
        change.EndArguments();
        change.End();
        var inode = FileWithSlot(target, change, number, index);
        target.Chunk(change, id);
        if (former != id)
        {
            if (target.Shard.ChunkAt(number, inode, index) != id)
            {
                throw change.Mismatch($"chunk {index} of file {number} is another one");
            }

            if (former != 0)
            {
                target.Chunk(change, former);
                target.Shard.AddReference(former, inode.StorageClass);
            }

            target.Shard.ReleaseChunk(id, inode.StorageClass);
            Replace(target, number, inode, index, former);
        }

        ChunkReplay.Unlock(target, change, id);
    }

    private static Inode FileWithSlot(ReplayTarget target, Change change, uint number, uint index)
    {
        var inode = target.File(change, number);
        return index <= FileLength.MaxChunkIndex ? inode : throw change.Mismatch($"index {index} is too large");
    }

    // A hole and a shared chunk become a new chunk, whose number follows the last one; a chunk of this file alone stays, perhaps with a new version.
    private static void Modify(ReplayTarget target, Change change, byte storageClass, ulong seen, ulong id, bool grows)
    {
        var shard = target.Shard;
        var chunk = seen == 0 ? null : target.Chunk(change, seen);
        var until = ChunkReplay.LockUntil(target, change.Time + ChunkRules.LockSeconds);
        if (chunk is { References: 0 })
        {
            throw change.Mismatch($"chunk {seen:X16} has no reference");
        }

        if (chunk is { References: 1 })
        {
            if (id != seen)
            {
                throw change.Mismatch($"chunk {seen:X16} is only this file's and stays");
            }

            shard.Chunks.Set(id, chunk with { Version = chunk.Version + (grows ? 1u : 0u), LockedUntil = until });
            return;
        }

        var counters = shard.Counters;
        if (id != counters.NextChunk)
        {
            throw change.Mismatch($"the next chunk is {counters.NextChunk}");
        }

        shard.Counters = counters with { NextChunk = id + 1, Chunks = counters.Chunks + 1 };
        shard.Chunks.Add(id, new Chunk { Version = 1, StorageClass = storageClass, References = 1, LockedUntil = until });
        if (chunk is not null)
        {
            shard.ReleaseChunk(seen, storageClass);
        }
    }

    private static void Replace(ReplayTarget target, uint number, Inode inode, uint index, ulong id)
    {
        var before = target.Shard.Contribution(number, inode);
        target.Shard.ReplaceFile(number, inode, target.Shard.WithChunkAt(number, inode, index, id), before);
    }
}
