using System.Buffers.Binary;
using System.Runtime.InteropServices;
using MfsHa.Metadata.Kernel;
using MfsHa.Metadata.State;
using MfsHa.MetadataFile.Import.Sorting;
using MfsHa.Protocol;

namespace MfsHa.MetadataFile.Import.Objects;

/// <summary>Makes the records of objects of what was noted about them, each once: inodes, further links, unlinked files and their queues, totals of subtrees.</summary>
internal sealed class ObjectLoad : IDisposable
{
    private const int ExpiryKeyLength = 2 * sizeof(uint);
    private const int LinkKeyLength = (2 * sizeof(uint)) + sizeof(ulong);
    private readonly ImportTarget target;
    private readonly LoadProgress progress;
    private readonly DirectoryTotals totals;
    private readonly ushort[] spaceFactors = new ushort[byte.MaxValue + 1];
    private readonly RecordSorter furtherLinks;
    private readonly RecordSorter expiry;
    private readonly TableLoad<uint, Inode> inodes;
    private readonly TableLoad<uint, DetachedFile> detached;
    private readonly TableLoad<uint, SubtreeTotals> allTotals;
    private readonly TableLoad<(uint Inode, uint Parent, ulong Edge), Present> extraLinks;
    private readonly TableLoad<(uint UnixSeconds, uint Inode), Present> trashExpiry;
    private readonly TableLoad<(uint UnixSeconds, uint Inode), Present> sustainedIdle;

    // The object whose notes are being read.
    private readonly List<(uint Parent, ulong Edge)> links = [];
    private uint number;
    private ObjectFacts facts;
    private byte[]? symlink;
    private byte[]? path;
    private uint entries;
    private uint subdirectories;

    public ObjectLoad(ImportTarget target, LoadProgress progress)
    {
        this.target = target;
        this.progress = progress;
        totals = new DirectoryTotals(target.Objects.Directories);
        furtherLinks = new RecordSorter(target.Scratch, target.SortMemory);
        expiry = new RecordSorter(target.Scratch, target.SortMemory);
        for (var id = 0; id <= byte.MaxValue; id++)
        {
            spaceFactors[id] = target.Shard.SpaceFactorOf((byte)id);
        }

        inodes = target.Shard.Inodes.BeginLoad(target.Bulk);
        detached = target.Shard.Detached.BeginLoad(target.Bulk);
        allTotals = target.Shard.Totals.BeginLoad(target.Bulk);
        extraLinks = target.Shard.ExtraLinks.BeginLoad(target.Bulk);
        trashExpiry = target.Shard.TrashExpiry.BeginLoad(target.Bulk);
        sustainedIdle = target.Shard.SustainedIdle.BeginLoad(target.Bulk);
    }

    /// <summary>Makes all records. <see cref="MetadataFileException"/> when an object hangs in the air.</summary>
    public void Run(CancellationToken cancellation)
    {
        var notes = target.Tree.Objects.Sort();
        while (notes.Next())
        {
            progress.Step(cancellation);
            Take(ObjectNotes.NumberOf(notes.Key), notes.Value);
        }

        Finish();
        target.Tree.Objects.Dispose();
        totals.Finish(cancellation);
        foreach (var (directory, sum) in totals.All())
        {
            allTotals.Add(directory, sum);
            cancellation.ThrowIfCancellationRequested();
        }

        WriteQueues(cancellation);
    }

    /// <summary>Makes what was loaded part of the store.</summary>
    public void Complete()
    {
        inodes.Complete();
        detached.Complete();
        allTotals.Complete();
        extraLinks.Complete();
        trashExpiry.Complete();
        sustainedIdle.Complete();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        furtherLinks.Dispose();
        expiry.Dispose();
        inodes.Dispose();
        detached.Dispose();
        allTotals.Dispose();
        extraLinks.Dispose();
        trashExpiry.Dispose();
        sustainedIdle.Dispose();
    }

    private void Take(uint about, ReadOnlySpan<byte> note)
    {
        var content = note[1..];
        switch (note[0])
        {
            case ObjectNotes.Object:
                Finish();
                number = about;
                facts = MemoryMarshal.Read<ObjectFacts>(content);
                symlink = facts.Type == NodeType.Symlink ? content[Marshal.SizeOf<ObjectFacts>()..].ToArray() : null;
                path = null;
                (entries, subdirectories) = (0, 0);
                links.Clear();
                break;
            case ObjectNotes.Link:
                links.Add((BinaryPrimitives.ReadUInt32LittleEndian(content), BinaryPrimitives.ReadUInt64LittleEndian(content[sizeof(uint)..])));
                break;
            case ObjectNotes.Path:
                path = content.ToArray();
                break;
            default:
                entries += BinaryPrimitives.ReadUInt32LittleEndian(content);
                subdirectories += BinaryPrimitives.ReadUInt32LittleEndian(content[sizeof(uint)..]);
                break;
        }
    }

    private void Finish()
    {
        if (number == 0)
        {
            return;
        }

        var isRoot = number == NamespaceState.RootInode;
        var isDirectory = facts.Type == NodeType.Directory;
        if (path is null && links.Count == 0 && !isRoot)
        {
            throw new MetadataFileException($"inode {number} of type {facts.Type} has no entry in any directory: nodes and edges do not belong together");
        }

        var (parent, edge) = links.Count > 0 ? links[0] : default;
        var inode = facts.ToInode(symlink, facts.IsFile ? spaceFactors[facts.StorageClass] : (ushort)0) with
        {
            LinkCount = isDirectory ? 2 + subdirectories : (uint)links.Count,
            Parent = parent,
            ParentEdge = edge,
            Entries = entries,
            HasXattrs = target.Objects.WithXattrs.Contains(number),
            HasAccessAcl = target.Objects.WithAccessAcl.Contains(number),
            HasDefaultAcl = target.Objects.WithDefaultAcl.Contains(number),
        };
        inodes.Add(number, inode);
        if (isDirectory)
        {
            totals.Place(number, parent);
        }
        else
        {
            CountInParents(inode);
        }

        if (path is not null)
        {
            AddDetached(inode, path);
        }

        number = 0;
    }

    private void CountInParents(Inode inode)
    {
        var contribution = facts.IsFile ? NamespaceState.FileContribution(inode, facts.Size) : NamespaceState.ContributionWithoutContent(inode);
        Span<byte> key = stackalloc byte[LinkKeyLength];
        for (var i = 0; i < links.Count; i++)
        {
            var (parent, edge) = links[i];
            totals.Count(parent, contribution);
            if (i > 0)
            {
                BinaryPrimitives.WriteUInt32BigEndian(key, number);
                BinaryPrimitives.WriteUInt32BigEndian(key[sizeof(uint)..], parent);
                BinaryPrimitives.WriteUInt64BigEndian(key[(2 * sizeof(uint))..], edge);
                furtherLinks.Add(key, []);
            }
        }
    }

    private void AddDetached(Inode inode, byte[] formerPath)
    {
        var isTrash = inode.Type == NodeType.Trash;
        var due = isTrash ? NamespaceState.ExpiryOf(inode) : target.Shard.IsOpen(number) ? 0 : target.Now;
        detached.Add(number, new DetachedFile(formerPath, due));
        if (isTrash && due != 0)
        {
            Span<byte> key = stackalloc byte[ExpiryKeyLength];
            BinaryPrimitives.WriteUInt32BigEndian(key, due);
            BinaryPrimitives.WriteUInt32BigEndian(key[sizeof(uint)..], number);
            expiry.Add(key, []);
        }
        else if (due != 0)
        {
            // All of the same time: in the order of their numbers, as they come.
            sustainedIdle.Add((due, number), Present.Value);
        }
    }

    private void WriteQueues(CancellationToken cancellation)
    {
        var further = furtherLinks.Sort();
        while (further.Next())
        {
            extraLinks.Add(UInt32UInt32UInt64Key.Read(further.Key), Present.Value);
            cancellation.ThrowIfCancellationRequested();
        }

        var due = expiry.Sort();
        while (due.Next())
        {
            trashExpiry.Add(UInt32PairKey.Read(due.Key), Present.Value);
            cancellation.ThrowIfCancellationRequested();
        }
    }
}
