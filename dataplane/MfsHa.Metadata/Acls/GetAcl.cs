using MemoryPack;
using MfsHa.Metadata.Operations;
using MfsHa.Metadata.Rules;
using MfsHa.Metadata.State;
using MfsHa.Protocol;

namespace MfsHa.Metadata.Acls;

/// <summary>GETFACL (client-protocol 3.4; mfsmaster/filesystem.c: fs_getfacl_size). ENOENT, EINVAL (type), ENOATTR.</summary>
/// <param name="Inode">The object, as the session calls it.</param>
/// <param name="Type">Access or default.</param>
/// <param name="Caller">On whose behalf.</param>
[MemoryPackable]
public sealed partial record GetAcl(uint Inode, AclType Type, Caller Caller) : Query
{
    /// <inheritdoc/>
    public override uint RoutingInode => Caller.Real(Inode);

    /// <inheritdoc/>
    public override Reply Execute(NamespaceState state, in OperationContext context)
    {
        if (!SessionView.TryFind(Caller, state, Inode, out var number, out var inode))
        {
            return StatusReply.Of(StatusCode.ENoEnt);
        }

        if (Type is not (AclType.Access or AclType.Default))
        {
            return StatusReply.Of(StatusCode.EInval);
        }

        var acl = Type == AclType.Access ? state.AccessAcl(number, inode) : state.DefaultAcl(number, inode);
        return acl is null ? StatusReply.Of(StatusCode.ENoAttr) : new AclReply(acl);
    }
}
