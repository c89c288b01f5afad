using MemoryPack;
using MfsHa.Metadata.Operations;
using MfsHa.Metadata.State;

namespace MfsHa.Metadata.Namespace;

/// <summary>GETATTR (client-protocol 3.4; mfsmaster/filesystem.c: fs_getattr).</summary>
/// <param name="Inode">The object, as the session calls it.</param>
/// <param name="Opened">True: the object need not lie below the session's root.</param>
/// <param name="Caller">On whose behalf.</param>
[MemoryPackable]
public sealed partial record GetAttributes(uint Inode, bool Opened, Caller Caller) : Query
{
    /// <inheritdoc/>
    public override uint RoutingInode => Inode;

    /// <inheritdoc/>
    public override Reply Execute(NamespaceState state, in OperationContext context) => throw new NotImplementedException();
}
