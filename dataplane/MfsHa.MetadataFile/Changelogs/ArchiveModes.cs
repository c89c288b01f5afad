using MfsHa.Metadata.Kernel;
using MfsHa.Metadata.State;
using MfsHa.Metadata.StorageClasses;

namespace MfsHa.MetadataFile.Changelogs;

/// <summary>Times of a file, numbered as in <see cref="StorageClassRecord.ArchiveMode"/>.</summary>
[Flags]
internal enum FileTimes : byte
{
    /// <summary>Only its length may have changed.</summary>
    None = 0,

    /// <summary>ctime.</summary>
    Change = 1,

    /// <summary>mtime.</summary>
    Modification = 2,

    /// <summary>atime.</summary>
    Access = 4,

    /// <summary>All three.</summary>
    All = Change | Modification | Access,
}

/// <summary>
/// Files whose storage class lets them come back out of the archive when they are used (archive mode 8): their chunks are archived no more when a time of theirs is set, or they become short
/// (mfsmaster/filesystem.c: fsnodes_checkarchmode). An mfsmaster remembers, as long as it runs, which files are back, and does not look at those again until they are archived.
/// </summary>
internal sealed class ArchiveModes(NamespaceState shard)
{
    private const byte Reversible = 8;
    private const uint SecondsPerHour = 3600;

    private readonly HashSet<uint> back = [];

    /// <summary>An object was made just now; it has no chunks yet, and its directory's class.</summary>
    public void Created(uint number, uint now)
    {
        back.Remove(number);
        Follow(number, FileTimes.Change, now);
    }

    /// <summary>A new object got all of another one's attributes.</summary>
    public void Forget(uint number) => back.Remove(number);

    /// <summary>A file's chunks were archived, or taken out of the archive, by a tool or by the master itself.</summary>
    public void Set(uint number, bool archived)
    {
        if (archived)
        {
            back.Remove(number);
        }
        else
        {
            back.Add(number);
        }
    }

    /// <summary>These times of an object were set, and perhaps its length; nothing happens when it is no file, or is gone.</summary>
    public void Follow(uint number, FileTimes set, uint now)
    {
        if (shard.Inodes.Get(number) is not { IsFile: true } inode)
        {
            return;
        }

        var known = shard.StorageClassOf(inode.StorageClass) ?? throw new InvariantException($"file {number} has storage class {inode.StorageClass}, which does not exist");
        if (!LooksAt(known, set) || back.Contains(number) || StaysArchived(inode, known, now))
        {
            return;
        }

        foreach (var (_, id) in shard.ChunksOf(number, inode, 0, ulong.MaxValue))
        {
            if (shard.Chunks.Require(id) is { Archived: true } chunk)
            {
                shard.Chunks.Set(id, chunk with { Archived = false });
            }
        }

        back.Add(number);
    }

    /// <summary>The change has set the ctime of all files that it has touched.</summary>
    public void FollowTouched(uint now)
    {
        foreach (var number in shard.Inodes.ChangedKeys())
        {
            Follow(number, FileTimes.Change, now);
        }
    }

    private static bool LooksAt(StorageClassRecord known, FileTimes set) =>
        (known.ArchiveMode & Reversible) != 0 && ((known.ArchiveDelayHours > 0 && (known.ArchiveMode & (byte)set) != 0) || known.ArchiveMinSize > 0);

    // A time beyond the end of 32 bits does not come.
    private static bool StaysArchived(Inode inode, StorageClassRecord known, uint now)
    {
        var mode = (FileTimes)known.ArchiveMode;
        var latest = Math.Max(
            (mode & FileTimes.Change) != 0 ? inode.ChangeTime : 0,
            Math.Max((mode & FileTimes.Modification) != 0 ? inode.ModificationTime : 0, (mode & FileTimes.Access) != 0 ? inode.AccessTime : 0));
        var due = latest + (ulong)(known.ArchiveDelayHours * SecondsPerHour);
        return inode.Length >= known.ArchiveMinSize && due <= uint.MaxValue && due < now;
    }
}
