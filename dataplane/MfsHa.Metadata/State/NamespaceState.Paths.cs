using MfsHa.Metadata.Kernel;

namespace MfsHa.Metadata.State;

/// <content>Ways between objects and the root.</content>
public sealed partial class NamespaceState
{
    /// <summary>
    /// True when <paramref name="directory"/> lies on a way from the object to the root; an object is not below itself
    /// (mfsmaster/filesystem.c: fsnodes_isancestor).
    /// </summary>
    public bool IsBelow(uint directory, uint number, Inode inode)
    {
        if (inode.IsDetached)
        {
            return false;
        }

        if (LeadsUpTo(inode.Parent, directory))
        {
            return true;
        }

        if (inode.IsDirectory || inode.LinkCount <= 1)
        {
            return false;
        }

        foreach (var (parent, _) in FurtherLinks(number))
        {
            if (LeadsUpTo(parent, directory))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>
    /// The path of an entry from <paramref name="root"/> down, without leading slash; null when the entry's directory does not lie below it
    /// (or is not it).
    /// </summary>
    public byte[]? PathOf(uint root, uint directory, Name name)
    {
        var names = new List<Name> { name };
        var length = name.Length;
        for (var depth = 0; depth < MaxDepth; depth++)
        {
            if (directory == root)
            {
                return Join(names, length);
            }

            if (directory == RootInode || FindDirectory(directory) is not { Parent: not 0 } inode)
            {
                return null;
            }

            var own = Edges.Require((inode.Parent, inode.ParentEdge)).Name;
            names.Add(own);
            length += own.Length + 1;
            directory = inode.Parent;
        }

        throw new InvariantException($"directory {directory} is its own ancestor");
    }

    /// <summary>True when <paramref name="number"/> is the directory <paramref name="top"/> or lies below it.</summary>
    public bool IsAtOrBelow(uint top, uint number) => LeadsUpTo(number, top);

    private static byte[] Join(List<Name> names, int length)
    {
        var path = new byte[length];
        var end = length;
        for (var i = 0; i < names.Count; i++)
        {
            end -= names[i].Length;
            names[i].Span.CopyTo(path.AsSpan(end));
            if (end > 0)
            {
                path[--end] = (byte)'/';
            }
        }

        return path;
    }

    /// <summary>The path under which an unlinked file is remembered: from the global root, cut from the left.</summary>
    private byte[] DetachedPathOf(uint directory, Name name)
    {
        var path = (Reach is null ? PathOf(RootInode, directory, name) : PathWithHints(directory, name)) ?? name.Span.ToArray();
        return path.Length <= DetachedFile.MaxPathLength ? path : path[^DetachedFile.MaxPathLength..];
    }

    /// <summary>
    /// The path of an entry as far as it is known here: what lies above in other shards may have been told with the command. A file's last path is a
    /// remark for people; nobody waits for it.
    /// </summary>
    private byte[] PathWithHints(uint directory, Name name)
    {
        var names = new List<Name> { name };
        var length = name.Length;
        for (var depth = 0; depth < MaxDepth; depth++)
        {
            if (directory == RootInode)
            {
                return Join(names, length);
            }

            if (IsElsewhere(directory))
            {
                var path = Join(names, length);
                return Reach!.OuterPathOf(directory) is { Length: > 0 } above ? [.. above, (byte)'/', .. path] : path;
            }

            if (Inodes.GetUnlocked(directory) is not { Parent: not 0 } inode)
            {
                return Join(names, length);
            }

            // The name of a directory at the shard's border is kept by its parent's shard.
            if (IsElsewhere(inode.Parent))
            {
                var path = Join(names, length);
                return Reach!.OuterPathOf(directory) is { Length: > 0 } above ? [.. above, (byte)'/', .. path] : path;
            }

            var own = Edges.GetUnlocked((inode.Parent, inode.ParentEdge)) ?? throw new InvariantException($"directory {directory} has no entry");
            names.Add(own.Name);
            length += own.Name.Length + 1;
            directory = inode.Parent;
        }

        throw new InvariantException($"directory {directory} is its own ancestor");
    }

    private bool LeadsUpTo(uint from, uint directory)
    {
        for (var depth = 0; depth < MaxDepth; depth++)
        {
            if (from == directory)
            {
                return true;
            }

            if (from is 0 or RootInode || Inodes.GetPlace(from) is not { } inode)
            {
                return false;
            }

            from = inode.Parent;
        }

        throw new InvariantException($"directory {directory} is its own ancestor");
    }
}
