using MfsHa.Metadata.State;

namespace MfsHa.MetadataFile.Changelogs.Replays;

/// <summary>Chunks by themselves (mfsmaster/chunks.c: chunk_mr_unlock, chunk_mr_set_version, chunk_mr_chunkadd, chunk_mr_chunkdel).</summary>
internal static class ChunkReplay
{
    private const uint ZerosAllowed = 0x8000_0000;
    private const uint VersionBits = 0x3FFF_FFFF;
    private const ulong MaxAhead = 1_000_000_000;

    /// <summary>A lock that is over is none.</summary>
    public static uint LockUntil(ReplayTarget target, uint until) => until > target.Now ? until : 0;

    /// <summary>UNLOCK(chunk).</summary>
    public static void Unlock(ReplayTarget target, Change change)
    {
        var id = change.UInt64("(");
        change.EndArguments();
        change.End();
        Unlock(target, change, id);
    }

    /// <summary>Takes a chunk's lock away.</summary>
    public static void Unlock(ReplayTarget target, Change change, ulong id) => target.Shard.Chunks.Set(id, target.Chunk(change, id) with { LockedUntil = 0 });

    /// <summary>SETVERSION(chunk,version).</summary>
    public static void SetVersion(ReplayTarget target, Change change)
    {
        var id = change.UInt64("(");
        var version = change.UInt32();
        change.EndArguments();
        change.End();
        SetVersion(target, change, id, version);
    }

    /// <summary>Gives a chunk the version of the copies that there are.</summary>
    public static void SetVersion(ReplayTarget target, Change change, ulong id, uint version)
    {
        var chunk = target.Chunk(change, id);
        if ((version & ZerosAllowed) != 0)
        {
            target.Report.Lose($"chunk {id:X16}: a copy of a shorter length is no longer read as zeros (a repair of 4.x)");
        }

        target.Shard.Chunks.Set(id, chunk with { Version = version & VersionBits });
    }

    /// <summary>CHUNKADD(chunk,version,lockedto).</summary>
    public static void Add(ReplayTarget target, Change change)
    {
        var id = change.UInt64("(");
        var (version, lockedTo) = (change.UInt32(), change.UInt32());
        change.EndArguments();
        change.End();
        var shard = target.Shard;
        var counters = shard.Counters;
        if (id == 0 || version == 0 || shard.Chunks.Contains(id) || id > counters.NextChunk + MaxAhead)
        {
            throw change.Mismatch($"chunk {id:X16} exists already or is out of range");
        }

        shard.Counters = counters with { NextChunk = Math.Max(counters.NextChunk, id + 1), Chunks = counters.Chunks + 1 };
        shard.Chunks.Set(id, new Chunk { Version = version, StorageClass = 0, References = 0, LockedUntil = LockUntil(target, lockedTo) });
        shard.OrphanChunks.Set(id, Present.Value);
    }

    /// <summary>CHUNKDEL(chunk,version).</summary>
    public static void Delete(ReplayTarget target, Change change)
    {
        var id = change.UInt64("(");
        var version = change.UInt32();
        change.EndArguments();
        change.End();
        if (target.Chunk(change, id) is not { References: 0 } chunk || chunk.Version != version)
        {
            throw change.Mismatch($"chunk {id:X16} has another version, or is in use");
        }

        target.Shard.Chunks.Remove(id);
        target.Shard.OrphanChunks.Remove(id);
        target.Shard.Counters = target.Shard.Counters with { Chunks = target.Shard.Counters.Chunks - 1 };
    }
}
