using MemoryPack;
using MfsHa.Metadata.Kernel;
using MfsHa.Metadata.Operations;
using MfsHa.Metadata.Rules;
using MfsHa.Metadata.State;
using MfsHa.Protocol;

namespace MfsHa.Metadata.Trash;

/// <summary>
/// UNDEL (client-protocol 3.7; mfsmaster/filesystem.c: fsnodes_undel): a trash file goes back to its path; directories that are missing are made, root's, 0755.
/// <para>Errors: EPERM (no meta session, immutable directory), EROFS, ENOENT, CANTCREATEPATH, EEXIST, QUOTA (a soft quota on the way is exceeded), NOSPACE.</para>
/// </summary>
/// <param name="Inode">The trash file.</param>
/// <param name="Caller">On whose behalf.</param>
[MemoryPackable]
public sealed partial record UndeleteFile(uint Inode, Caller Caller) : Command
{
    private const ushort DirectoryMode = 0x1ED;

    private static readonly Caller Root = new()
    {
        Session = 0,
        Uid = 0,
        Gids = [0],
        OriginalUid = 0,
        OriginalGid = 0,
        RootInode = NamespaceState.RootInode,
        SessionFlags = SessionFlags.None,
    };

    /// <inheritdoc/>
    public override uint RoutingInode => Inode;

    /// <inheritdoc/>
    public override Reply Execute(NamespaceState state, in OperationContext context)
    {
        var status = TrashRules.WhyNot(Caller, state, Inode, changes: true, out var inode);
        if (status != StatusCode.Ok)
        {
            return StatusReply.Of(status);
        }

        if (Parts(state.Detached.Require(Inode).Path) is not { } parts)
        {
            return StatusReply.Of(StatusCode.CantCreatePath);
        }

        status = Resolve(state, parts, out var directory, out var missing);
        if (status != StatusCode.Ok)
        {
            return StatusReply.Of(status);
        }

        for (var i = parts.Count - 1 - missing; i < parts.Count - 1; i++)
        {
            directory = MakeDirectory(state, directory, parts[i], context.Now);
        }

        state.Revive(Inode, inode!);
        state.AttachEntry(directory, parts[^1], Inode, context.Now);
        return StatusReply.Ok;
    }

    /// <summary>The names of a path; null if it is none under which something can be created.</summary>
    internal static List<Name>? Parts(ReadOnlySpan<byte> path)
    {
        path = path.TrimStart((byte)'/');
        var parts = new List<Name>();
        foreach (var range in path.Split((byte)'/'))
        {
            var part = path[range];
            if (part.Length is 0 or > Name.MaxLength || !NameCheck.IsValid(new Name(part.ToArray())))
            {
                return null;
            }

            parts.Add(new Name(part.ToArray()));
        }

        return parts;
    }

    // Walks as far as the path exists. Everything is checked before anything is made.
    private static StatusCode Resolve(NamespaceState state, List<Name> parts, out uint directory, out int missing)
    {
        directory = NamespaceState.RootInode;
        missing = 0;
        for (var i = 0; i < parts.Count; i++)
        {
            var record = state.Inodes.Require(directory);
            if (state.QuotaWithUsage(directory) is { Quota.Exceeded: true })
            {
                return StatusCode.Quota;
            }

            if (record.Has(ExtraAttributes.Immutable))
            {
                return StatusCode.EPerm;
            }

            var entry = state.Entries.Get((directory, parts[i]));
            if (i == parts.Count - 1)
            {
                return entry is null ? StatusCode.Ok : StatusCode.EExist;
            }

            if (entry is null)
            {
                missing = parts.Count - 1 - i;
                return state.HasFreeInodes(missing) ? StatusCode.Ok : StatusCode.NoSpace;
            }

            if (!state.Inodes.Require(entry.Inode).IsDirectory)
            {
                return StatusCode.CantCreatePath;
            }

            directory = entry.Inode;
        }

        throw new InvariantException("a path without names");
    }

    private static uint MakeDirectory(NamespaceState state, uint directory, Name name, uint now)
    {
        var parent = state.Inodes.Require(directory);
        var child = Inheritance.NewObject(Root, state, directory, parent, NodeType.Directory, DirectoryMode, 0, copySgid: false, out var acls);
        return state.CreateObject(directory, parent, name, child, acls, now).Number;
    }
}
