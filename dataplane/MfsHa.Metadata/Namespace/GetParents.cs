using MemoryPack;
using MfsHa.Metadata.Kernel;
using MfsHa.Metadata.Operations;
using MfsHa.Metadata.Rules;
using MfsHa.Metadata.State;
using MfsHa.Protocol;

namespace MfsHa.Metadata.Namespace;

/// <summary>PARENTS (client-protocol 3.5; mfsmaster/filesystem.c: fs_get_parents_data): the directories that an object has entries in, once per entry.</summary>
/// <param name="Inode">The object, as the session calls it.</param>
/// <param name="Caller">On whose behalf.</param>
[MemoryPackable]
public sealed partial record GetParents(uint Inode, Caller Caller) : Query
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

        var parents = new List<uint>();
        foreach (var (directory, _) in state.LinksOf(number, inode))
        {
            if (number != Caller.RootInode && state.IsAtOrBelow(Caller.RootInode, directory))
            {
                parents.Add(SessionView.NameOf(Caller, directory));
            }
        }

        return new InodesReply([.. parents]);
    }
}
