using MfsHa.Metadata.Kernel;
using MfsHa.Metadata.Operations;
using MfsHa.Metadata.Rules;
using MfsHa.Metadata.State;
using MfsHa.Protocol;

namespace MfsHa.MetadataFile.Changelogs.Replays;

/// <summary>Directory entries (mfsmaster/filesystem.c: fs_univ_create, fs_univ_symlink, fs_univ_link, fs_univ_unlink, fs_univ_move, each as it replays).</summary>
internal static class EntryReplay
{
    private const ushort LinkMode = 0x1FF;
    private const byte Normal = 0;
    private const byte Exchange = 1;
    private const byte NoReplace = 2;

    /// <summary>CREATE(parent,name,type,mode,umask,uid,gid,rdev):inode.</summary>
    public static void Create(ReplayTarget target, Change change)
    {
        var parent = change.UInt32("(");
        var name = new Name(change.Bytes());
        var type = (NodeType)change.Byte();
        var (mode, umask, uid, gid, device) = (change.UInt16(), change.UInt16(), change.UInt32(), change.UInt32(), change.UInt32());
        change.EndArguments();
        var number = change.UInt32(":");
        change.End();
        if (type is not (NodeType.File or NodeType.Directory or NodeType.Fifo or NodeType.Socket or NodeType.BlockDevice or NodeType.CharDevice))
        {
            throw change.Mismatch($"an object of type {type} is not made so");
        }

        var caller = ReplayTarget.CallerOf(uid, gid);
        var made = Make(target, change, caller, (parent, name, number), type, mode, umask, type is NodeType.BlockDevice or NodeType.CharDevice ? device : 0, symlink: null);
        target.Shard.WithPatterns(caller, name, number, made);
    }

    /// <summary>SYMLINK(parent,name,path,uid,gid):inode.</summary>
    public static void Symlink(ReplayTarget target, Change change)
    {
        var parent = change.UInt32("(");
        var name = new Name(change.Bytes());
        var path = change.Bytes();
        var (uid, gid) = (change.UInt32(), change.UInt32());
        change.EndArguments();
        var number = change.UInt32(":");
        change.End();
        Make(target, change, ReplayTarget.CallerOf(uid, gid), (parent, name, number), NodeType.Symlink, LinkMode, 0, 0, path);
    }

    /// <summary>LINK(inode,parent,name).</summary>
    public static void Link(ReplayTarget target, Change change)
    {
        var number = change.UInt32("(");
        var parent = change.UInt32();
        var name = new Name(change.Bytes());
        change.EndArguments();
        change.End();
        target.Directory(change, parent);
        target.RequireFree(change, parent, name);
        if (target.Object(change, number) is { IsDirectory: true } or { IsDetached: true })
        {
            throw change.Mismatch($"inode {number} cannot have another entry");
        }

        target.Shard.AttachEntry(parent, name, number, change.Time);
        target.Archive.Follow(number, FileTimes.Change, change.Time);
    }

    /// <summary>UNLINK(parent,name):inode; also rmdir.</summary>
    public static void Unlink(ReplayTarget target, Change change)
    {
        var parent = change.UInt32("(");
        var name = new Name(change.Bytes());
        change.EndArguments();
        var number = change.UInt32(":");
        change.End();
        Remove(target, change, parent, name, number);
    }

    /// <summary>MOVE(parent,name,parent,name[,mode]):inode.</summary>
    public static void Move(ReplayTarget target, Change change)
    {
        var sourceParent = change.UInt32("(");
        var sourceName = new Name(change.Bytes());
        var targetParent = change.UInt32();
        var targetName = new Name(change.Bytes());
        var mode = change.HasMore ? change.Byte() : Normal;
        change.EndArguments();
        var number = change.UInt32(":");
        change.End();
        target.Directory(change, sourceParent);
        target.Directory(change, targetParent);
        var source = target.Entry(change, sourceParent, sourceName);
        var replaced = target.Shard.Entries.Get((targetParent, targetName));
        if (mode > NoReplace || (mode == NoReplace && replaced is not null) || (mode == Exchange ? replaced is null || number != 0 : number != source.Inode))
        {
            throw change.Mismatch($"\"{sourceName}\" names inode {source.Inode}, \"{targetName}\" {(replaced is null ? "nothing" : $"inode {replaced.Inode}")}");
        }

        if (replaced?.Inode == source.Inode)
        {
            // Two names of one object: nothing is moved.
            return;
        }

        if (mode == Exchange)
        {
            target.Shard.DetachEntry(sourceParent, sourceName, source, change.Time);
            target.Shard.DetachEntry(targetParent, targetName, replaced!, change.Time);
            target.Shard.AttachEntry(targetParent, targetName, source.Inode, change.Time);
            target.Shard.AttachEntry(sourceParent, sourceName, replaced!.Inode, change.Time);
            target.Archive.Follow(source.Inode, FileTimes.Change, change.Time);
            target.Archive.Follow(replaced!.Inode, FileTimes.Change, change.Time);
            return;
        }

        if (replaced is not null)
        {
            Remove(target, change, targetParent, targetName, replaced.Inode);
        }

        target.Shard.DetachEntry(sourceParent, sourceName, source, change.Time);
        target.Shard.AttachEntry(targetParent, targetName, source.Inode, change.Time);
        target.Archive.Follow(source.Inode, FileTimes.Change, change.Time);

        // Whoever moved it is not in the line: an mfsmaster that replays takes root for it.
        target.Shard.WithPatterns(ReplayTarget.CallerOf(0, 0), targetName, number, target.Shard.Inodes.Require(number));
    }

    /// <summary>RENUMERATEEDGES():next edge id. mfsha has no ids of edges, only the next one.</summary>
    public static void RenumberEdges(ReplayTarget target, Change change)
    {
        change.Text("(");
        change.EndArguments();
        var next = change.UInt64(":");
        change.End();
        target.Shard.Counters = target.Shard.Counters with { NextEdge = next };
    }

    private static void Remove(ReplayTarget target, Change change, uint parent, Name name, uint number)
    {
        target.Directory(change, parent);
        var entry = target.Entry(change, parent, name);
        if (entry.Inode != number || target.Object(change, number) is { IsDirectory: true, Entries: > 0 })
        {
            throw change.Mismatch($"\"{name}\" names inode {entry.Inode}, or is a directory with entries");
        }

        target.Shard.Unlink(parent, name, entry, change.Time);
        target.CountDetached(number);
        target.Archive.Follow(number, FileTimes.Change, change.Time);
    }

    private static Inode Make(
        ReplayTarget target, Change change, Caller caller, (uint Parent, Name Name, uint Number) place, NodeType type, ushort mode, ushort umask, uint device, byte[]? symlink)
    {
        var parent = target.Directory(change, place.Parent);
        target.RequireFree(change, place.Parent, place.Name);
        target.OfferNumber(change, place.Number);
        var inode = Inheritance.NewObject(caller, target.Shard, place.Parent, parent, type, mode, umask, copySgid: false, out var acls) with { Device = device, Target = symlink };
        var (number, made) = target.Shard.CreateObject(place.Parent, parent, place.Name, inode, acls, change.Time);
        target.Archive.Created(number, change.Time);
        return number == place.Number ? made : throw change.Mismatch($"the new object got number {number}");
    }
}
