using MfsHa.Metadata.Kernel;
using MfsHa.Metadata.Operations;
using MfsHa.Metadata.Rules;
using MfsHa.Metadata.Sharding;
using MfsHa.Metadata.State;
using MfsHa.Protocol;

namespace MfsHa.Metadata.Chunks;

/// <summary>
/// Makes the copies of a snapshot, in the order in which mfsmaster makes them, so that numbers come out the same
/// (mfsmaster/filesystem.c: fsnodes_snapshot). What the caller may not read is left out.
/// </summary>
/// <param name="state">The state.</param>
/// <param name="caller">Whose snapshot it is.</param>
/// <param name="modes">Copy-like attributes, hard links.</param>
/// <param name="umask">Taken off modes with copy-like attributes.</param>
/// <param name="now">Unix seconds.</param>
/// <param name="watcher">Who wants to know, or null.</param>
internal sealed class SnapshotCopy(NamespaceState state, Caller caller, SnapshotModes modes, ushort umask, uint now, ISnapshotWatcher? watcher = null)
{
    private const ushort ModeWithoutSetIds = 0x3FF;

    private readonly Stack<Frame> open = [];
    private readonly Dictionary<uint, uint> links = [];
    private readonly HashSet<uint> made = [];

    private SnapshotCounts counts;

    /// <summary>What was done.</summary>
    public SnapshotCounts Counts => counts;

    private bool CopyLike => (modes & SnapshotModes.CopyLike) != 0;

    private bool PreservesLinks => (modes & SnapshotModes.PreserveHardLinks) != 0;

    /// <summary>Copies an object and everything below it.</summary>
    public void Copy(uint source, uint directory, Name name)
    {
        Visit(source, directory, name, mayExist: true);
        while (open.TryPeek(out var frame))
        {
            if (frame.Next < frame.Children.Count)
            {
                var (childName, child) = frame.Children[frame.Next++];
                Visit(child, frame.Copy, childName, frame.MayExist);
                continue;
            }

            open.Pop();
            Finish(state.Inodes.Require(frame.Source), frame.Copy, frame.MayExist);
        }
    }

    private void Visit(uint source, uint directory, Name name, bool mayExist)
    {
        if (made.Contains(source))
        {
            // What was told of other shards at different moments may show the directory of the copies below their originals: this would have no end.
            throw new InvariantException($"the copy {source} would be copied");
        }

        var original = state.Inodes.Require(source);
        if (original.Type == NodeType.File && !AccessCheck.Allows(caller, state, source, original, AccessMask.Read))
        {
            return;
        }

        if (mayExist && state.Entries.Get((directory, name)) is { } entry)
        {
            Overwrite(source, original, directory, name, entry);
        }
        else if (!original.IsDetached)
        {
            Create(source, original, directory, name);
        }
    }

    private void Overwrite(uint source, Inode original, uint directory, Name name, DirectoryEntry entry)
    {
        var copy = entry.Inode;
        var existing = state.Inodes.Require(copy);
        var isSame = original.Type == NodeType.File && HasSameContent(source, original, copy, existing);
        counts.Same += isSame ? 1u : 0;
        counts.Existing += isSame ? 0 : 1u;
        switch (original.Type)
        {
            case NodeType.Directory:
                Descend(source, original, copy, mayExist: true);
                return;
            case NodeType.File when !isSame:
                state.Unlink(directory, name, entry, now);
                watcher?.Replaced(copy);
                counts.Sum ^= copy;
                copy = MakeObject(source, original, directory, name);
                counts.Sum ^= copy;
                ShareContent(source, original, copy, state.Inodes.Require(copy) with { StorageClass = original.StorageClass, TrashHours = original.TrashHours });
                break;
            case NodeType.Symlink:
                state.Inodes.Set(copy, existing with { Target = original.Target });
                ChangeLengthAbove(copy, existing, (original.Target?.Length ?? 0) - (existing.Target?.Length ?? 0));
                break;
            case NodeType.BlockDevice or NodeType.CharDevice:
                state.Inodes.Set(copy, existing with { Device = original.Device });
                break;
            default:
                break;
        }

        Finish(original, copy, existed: true);
    }

    private void Create(uint source, Inode original, uint directory, Name name)
    {
        var isLinked = PreservesLinks && !original.IsDirectory && original.LinkCount > 1;
        if (isLinked && links.TryGetValue(source, out var known))
        {
            counts.Links++;
            state.AttachEntry(directory, name, known, now);
            return;
        }

        var copy = MakeObject(source, original, directory, name);
        counts.Made++;
        counts.Sum ^= copy;
        if (isLinked)
        {
            links.Add(source, copy);
        }

        var inode = state.Inodes.Require(copy);
        if (!CopyLike)
        {
            inode = WithAttributesOf(source, original, copy, inode);
        }

        if (original.Type == NodeType.File)
        {
            ShareContent(source, original, copy, inode);
        }
        else
        {
            state.Inodes.Set(copy, inode);
        }

        if (original.IsDirectory)
        {
            Descend(source, original, copy, mayExist: false);
            return;
        }

        Finish(original, copy, existed: false);
    }

    private void Descend(uint source, Inode original, uint copy, bool mayExist)
    {
        var readable = AccessCheck.Allows(caller, state, source, original, AccessMask.Read | AccessMask.Execute);
        open.Push(new Frame(source, copy, readable ? SnapshotCheck.ChildrenOf(state, source) : [], mayExist));
    }

    private uint MakeObject(uint source, Inode original, uint directory, Name name)
    {
        var keepsOwner = !CopyLike && (caller.Uid == 0 || caller.Uid == original.Uid);
        var creator = keepsOwner ? caller with { Uid = original.Uid, Gids = [original.Gid] } : caller;
        var mode = CopyLike || keepsOwner ? original.Mode : (ushort)(original.Mode & ModeWithoutSetIds);
        var parent = state.Inodes.Require(directory);
        var child = Inheritance.NewObject(
            creator, state, directory, parent, original.Type, mode, CopyLike ? umask : (ushort)0, copySgid: false, out var acls);

        // A copy is made where the original is: they share their chunks.
        ushort? home = state.Reach?.Layout.ShardOf(source);
        var number = state.CreateObject(directory, parent, name, child with { Target = original.Target, Device = original.Device }, acls, now, home).Number;
        if (home is not null)
        {
            made.Add(number);
        }

        watcher?.Made(number);
        return number;
    }

    private void ChangeLengthAbove(uint number, Inode inode, long change)
    {
        if (state.IsElsewhere(number))
        {
            state.Reach!.Act(number, new ChangeLengthAbove(number, change));
        }
        else
        {
            state.AdjustTotalsOfParents(number, inode, new TotalsChange(0, Length: change));
        }
    }

    // What is made in another shard is counted there when the transaction is carried out.
    private void CountClassChange(uint copy, Inode before, byte storageClass)
    {
        if (!state.IsElsewhere(copy) && before.StorageClass != storageClass)
        {
            state.CountClass(before.StorageClass, before, -1);
            state.CountClass(storageClass, before, 1);
        }
    }

    private Inode WithAttributesOf(uint source, Inode original, uint copy, Inode inode)
    {
        var isOwners = caller.Uid == 0 || caller.Uid == original.Uid;
        if (inode.IsDirectory)
        {
            CountClassChange(copy, inode, original.StorageClass);
        }

        inode = inode with
        {
            StorageClass = original.StorageClass,
            TrashHours = original.TrashHours,
            ExtraAttributes = original.ExtraAttributes,
            WinAttributes = original.WinAttributes,
            Mode = isOwners ? original.Mode : (ushort)(original.Mode & ModeWithoutSetIds),
        };
        foreach (var (name, value) in Enumerable.Reverse(state.XattrsOf(source)))
        {
            inode = state.WithXattr(copy, inode, name, value.Value);
        }

        if (state.AccessAcl(source, original) is { } access)
        {
            state.Acls.Set((copy, (uint)AclType.Access), access);
            inode = inode with { HasAccessAcl = true };
        }

        if (state.DefaultAcl(source, original) is { } initial)
        {
            state.Acls.Set((copy, (uint)AclType.Default), initial);
            inode = inode with { HasDefaultAcl = true };
        }

        return inode;
    }

    // The copy is new: it has no content yet.
    private void ShareContent(uint source, Inode original, uint copy, Inode inode)
    {
        var before = state.Inodes.Require(copy);
        CountClassChange(copy, before, inode.StorageClass);
        var contribution = state.Contribution(copy, before);
        foreach (var (index, chunk) in state.ChunksOf(source, original, 0, ulong.MaxValue))
        {
            inode = state.WithChunkAt(copy, inode, index, chunk);
            if (!state.IsElsewhere(copy))
            {
                state.Refer(chunk, inode.StorageClass);
            }
        }

        state.ReplaceFile(copy, before, inode with { Length = original.Length, SpaceFactor = state.SpaceFactorOf(inode.StorageClass) }, contribution);
    }

    private void Finish(Inode original, uint copy, bool existed)
    {
        var inode = state.Inodes.Require(copy);
        var isOwners = caller.Uid == 0 || caller.Uid == original.Uid;
        if (CopyLike)
        {
            inode = !existed ? inode : inode with { Uid = caller.Uid, Gid = caller.Gids[0], Mode = (ushort)(original.Mode & ~umask), ChangeTime = now };
        }
        else
        {
            inode = inode with
            {
                AccessTime = original.AccessTime,
                ModificationTime = original.ModificationTime,
                ChangeTime = existed && !isOwners ? now : original.ChangeTime,
            };
            if (existed)
            {
                inode = isOwners
                    ? inode with { Mode = original.Mode, Uid = original.Uid, Gid = original.Gid }
                    : inode with { Mode = (ushort)(original.Mode & ModeWithoutSetIds), Uid = caller.Uid, Gid = caller.Gids[0] };
            }
        }

        state.Inodes.Set(copy, inode with { ExtraAttributes = inode.ExtraAttributes | ExtraAttributes.Snapshot });
    }

    private bool HasSameContent(uint source, Inode original, uint copy, Inode existing) =>
        original.Length == existing.Length
        && original.ChunkSlots == existing.ChunkSlots
        && state.ChunksOf(source, original, 0, ulong.MaxValue).SequenceEqual(state.ChunksOf(copy, existing, 0, ulong.MaxValue));

    private sealed class Frame(uint source, uint copy, List<(Name Name, uint Inode)> children, bool mayExist)
    {
        public uint Source => source;

        public uint Copy => copy;

        public List<(Name Name, uint Inode)> Children => children;

        /// <summary>True when the copy existed before, so that its entries may, too.</summary>
        public bool MayExist => mayExist;

        public int Next { get; set; }
    }
}
