using MemoryPack;
using MfsHa.Metadata.Kernel;
using MfsHa.Metadata.Operations;
using MfsHa.Metadata.Rules;
using MfsHa.Metadata.State;
using MfsHa.Protocol;

namespace MfsHa.Metadata.Namespace;

/// <summary>LOOKUP (client-protocol 3.4; mfsmaster/filesystem.c: fs_lookup). "." and ".." are names, too.</summary>
/// <param name="Parent">The directory, as the session calls it.</param>
/// <param name="Name">Name of the entry.</param>
/// <param name="Caller">On whose behalf.</param>
[MemoryPackable]
public sealed partial record Lookup(uint Parent, Name Name, Caller Caller) : Query
{
    /// <summary>Flags that say that the caller may read or write.</summary>
    private const LookupFlags CanReadOrWrite = (LookupFlags)0x00FC;

    /// <summary>Everything but the flags that say that the caller may write.</summary>
    private const LookupFlags AllButWrite = (LookupFlags)0xFF33;

    /// <inheritdoc/>
    public override uint RoutingInode => Caller.Real(Parent);

    /// <inheritdoc/>
    public override Reply Execute(NamespaceState state, in OperationContext context)
    {
        if (!SessionView.TryFindDirectory(Caller, state, Parent, out var number, out var directory))
        {
            return StatusReply.Of(StatusCode.ENoEntNoCache);
        }

        if (!directory.IsDirectory)
        {
            return StatusReply.Of(StatusCode.ENotDir);
        }

        if (!AccessCheck.Allows(Caller, state, number, directory, AccessMask.Execute))
        {
            return StatusReply.Of(StatusCode.EAcces);
        }

        var found = number;
        if (NameCheck.IsDotDot(Name))
        {
            found = number == Caller.RootInode || directory.Parent == 0 ? Caller.RootInode : directory.Parent;
        }
        else if (!NameCheck.IsDot(Name))
        {
            if (!NameCheck.IsValid(Name))
            {
                return StatusReply.Of(StatusCode.EInval);
            }

            if (state.Entries.Get((number, Name)) is not { } entry)
            {
                return StatusReply.Of(directory.Has(ExtraAttributes.NoEntryCache) ? StatusCode.ENoEntNoCache : StatusCode.ENoEnt);
            }

            found = entry.Inode;
        }

        return ReplyFor(state, found, state.Inodes.Require(found), directory, context.Now);
    }

    private LookupReply ReplyFor(NamespaceState state, uint number, Inode inode, Inode directory, uint now)
    {
        var attributes = AttributeView.Of(Caller, state, number, inode, directory);
        var flags = (LookupFlags)AccessCheck.GrantedTo(Caller, state, number, inode);
        if (inode.Has(ExtraAttributes.Immutable))
        {
            flags = (flags & AllButWrite) | LookupFlags.Immutable;
        }

        if (inode.Has(ExtraAttributes.AppendOnly))
        {
            flags = (Caller.KnowsFlags ? flags : flags & AllButWrite) | LookupFlags.AppendOnly;
        }

        if (inode.Has(ExtraAttributes.NoDataCache))
        {
            flags |= LookupFlags.DirectMode;
        }

        if (Caller.Has(SessionFlags.ReadOnly))
        {
            flags |= LookupFlags.ReadOnlyFileSystem;
        }

        var canOpen = inode.IsFile && (flags & CanReadOrWrite) != 0;
        var mayGiveChunk = false;
        var version = 0u;
        if (canOpen)
        {
            attributes = Opening.WithoutDataCache(attributes);
            mayGiveChunk = inode.ChunkSlots > 0 && !Caller.MayNot(DisabledOperations.Read) && FirstChunkIsFree(state, inode, now, out version);
        }

        return new LookupReply(SessionView.NameOf(Caller, number), attributes, flags, mayGiveChunk, mayGiveChunk ? inode.FirstChunk : 0, version);
    }

    private static bool FirstChunkIsFree(NamespaceState state, Inode inode, uint now, out uint version)
    {
        version = 0;
        if (inode.FirstChunk == 0)
        {
            return true;
        }

        if (state.Chunks.Get(inode.FirstChunk) is not { } chunk || chunk.LockedUntil >= now)
        {
            return false;
        }

        version = chunk.Version;
        return true;
    }
}
