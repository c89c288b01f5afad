using MemoryPack;
using MfsHa.Metadata.Operations;
using MfsHa.Metadata.State;
using MfsHa.Protocol;

namespace MfsHa.Metadata.Namespace;

/// <summary>The path of a directory from the global root, without leading slash; empty for the root. For the cluster's own use.</summary>
/// <param name="Inode">Real number.</param>
[MemoryPackable]
public sealed partial record GetFullPath(uint Inode) : Query
{
    /// <inheritdoc/>
    public override uint RoutingInode => Inode;

    /// <inheritdoc/>
    public override Reply Execute(NamespaceState state, in OperationContext context)
    {
        if (Inode == NamespaceState.RootInode)
        {
            return new PathsReply([[]]);
        }

        return state.FindDirectory(Inode) is { IsDirectory: true, Parent: not 0 } inode
            && state.PathOf(NamespaceState.RootInode, inode.Parent, state.Edges.Require((inode.Parent, inode.ParentEdge)).Name) is { } path
            ? new PathsReply([path])
            : StatusReply.Of(StatusCode.ENoEnt);
    }
}
