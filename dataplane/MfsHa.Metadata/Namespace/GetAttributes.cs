using MemoryPack;
using MfsHa.Metadata.Kernel;
using MfsHa.Metadata.Operations;
using MfsHa.Metadata.Rules;
using MfsHa.Metadata.State;
using MfsHa.Protocol;

namespace MfsHa.Metadata.Namespace;

/// <summary>GETATTR (client-protocol 3.4; mfsmaster/filesystem.c: fs_getattr).</summary>
/// <param name="Inode">The object, as the session calls it.</param>
/// <param name="Opened">True: the object need not lie below the session's root.</param>
/// <param name="Caller">On whose behalf.</param>
[MemoryPackable]
public sealed partial record GetAttributes(uint Inode, bool Opened, Caller Caller) : Query
{
    /// <inheritdoc/>
    public override uint RoutingInode => Caller.Real(Inode);

    /// <inheritdoc/>
    public override Reply Execute(NamespaceState state, in OperationContext context) =>
        SessionView.TryFind(Caller, state, Inode, Opened, out var number, out var inode)
            ? new NodeReply(SessionView.NameOf(Caller, number), AttributeView.Of(Caller, state, number, inode, through: null))
            : StatusReply.Of(StatusCode.ENoEnt);
}
