using MfsHa.Metadata.State;
using MfsHa.MetadataFile.Frame;
using MfsHa.MetadataFile.Import.Objects;

namespace MfsHa.MetadataFile.Import.Entries;

/// <summary>Notes what edges say of directories, of their entries, of what these name, and of unlinked files.</summary>
internal sealed class EdgeImport(FileParser file, ImportTarget target)
{
    private readonly ObjectIndex objects = target.Objects;
    private ulong smallest = ulong.MaxValue;
    private uint directory;
    private uint entries;
    private uint subdirectories;

    /// <summary>Takes the next edge; <paramref name="parent"/> 0 = a detached file.</summary>
    public void Add(uint parent, uint child, ulong id, ReadOnlySpan<byte> name)
    {
        if (parent != directory)
        {
            EnterDirectory(parent);
        }

        if (!objects.Exists(child))
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
            AddDetached(child, name);
        }
        else
        {
            CheckName(name);
            AddEntry(parent, child, id, name);
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
        if (parent != 0 && !objects.IsDirectory(parent))
        {
            throw file.Damaged($"an entry lies in inode {parent}, which is no directory");
        }

        directory = parent;
    }

    private void AddDetached(uint child, ReadOnlySpan<byte> path)
    {
        if (!objects.IsDetached(child) || !objects.Named.Add(child))
        {
            throw file.Damaged($"inode {child} is named as an unlinked file, which it is not, or twice");
        }

        target.Tree.Objects.AddPath(child, path);
    }

    private void AddEntry(uint parent, uint child, ulong id, ReadOnlySpan<byte> name)
    {
        var isDirectory = objects.IsDirectory(child);
        if (objects.IsDetached(child) || child == NamespaceState.RootInode || (!objects.Named.Add(child) && isDirectory))
        {
            throw file.Damaged($"inode {child} cannot have this entry in directory {parent}: it is an unlinked file, the root, or a directory that has one already");
        }

        target.Tree.Objects.AddLink(child, parent, id);
        target.Tree.Entries.Add(parent, name, child, id, file.Position);
        entries++;
        subdirectories += isDirectory ? 1u : 0u;
    }

    private void StoreCounts()
    {
        if (entries > 0)
        {
            target.Tree.Objects.AddChildren(directory, entries, subdirectories);
        }

        (entries, subdirectories) = (0, 0);
    }

    private void CheckName(ReadOnlySpan<byte> name)
    {
        if (name.IndexOfAny((byte)0, (byte)'/') >= 0 || name is [(byte)'.'] or [(byte)'.', (byte)'.'])
        {
            throw file.Damaged("a name that no directory entry may have");
        }
    }
}
