using System.Runtime.InteropServices;
using MfsHa.Metadata.Kernel;
using MfsHa.Metadata.Sharding;
using MfsHa.Protocol;

namespace MfsHa.Metadata.State;

/// <content>Directory entries and the objects that they name. These verbs keep entries, edges, link counts, times and totals consistent.</content>
public sealed partial class NamespaceState
{
    /// <summary>
    /// Creates an object under a name that is free. Link count, parent, times and numbers are filled in here.
    /// </summary>
    /// <param name="directory">Number of the directory.</param>
    /// <param name="parent">Its record.</param>
    /// <param name="name">A checked name.</param>
    /// <param name="child">Type, mode, owner and what is inherited.</param>
    /// <param name="inherited">ACLs of the new object.</param>
    /// <param name="now">Unix seconds.</param>
    public (uint Number, Inode Inode) CreateObject(uint directory, Inode parent, Name name, Inode child, in InheritedAcls inherited, uint now, ushort? home = null)
    {
        var counters = Counters;
        var outside = Reach is { } reach && home is { } shard && shard != reach.Layout.Shard;
        var number = outside ? Reach!.TakeFresh(home!.Value) : TakeInode(ref counters, now);
        var edge = counters.NextEdge;
        var isDirectory = child.IsDirectory;
        counters = counters with { NextEdge = edge - EdgeStep };
        Counters = outside ? counters : WithObject(counters, child);
        child = child with
        {
            AccessTime = now,
            ModificationTime = now,
            ChangeTime = now,
            LinkCount = isDirectory ? 2u : 1u,
            Parent = directory,
            ParentEdge = edge,
            HasAccessAcl = inherited.Access is not null,
            HasDefaultAcl = inherited.Default is not null,
        };
        Inodes.Add(number, child);
        if (inherited.Access is { } access)
        {
            Acls.Set((number, (uint)AclType.Access), access);
        }

        if (inherited.Default is { } initial)
        {
            Acls.Set((number, (uint)AclType.Default), initial);
        }

        if (isDirectory)
        {
            Totals.Set(number, SubtreeTotals.Empty);
        }

        Entries.Set((directory, name), new DirectoryEntry(number, edge));
        Edges.Set((directory, edge), new DirectoryEdge(name, number));
        AddEntry(directory, isDirectory, now);
        CountNewEntry(directory, number, child, edge);
        if (outside)
        {
            Reach!.Act(number, new CountNewObject(number));
        }
        else
        {
            OnCreated(number, child);
        }

        return (number, child);
    }

    /// <summary>Gives an object that exists another entry, under a name that is free. A directory must have none.</summary>
    public void AttachEntry(uint directory, Name name, uint number, uint now)
    {
        var child = Inodes.Require(number);
        var counters = Counters;
        var edge = counters.NextEdge;
        Counters = counters with { NextEdge = edge - EdgeStep };
        var first = child.Parent == 0;
        if (child.IsDirectory && !first)
        {
            throw new InvariantException($"directory {number} would get a second entry");
        }

        Inodes.Set(number, child with
        {
            ChangeTime = now,
            LinkCount = child.LinkCount + (child.IsDirectory ? 0u : 1u),
            Parent = first ? directory : child.Parent,
            ParentEdge = first ? edge : child.ParentEdge,
        });
        if (!first)
        {
            ExtraLinks.Set((number, directory, edge), Present.Value);
        }

        Entries.Add((directory, name), new DirectoryEntry(number, edge));
        Edges.Set((directory, edge), new DirectoryEdge(name, number));
        AddEntry(directory, child.IsDirectory, now);
        CountNewEntry(directory, number, child, edge);
    }

    /// <summary>Takes an entry away and returns what it named, which stays even without entries.</summary>
    public Inode DetachEntry(uint directory, Name name, DirectoryEntry entry, uint now)
    {
        var number = entry.Inode;
        var child = Inodes.Require(number);
        UncountFormerEntry(directory, number, child, entry.Edge);
        Entries.Remove((directory, name));
        Edges.Remove((directory, entry.Edge));
        var isDirectory = child.IsDirectory;
        RemoveEntry(directory, isDirectory, now);
        if (!isDirectory && child.LinkCount == 0)
        {
            throw new InvariantException($"inode {number} has an entry but no link");
        }

        var left = isDirectory ? child.LinkCount : child.LinkCount - 1;
        child = WithoutLink(number, child, directory, entry.Edge, isDirectory ? 0 : left) with { ChangeTime = now, LinkCount = left };
        Inodes.Set(number, child);
        return child;
    }

    /// <summary>
    /// Takes an entry away as unlink and rmdir do: what has no entry left goes to the trash, is sustained, or is removed
    /// (mfsmaster/filesystem.c: fsnodes_unlink). A directory must be empty.
    /// </summary>
    public void Unlink(uint directory, Name name, DirectoryEntry entry, uint now)
    {
        var number = entry.Inode;
        var child = Inodes.Require(number);
        if (child.IsDirectory)
        {
            if (child.Entries != 0)
            {
                throw new InvariantException($"directory {number} would be removed with {child.Entries} entries");
            }

            child = DetachEntry(directory, name, entry, now);
            if (IsElsewhere(number))
            {
                Reach!.Act(number, new DropObject(number, []));
                return;
            }

            RemoveObject(number, child, now);
            return;
        }

        if (IsElsewhere(number))
        {
            var last = child.LinkCount == 1;
            var lastPath = last && child.Type == NodeType.File ? DetachedPathOf(directory, name) : [];
            DetachEntry(directory, name, entry, now);
            if (last)
            {
                Reach!.Act(number, new DropObject(number, lastPath));
            }

            return;
        }

        var path = Array.Empty<byte>();
        var open = false;
        var toTrash = false;
        if (child.Type == NodeType.File && child.LinkCount == 1)
        {
            open = IsOpen(number);
            toTrash = child.TrashHours > 0 && (child.Length > 0 || open || Settings.KeepEmptyFilesInTrash);
            if (toTrash || open)
            {
                path = DetachedPathOf(directory, name);
            }
        }

        child = DetachEntry(directory, name, entry, now);
        if (child.LinkCount > 0)
        {
            return;
        }

        if (toTrash)
        {
            MoveToTrash(number, child, path);
        }
        else if (open)
        {
            Sustain(number, child, path);
        }
        else
        {
            RemoveObject(number, child, now);
        }
    }

    /// <summary>Removes an object that has no entry: its chunks are released, its number rests.</summary>
    public void RemoveObject(uint number, Inode inode, uint now)
    {
        if (inode.Parent != 0 || inode.Entries != 0)
        {
            throw new InvariantException($"inode {number} would be removed while it is linked or has entries");
        }

        OnRemoving(number, inode);
        if (inode.IsFile)
        {
            WithChunksReleased(number, inode, 0);
            if (AppendReservations.Contains(number))
            {
                AppendReservations.Remove(number);
            }
        }

        RemoveAcls(number, inode);
        if (inode.IsDirectory)
        {
            Totals.Remove(number);
        }

        Inodes.Remove(number);
        Freed.Set((now, number), Present.Value);
        var counters = Counters;
        Counters = counters with
        {
            Inodes = counters.Inodes - 1,
            Directories = counters.Directories - (inode.IsDirectory ? 1 : 0),
            Files = counters.Files - (inode.Type == NodeType.File ? 1 : 0),
        };
    }

    private static Counters WithObject(Counters counters, Inode inode) => counters with
    {
        Inodes = counters.Inodes + 1,
        Directories = counters.Directories + (inode.IsDirectory ? 1 : 0),
        Files = counters.Files + (inode.Type == NodeType.File ? 1 : 0),
    };

    /// <summary>All links of an object: parent directory and edge id, the first one first.</summary>
    public List<(uint Parent, ulong Edge)> LinksOf(uint number, Inode inode)
    {
        var links = new List<(uint Parent, ulong Edge)>();
        if (inode.Parent != 0)
        {
            links.Add((inode.Parent, inode.ParentEdge));
            if (!inode.IsDirectory && inode.LinkCount > 1)
            {
                links.AddRange(FurtherLinks(number));
            }
        }

        return links;
    }

    /// <summary>The links of an object beyond the first: parent directory and edge id.</summary>
    public List<(uint Parent, ulong Edge)> FurtherLinks(uint number)
    {
        var links = new List<(uint Parent, ulong Edge)>();
        foreach (var (key, _) in ExtraLinks.Range((number, 0, 0), (number + 1, 0, 0)))
        {
            links.Add((key.Parent, key.Edge));
        }

        return links;
    }

    private Inode WithoutLink(uint number, Inode child, uint directory, ulong edge, uint left)
    {
        if (child.Parent != directory || child.ParentEdge != edge)
        {
            ExtraLinks.Remove((number, directory, edge));
            return child;
        }

        if (left == 0)
        {
            return child with { Parent = 0, ParentEdge = 0 };
        }

        foreach (var (key, _) in ExtraLinks.Range((number, 0, 0), (number + 1, 0, 0)))
        {
            ExtraLinks.Remove(key);
            return child with { Parent = key.Parent, ParentEdge = key.Edge };
        }

        throw new InvariantException($"inode {number} should have {left} further links but has none");
    }
}

/// <summary>ACLs that a new object gets from its directory's default ACL.</summary>
[StructLayout(LayoutKind.Auto)]
public readonly record struct InheritedAcls(PosixAcl? Access, PosixAcl? Default);
