using MemoryPack;
using MfsHa.Metadata.Kernel;
using MfsHa.Metadata.Operations;
using MfsHa.Metadata.Rules;
using MfsHa.Metadata.State;
using MfsHa.Protocol;

namespace MfsHa.Metadata.Namespace;

/// <summary>PATHS (client-protocol 3.5; mfsmaster/filesystem.c: fs_get_paths_data): every path of an object from the session's root.</summary>
/// <param name="Inode">The object, as the session calls it.</param>
/// <param name="Caller">On whose behalf.</param>
[MemoryPackable]
public sealed partial record GetPaths(uint Inode, Caller Caller) : Query
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

        if (number == Caller.RootInode)
        {
            return new PathsReply([[(byte)'/']]);
        }

        if (inode.IsDetached)
        {
            var prefix = inode.Type == NodeType.Trash ? "./TRASH ("u8 : "./SUSTAINED ("u8;
            return new PathsReply([[.. prefix, .. state.Detached.Require(number).Path, (byte)')']]);
        }

        var paths = new List<byte[]>();
        foreach (var (directory, edge) in state.LinksOf(number, inode))
        {
            if (state.PathOf(Caller.RootInode, directory, state.Edges.Require((directory, edge)).Name) is { } path)
            {
                paths.Add(path);
            }
        }

        return new PathsReply([.. paths]);
    }
}
