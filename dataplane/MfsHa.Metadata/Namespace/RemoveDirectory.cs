using MemoryPack;
using MfsHa.Metadata.Kernel;
using MfsHa.Metadata.Operations;
using MfsHa.Metadata.Rules;
using MfsHa.Metadata.State;
using MfsHa.Protocol;

namespace MfsHa.Metadata.Namespace;

/// <summary>RMDIR (client-protocol 3.4; mfsmaster/filesystem.c: fs_rmdir).</summary>
/// <param name="Parent">The directory, as the session calls it.</param>
/// <param name="Name">The entry; it must name an empty directory.</param>
/// <param name="Caller">On whose behalf.</param>
[MemoryPackable]
public sealed partial record RemoveDirectory(uint Parent, Name Name, Caller Caller) : Command
{
    /// <inheritdoc/>
    public override uint RoutingInode => Caller.Real(Parent);

    /// <inheritdoc/>
    public override bool StillHolds(NamespaceState state, Reply first) => SessionEntry.Find(Caller, state, Parent, Name) is null;

    /// <inheritdoc/>
    public override Reply Execute(NamespaceState state, in OperationContext context)
    {
        var status = Removal.Check(Caller, state, Parent, Name, DisabledOperations.RemoveDirectory, out var directory, out var entry, out var inode);
        if (status == StatusCode.Ok)
        {
            status = !inode!.IsDirectory ? StatusCode.ENotDir : inode.Entries != 0 ? StatusCode.ENotEmpty : StatusCode.Ok;
        }

        if (status != StatusCode.Ok)
        {
            return StatusReply.Of(status);
        }

        state.Unlink(directory, Name, entry!, context.Now);
        return new InodeReply(entry!.Inode);
    }
}
