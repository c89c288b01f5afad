using MemoryPack;
using MfsHa.Metadata.Kernel;
using MfsHa.Metadata.Operations;
using MfsHa.Metadata.Rules;
using MfsHa.Metadata.State;
using MfsHa.Protocol;

namespace MfsHa.Metadata.Namespace;

/// <summary>MKDIR (client-protocol 3.4; mfsmaster/filesystem.c: fs_mkdir).</summary>
/// <param name="Parent">The directory, as the session calls it.</param>
/// <param name="Name">Name of the new directory.</param>
/// <param name="Mode">Permission bits.</param>
/// <param name="Umask">Bits taken off them.</param>
/// <param name="CopySgid">True: a set-group-id bit of the parent is inherited.</param>
/// <param name="Caller">On whose behalf.</param>
[MemoryPackable]
public sealed partial record MakeDirectory(uint Parent, Name Name, ushort Mode, ushort Umask, bool CopySgid, Caller Caller) : Command
{
    // Not a nullable: it would be serialised with what lies between its two fields.
    [MemoryPackInclude]
    private int home = -1;

    /// <summary>The shard that the directory is made in; null = its parent's. Chosen by the leader before the command is proposed.</summary>
    [MemoryPackIgnore]
    public ushort? Home
    {
        get => home < 0 ? null : (ushort)home;
        init => home = value ?? -1;
    }

    /// <inheritdoc/>
    public override uint RoutingInode => Caller.Real(Parent);

    /// <inheritdoc/>
    public override bool StillHolds(NamespaceState state, Reply first) => first is NodeReply made && SessionEntry.LeadsTo(Caller, state, Parent, Name, made.Inode);

    /// <inheritdoc/>
    public override Reply Execute(NamespaceState state, in OperationContext context)
    {
        var status = Caller.WhyNotChange(DisabledOperations.MakeDirectory);
        if (status != StatusCode.Ok)
        {
            return StatusReply.Of(status);
        }

        var order = new CreationOrder(NodeType.Directory, Mode, Umask, CopySgid, Home: Home);
        status = Creation.TryCreate(Caller, state, Parent, Name, order, context.Now, out var created);
        return status == StatusCode.Ok ? Creation.ReplyFor(Caller, state, created) : StatusReply.Of(status);
    }
}
