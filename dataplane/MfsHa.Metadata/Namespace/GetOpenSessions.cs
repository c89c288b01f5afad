using MemoryPack;
using MfsHa.Metadata.Kernel;
using MfsHa.Metadata.Operations;
using MfsHa.Metadata.Rules;
using MfsHa.Metadata.State;
using MfsHa.Protocol;

namespace MfsHa.Metadata.Namespace;

/// <summary>Which sessions have an inode open: who must hear of its changes (client-protocol 3.8).</summary>
/// <param name="Inode">Real number.</param>
[MemoryPackable]
public sealed partial record GetOpenSessions(uint Inode) : Query
{
    /// <inheritdoc/>
    public override uint RoutingInode => Inode;

    /// <inheritdoc/>
    public override Reply Execute(NamespaceState state, in OperationContext context) => new SessionsReply(state.OpenByInode.Get(Inode)?.Sessions ?? []);
}
