using System.Buffers.Binary;
using System.IO.Hashing;
using MfsHa.Metadata.State;

namespace MfsHa.MetadataFile.Sections;

/// <summary>
/// Finds out, while a state is written, whether entries and objects belong together: every entry names an object that knows of it, every object has the entries that it knows of,
/// link counts and numbers of entries are right. In constant memory: sums over hashes of what the one side says and what the other side says must be equal; that they are by chance
/// has a probability of 2^-64. Not found is a directory that contains itself.
/// </summary>
internal sealed class LinkCheck
{
    // The kinds of sums; each begins the text that is hashed.
    private const byte Entry = 1;
    private const byte Link = 2;
    private const byte Subdirectory = 3;
    private const byte Child = 4;
    private const byte Detached = 5;

    private ulong entries;
    private ulong links;
    private ulong subdirectories;
    private ulong children;
    private ulong detached;
    private bool hasRoot;

    /// <summary>An object as its record is.</summary>
    public void AddObject(uint number, Inode inode)
    {
        var isRoot = number == NamespaceState.RootInode;
        hasRoot |= isRoot && inode.IsDirectory;
        if (isRoot || inode.IsDetached ? inode.Parent != 0 : inode.Parent == 0)
        {
            throw new MetadataFileException($"inode {number} of type {inode.Type} has {(inode.Parent == 0 ? "no entry in any directory" : $"an entry in directory {inode.Parent}")}");
        }

        if (inode.IsDirectory)
        {
            subdirectories += Hash(Subdirectory, number) * (inode.LinkCount - 2UL);
            children += Hash(Child, number) * inode.Entries;
        }
        else
        {
            links += Hash(Link, number) * inode.LinkCount;
        }

        if (inode.IsDetached)
        {
            detached += Hash(Detached, number);
        }
        else if (!isRoot)
        {
            entries += Hash(Entry, inode.Parent, inode.ParentEdge, number);
            if (inode.IsDirectory)
            {
                subdirectories -= Hash(Subdirectory, inode.Parent);
            }
            else
            {
                links -= Hash(Link, number);
            }
        }
    }

    /// <summary>A link of an object beyond its first.</summary>
    public void AddFurtherLink(uint number, uint parent, ulong edge)
    {
        entries += Hash(Entry, parent, edge, number);
        links -= Hash(Link, number);
    }

    /// <summary>An entry of a directory.</summary>
    public void AddEntry(uint directory, ulong edge, uint number)
    {
        entries -= Hash(Entry, directory, edge, number);
        children -= Hash(Child, directory);
    }

    /// <summary>An unlinked file.</summary>
    public void AddDetached(uint number) => detached -= Hash(Detached, number);

    /// <summary>All objects, links and entries were added. <see cref="MetadataFileException"/> when they do not belong together.</summary>
    public void Check()
    {
        var wrong = !hasRoot ? "the root directory (inode 1) is missing"
            : entries != 0 ? "entries of directories and links of objects differ"
            : links != 0 ? "link counts of objects and their links differ"
            : subdirectories != 0 ? "link counts of directories and their subdirectories differ"
            : children != 0 ? "numbers of entries and entries of directories differ"
            : detached != 0 ? "files of the trash, or unlinked ones that are open, and their paths differ"
            : null;
        if (wrong is not null)
        {
            throw new MetadataFileException($"the state is not whole: {wrong}");
        }
    }

    private static ulong Hash(byte kind, uint first, ulong second = 0, uint third = 0)
    {
        Span<byte> text = stackalloc byte[1 + sizeof(uint) + sizeof(ulong) + sizeof(uint)];
        text[0] = kind;
        BinaryPrimitives.WriteUInt32LittleEndian(text[1..], first);
        BinaryPrimitives.WriteUInt64LittleEndian(text[5..], second);
        BinaryPrimitives.WriteUInt32LittleEndian(text[13..], third);
        return XxHash3.HashToUInt64(text);
    }
}
