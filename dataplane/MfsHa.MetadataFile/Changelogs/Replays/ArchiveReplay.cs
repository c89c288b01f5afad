using MfsHa.Metadata.Chunks;
using MfsHa.Metadata.State;
using MfsHa.Protocol;

namespace MfsHa.MetadataFile.Changelogs.Replays;

/// <summary>
/// Archiving, by tools and by the master itself, and chunks that the master takes out of files (mfsmaster/filesystem.c: fs_univ_archchg, fs_mr_autoarch, fs_mr_set_file_chunk). How many chunks were
/// changed is in the line.
/// </summary>
internal static class ArchiveReplay
{
    private const byte Clear = 0;
    private const byte Set = 1;

    /// <summary>ARCHCHG(inode,uid,command):changed,not changed,not permitted. Masters of 3.x write it for single files, also in the trash, when their time has come.</summary>
    public static void Run(ReplayTarget target, Change change)
    {
        var (number, uid, command) = (change.UInt32("("), change.UInt32(), change.Byte());
        change.EndArguments();
        var expected = ((ulong)change.UInt32(":"), (ulong)change.UInt32(), change.UInt32());
        change.End();
        if (command is not (Clear or Set))
        {
            throw change.Mismatch($"command {command} does not change anything");
        }

        (ulong Changed, ulong NotChanged, uint NotPermitted) found = default;
        var open = new Stack<uint>([number]);
        while (open.TryPop(out var next))
        {
            var inode = target.Object(change, next);
            if (inode.IsFile)
            {
                OfFile(target, change, (next, inode), uid, command == Set, ref found);
            }
            else if (inode.IsDirectory)
            {
                foreach (var (_, child) in SnapshotCheck.ChildrenOf(target.Shard, next))
                {
                    open.Push(child);
                }
            }
        }

        if (found != expected)
        {
            throw change.Mismatch($"{found.Changed} chunks were changed, {found.NotChanged} not, and {found.NotPermitted} files must not be");
        }
    }

    /// <summary>AUTOARCH(inode,time,in the trash):archived,out of the trash; before 4.31 without what concerns the trash. Chunks that were written to since that time are not archived.</summary>
    public static void Automatic(ReplayTarget target, Change change)
    {
        var (number, time) = (change.UInt32("("), change.UInt32());
        var knowsTrash = change.HasMore;
        if (knowsTrash)
        {
            _ = change.Byte();
        }

        change.EndArguments();
        var expected = change.UInt32(":");
        if (knowsTrash)
        {
            _ = change.UInt32(); // a mark of chunks that mfsha does not have: what files are in the trash says the same
        }

        change.End();
        var archived = 0;
        foreach (var (_, id) in target.Shard.ChunksOf(number, target.File(change, number), 0, ulong.MaxValue))
        {
            var chunk = target.Chunk(change, id);
            if (!chunk.Archived && time > chunk.LockedUntil)
            {
                target.Shard.Chunks.Set(id, chunk with { Archived = true });
                archived++;
            }
        }

        if (archived > 0)
        {
            target.Archive.Set(number, archived: true);
        }

        if (archived != expected)
        {
            throw change.Mismatch($"{archived} chunks were archived");
        }
    }

    /// <summary>CHUNKFLAGSCLR(chunk): an archived chunk in parts becomes an ordinary one because it is written to (4.x; mfsmaster/chunks.c: chunk_mr_flagsclr).</summary>
    public static void TakeBack(ReplayTarget target, Change change)
    {
        var id = change.UInt64("(");
        change.EndArguments();
        change.End();
        target.Shard.Chunks.Set(id, target.Chunk(change, id) with { Archived = false });
    }

    /// <summary>SETFILECHUNK(inode,index,0): a chunk behind the end of the file that no chunkserver has.</summary>
    public static void TakeOut(ReplayTarget target, Change change)
    {
        var (number, index, replacement) = (change.UInt32("("), change.UInt32(), change.UInt64());
        change.EndArguments();
        change.End();
        var inode = target.File(change, number);
        if (replacement != 0)
        {
            throw change.Mismatch("only chunks that are taken out are known here");
        }

        var id = index <= FileLength.MaxChunkIndex && index < inode.ChunkCount ? target.Shard.ChunkAt(number, inode, index) : throw change.Mismatch($"file {number} has {inode.ChunkCount} chunks");
        if (id != 0)
        {
            target.Shard.ReleaseChunk(id, inode.StorageClass);
            target.Set(number, ChunkRules.Replace(target.Shard, number, inode, index, 0));
        }
    }

    private static void OfFile(
        ReplayTarget target, Change change, (uint Number, Inode Inode) file, uint uid, bool archive, ref (ulong Changed, ulong NotChanged, uint NotPermitted) sum)
    {
        var (number, inode) = file;
        var isOwner = uid == 0 || uid == inode.Uid || inode.Has(ExtraAttributes.NoOwner);
        if (!isOwner || inode.Has(ExtraAttributes.Immutable))
        {
            sum.NotPermitted++;
            return;
        }

        foreach (var (_, id) in target.Shard.ChunksOf(number, inode, 0, ulong.MaxValue))
        {
            var chunk = target.Chunk(change, id);
            if (chunk.Archived != archive)
            {
                target.Shard.Chunks.Set(id, chunk with { Archived = archive });
                sum.Changed++;
            }
            else
            {
                sum.NotChanged++;
            }
        }

        target.Archive.Set(number, archive);
        if (!archive)
        {
            target.Set(number, inode with { ChangeTime = change.Time });
        }
    }
}
