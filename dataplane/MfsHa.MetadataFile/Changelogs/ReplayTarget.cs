using MfsHa.Metadata.Kernel;
using MfsHa.Metadata.Operations;
using MfsHa.Metadata.State;
using MfsHa.Metadata.SystemGroup;
using MfsHa.MetadataFile.Import;
using MfsHa.Protocol;

namespace MfsHa.MetadataFile.Changelogs;

/// <summary>The state that changes are replayed on.</summary>
internal sealed class ReplayTarget(ImportTarget target)
{
    // Numbers below are all in use.
    private uint searchFrom = NamespaceState.RootInode;
    private List<uint> offered = [];

    /// <summary>Everything.</summary>
    public NamespaceState Shard => target.Shard;

    /// <summary>Sessions and chunkservers.</summary>
    public SystemState System => target.System;

    /// <summary>Unix seconds of the import.</summary>
    public uint Now => target.Now;

    /// <summary>Files that come back out of the archive.</summary>
    public ArchiveModes Archive { get; } = new(target.Shard);

    /// <summary>What could not be kept.</summary>
    public MetadataReport Report => target.Report;

    /// <summary>Root, to whom nothing is forbidden.</summary>
    public static Caller CallerOf(uint uid, uint gid) => new()
    {
        Session = 0, Uid = uid, Gids = [gid], OriginalUid = uid, OriginalGid = gid, RootInode = NamespaceState.RootInode, SessionFlags = SessionFlags.None,
    };

    /// <summary>An object that must exist.</summary>
    public Inode Object(Change change, uint number) => Shard.Inodes.Get(number) ?? throw change.Mismatch($"inode {number} does not exist");

    /// <summary>A directory that must exist.</summary>
    public Inode Directory(Change change, uint number) => Object(change, number) is { IsDirectory: true } found ? found : throw change.Mismatch($"inode {number} is no directory");

    /// <summary>A file that must exist, in the tree or not.</summary>
    public Inode File(Change change, uint number) => Object(change, number) is { IsFile: true } found ? found : throw change.Mismatch($"inode {number} is no file");

    /// <summary>An entry that must exist.</summary>
    public DirectoryEntry Entry(Change change, uint directory, Name name) => Shard.Entries.Get((directory, name)) ?? throw change.Mismatch($"directory {directory} has no entry \"{name}\"");

    /// <summary>A name that is free.</summary>
    public void RequireFree(Change change, uint directory, Name name)
    {
        if (Shard.Entries.Contains((directory, name)))
        {
            throw change.Mismatch($"directory {directory} has an entry \"{name}\" already");
        }
    }

    /// <summary>A chunk that must exist.</summary>
    public Chunk Chunk(Change change, ulong id) => Shard.Chunks.Get(id) ?? throw change.Mismatch($"chunk {id:X16} does not exist");

    /// <summary>Sets an object whose times or attributes changed; what waits in the trash waits according to them.</summary>
    public void Set(uint number, Inode inode)
    {
        Shard.Inodes.Set(number, inode);
        if (inode.Type == NodeType.Trash)
        {
            Shard.RequeueTrash(number, inode);
        }
    }

    /// <summary>Makes sure that the next new object gets this number, as it got then.</summary>
    public void OfferNumber(Change change, uint number)
    {
        if (number is 0 or > NamespaceState.MaxInode || Shard.Inodes.Contains(number))
        {
            throw change.Mismatch($"inode {number} exists already or is out of range");
        }

        var counters = Shard.Counters;
        Shard.RecycledInodes.Set(counters.NextRecycled, new InodeBatch([number]));
        Shard.Counters = counters with { NextRecycled = counters.NextRecycled + 1, NextInode = Math.Max(counters.NextInode, number + 1) };
    }

    /// <summary>A number may be given out again.</summary>
    public void NumberFreed(uint number) => searchFrom = Math.Min(searchFrom, number);

    /// <summary>
    /// Makes sure that the next new objects, up to so many, get the numbers that they got then: the lowest that neither an object has nor rest (mfsmaster/filesystem.c:
    /// fsnodes_get_next_id). <see cref="WithdrawNumbers"/> must follow.
    /// </summary>
    public void OfferLowestNumbers(Change change, long count)
    {
        var resting = Shard.Freed.All().Select(static f => f.Key.Inode).ToHashSet();
        using var used = Shard.Inodes.Range(searchFrom, default, toEnd: true).Select(static i => i.Key).GetEnumerator();
        var hasUsed = used.MoveNext();
        for (var number = searchFrom; offered.Count < count; number++)
        {
            if (number > NamespaceState.MaxInode)
            {
                throw change.Mismatch($"there are no {count} free numbers");
            }

            if (hasUsed && used.Current == number)
            {
                hasUsed = used.MoveNext();
            }
            else if (!resting.Contains(number))
            {
                offered.Add(number);
            }
        }

        searchFrom = offered.Count > 0 ? offered[0] : searchFrom;
        foreach (var numbers in offered.Chunk(InodeBatch.MaxInodes))
        {
            Shard.RecycledInodes.Set(Shard.Counters.NextRecycled, new InodeBatch(numbers));
            Shard.Counters = Shard.Counters with { NextRecycled = Shard.Counters.NextRecycled + 1 };
        }
    }

    /// <summary>Takes back the numbers that were not needed.</summary>
    public void WithdrawNumbers()
    {
        var counters = Shard.Counters;
        var left = -(long)counters.RecycledTaken;
        for (var batch = counters.FirstRecycled; batch != counters.NextRecycled; batch++)
        {
            left += Shard.RecycledInodes.Require(batch).Inodes.Length;
            Shard.RecycledInodes.Remove(batch);
        }

        var taken = offered.Count - (int)left;
        var next = taken == 0 ? counters.NextInode : Math.Max(counters.NextInode, offered[taken - 1] + 1);
        Shard.Counters = counters with { FirstRecycled = counters.NextRecycled, RecycledTaken = 0, NextInode = next };
        offered = [];
    }

    /// <summary>An unlinked file has a path, for which mfsmasters use up an edge id.</summary>
    public void CountDetached(uint number)
    {
        if (Shard.Detached.Contains(number))
        {
            Shard.Counters = Shard.Counters with { NextEdge = Shard.Counters.NextEdge - 1 };
        }
    }

    /// <summary>Executes a command, which must succeed as it did then.</summary>
    public void Execute(Change change, Command command)
    {
        if (command.Execute(Shard, new OperationContext(change.Time)) is { Status: not StatusCode.Ok and var status })
        {
            throw change.Mismatch($"it is refused: {status}");
        }
    }

    /// <summary>All changes were replayed: nothing may rest that is used.</summary>
    public void Check()
    {
        foreach (var ((_, number), _) in Shard.Freed.All())
        {
            if (Shard.Inodes.Contains(number))
            {
                throw new MetadataFileException($"inode {number} is said to be free and is used after the changes of the changelogs");
            }
        }
    }
}
