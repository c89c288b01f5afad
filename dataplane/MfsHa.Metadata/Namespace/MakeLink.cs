using MemoryPack;
using MfsHa.Metadata.Kernel;
using MfsHa.Metadata.Operations;
using MfsHa.Metadata.Rules;
using MfsHa.Metadata.State;
using MfsHa.Protocol;

namespace MfsHa.Metadata.Namespace;

/// <summary>LINK (client-protocol 3.4; mfsmaster/filesystem.c: fs_link): another entry for an object that is not a directory.</summary>
/// <param name="Inode">The object, as the session calls it.</param>
/// <param name="Parent">Directory of the new entry, as the session calls it.</param>
/// <param name="Name">Name of the new entry.</param>
/// <param name="Caller">On whose behalf.</param>
[MemoryPackable]
public sealed partial record MakeLink(uint Inode, uint Parent, Name Name, Caller Caller) : Command
{
    /// <inheritdoc/>
    public override uint RoutingInode => Caller.Real(Parent);

    /// <inheritdoc/>
    public override bool StillHolds(NamespaceState state, Reply first) => first is NodeReply made && SessionEntry.LeadsTo(Caller, state, Parent, Name, made.Inode);

    /// <inheritdoc/>
    public override Reply Execute(NamespaceState state, in OperationContext context)
    {
        var status = Caller.WhyNotChange(DisabledOperations.Link);
        if (status != StatusCode.Ok)
        {
            return StatusReply.Of(status);
        }

        if (!SessionView.TryFind(Caller, state, Inode, out var number, out var inode)
            || !SessionView.TryFindDirectory(Caller, state, Parent, out var directory, out var parent))
        {
            return StatusReply.Of(StatusCode.ENoEnt);
        }

        status = Check(state, number, inode, directory, parent);
        if (status != StatusCode.Ok)
        {
            return StatusReply.Of(status);
        }

        state.AttachEntry(directory, Name, number, context.Now);
        var attributes = AttributeView.Of(Caller, state, number, state.Inodes.Require(number), state.RequireDirectory(directory));
        return new NodeReply(SessionView.NameOf(Caller, number), attributes);
    }

    private StatusCode Check(NamespaceState state, uint number, Inode inode, uint directory, Inode parent)
    {
        if (inode.Has(ExtraAttributes.Immutable))
        {
            return StatusCode.EPerm;
        }

        if (inode.IsDetached)
        {
            return StatusCode.ENoEnt;
        }

        if (inode.IsDirectory)
        {
            return StatusCode.EPerm;
        }

        return inode.LinkCount >= state.Settings.MaxHardLinks
            ? StatusCode.EMLink
            : DirectoryCheck.WhyNotAdd(Caller, state, directory, parent, Name, state.Contribution(number, inode));
    }
}
