using MfsHa.Metadata.Kernel;
using MfsHa.Metadata.State;
using MfsHa.MetadataFile.Frame;
using MfsHa.Protocol;

namespace MfsHa.MetadataFile.Import;

/// <summary>Makes directory entries and detached files of edges: link counts, parents, entries by name and by edge id, the queue of the trash.</summary>
internal sealed class EdgeImport(FileParser file, ImportTarget target)
{
    private readonly NamespaceState shard = target.Shard;
    private ulong smallest = ulong.MaxValue;
    private uint directory;
    private uint entries;
    private uint subdirectories;

    /// <summary>Takes the next edge; <paramref name="parent"/> 0 = a detached file.</summary>
    public void Add(uint parent, uint child, ulong id, byte[] name)
    {
        if (parent != directory)
        {
            // Before the child is read: it may be the directory that this ends.
            EnterDirectory(parent);
        }

        if (shard.Inodes.Get(child) is not { } inode)
        {
            throw file.Damaged($"an entry names inode {child}, which does not exist");
        }

        if (id == 0 || id > (ulong)long.MaxValue)
        {
            throw file.Damaged($"entry of inode {child} has edge id {id:X}: load and store the file once with its mfsmaster, which numbers entries anew");
        }

        smallest = Math.Min(smallest, id);
        if (parent == 0)
        {
            AddDetached(child, inode, name);
        }
        else
        {
            AddEntry(parent, child, inode, id, CheckName(name));
        }
    }

    /// <summary>All edges were taken; <paramref name="next"/> is the file's next edge id.</summary>
    public void End(ulong next)
    {
        StoreCounts();
        var first = Math.Min(next, smallest - 1);
        target.Change(c => c with { NextEdge = Math.Min(c.NextEdge, first) });
    }

    private void EnterDirectory(uint parent)
    {
        StoreCounts();
        if (parent != 0 && shard.Inodes.Get(parent) is not { IsDirectory: true })
        {
            throw file.Damaged($"an entry lies in inode {parent}, which is no directory");
        }

        directory = parent;
    }

    private void AddDetached(uint child, Inode inode, byte[] path)
    {
        if (!inode.IsDetached || shard.Detached.Contains(child))
        {
            throw file.Damaged($"inode {child} of type {inode.Type} is named as a detached file, or twice");
        }

        var due = inode.Type == NodeType.Trash ? NamespaceState.ExpiryOf(inode) : 0;
        shard.Detached.Set(child, new DetachedFile(path, due));
        if (due != 0)
        {
            shard.TrashExpiry.Set((due, child), Present.Value);
        }
    }

    private void AddEntry(uint parent, uint child, Inode inode, ulong id, Name name)
    {
        if (inode.IsDetached || child == NamespaceState.RootInode || (inode.IsDirectory && inode.Parent != 0))
        {
            throw file.Damaged($"inode {child} of type {inode.Type} cannot have this entry in directory {parent}");
        }

        if (shard.Entries.Contains((parent, name)) || shard.Edges.Contains((parent, id)))
        {
            throw file.Damaged($"directory {parent} has two entries \"{name}\", or two with edge id {id:X}");
        }

        shard.Entries.Set((parent, name), new DirectoryEntry(child, id));
        shard.Edges.Set((parent, id), new DirectoryEdge(name, child));
        var first = inode.Parent == 0;
        if (!first)
        {
            shard.ExtraLinks.Set((child, parent, id), Present.Value);
        }

        shard.Inodes.Set(child, inode with
        {
            LinkCount = inode.LinkCount + (inode.IsDirectory ? 0u : 1u),
            Parent = first ? parent : inode.Parent,
            ParentEdge = first ? id : inode.ParentEdge,
        });
        entries++;
        subdirectories += inode.IsDirectory ? 1u : 0u;
    }

    private void StoreCounts()
    {
        if (entries > 0)
        {
            var inode = shard.Inodes.Require(directory);
            shard.Inodes.Set(directory, inode with { Entries = inode.Entries + entries, LinkCount = inode.LinkCount + subdirectories });
        }

        (entries, subdirectories) = (0, 0);
    }

    private Name CheckName(byte[] name)
    {
        if (name.AsSpan().IndexOfAny((byte)0, (byte)'/') >= 0 || name is [(byte)'.'] or [(byte)'.', (byte)'.'])
        {
            throw file.Damaged("a name that no directory entry may have");
        }

        return new Name(name);
    }
}
