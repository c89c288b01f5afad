using MemoryPack;
using MfsHa.Metadata.Operations;
using MfsHa.Metadata.Rules;
using MfsHa.Metadata.State;
using MfsHa.Protocol;

namespace MfsHa.Metadata.Trash;

/// <summary>GETDETACHEDATTR (client-protocol 3.7; mfsmaster/filesystem.c: fs_getdetachedattr). EPERM (no meta session), EINVAL, ENOENT.</summary>
/// <param name="Inode">The file.</param>
/// <param name="Kind">0 any, 1 trash, 2 sustained.</param>
/// <param name="Caller">On whose behalf.</param>
[MemoryPackable]
public sealed partial record GetDetachedAttributes(uint Inode, byte Kind, Caller Caller) : Query
{
    private const byte AnyKind = 0;
    private const byte TrashKind = 1;
    private const byte SustainedKind = 2;

    /// <inheritdoc/>
    public override uint RoutingInode => Inode;

    /// <inheritdoc/>
    public override Reply Execute(NamespaceState state, in OperationContext context)
    {
        if (Caller.RootInode != 0)
        {
            return StatusReply.Of(StatusCode.EPerm);
        }

        if (Kind > SustainedKind)
        {
            return StatusReply.Of(StatusCode.EInval);
        }

        var found = state.Inodes.Get(Inode);
        var matches = found?.Type switch
        {
            NodeType.Trash => Kind is AnyKind or TrashKind,
            NodeType.Sustained => Kind is AnyKind or SustainedKind,
            _ => false,
        };
        return matches ? new NodeReply(Inode, View(state, Inode, found!)) : StatusReply.Of(StatusCode.ENoEnt);
    }

    /// <summary>The attributes as the owner sees them.</summary>
    internal static AttributeRecord View(NamespaceState state, uint number, Inode inode)
    {
        var owner = new Caller
        {
            Session = 0,
            Uid = inode.Uid,
            Gids = [inode.Gid],
            OriginalUid = inode.Uid,
            OriginalGid = inode.Gid,
            RootInode = 0,
            SessionFlags = SessionFlags.None,
        };
        return AttributeView.Of(owner, state, number, inode, through: null);
    }
}
