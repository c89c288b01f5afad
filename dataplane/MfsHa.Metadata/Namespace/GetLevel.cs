using MemoryPack;
using MfsHa.Metadata.Operations;
using MfsHa.Metadata.State;

namespace MfsHa.Metadata.Namespace;

/// <summary>How many levels a directory lies below the root, <paramref name="Limit"/> if at least so many or if it is nowhere. For the cluster's own use.</summary>
/// <param name="Directory">Real number.</param>
/// <param name="Limit">What is asked for: how deep it lies matters only above that.</param>
[MemoryPackable]
public sealed partial record GetLevel(uint Directory, int Limit) : Query
{
    /// <inheritdoc/>
    public override uint RoutingInode => Directory;

    /// <inheritdoc/>
    public override Reply Execute(NamespaceState state, in OperationContext context)
    {
        var directory = Directory;
        var level = 0;
        while (level < Limit && directory != NamespaceState.RootInode && state.Inodes.Get(directory) is { Parent: not 0 } inode)
        {
            level++;
            directory = inode.Parent;
        }

        return new CountReply(directory == NamespaceState.RootInode ? level : Limit);
    }
}
