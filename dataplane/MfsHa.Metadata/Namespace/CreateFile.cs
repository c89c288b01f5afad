using MemoryPack;
using MfsHa.Metadata.Kernel;
using MfsHa.Metadata.Operations;
using MfsHa.Metadata.Rules;
using MfsHa.Metadata.State;
using MfsHa.Protocol;

namespace MfsHa.Metadata.Namespace;

/// <summary>CREATE (client-protocol 3.4): makes a file and registers it as open for the session.</summary>
/// <param name="Parent">The directory, as the session calls it.</param>
/// <param name="Name">Name of the file.</param>
/// <param name="Mode">Permission bits.</param>
/// <param name="Umask">Bits taken off them.</param>
/// <param name="Caller">On whose behalf.</param>
[MemoryPackable]
public sealed partial record CreateFile(uint Parent, Name Name, ushort Mode, ushort Umask, Caller Caller) : Command
{
    /// <inheritdoc/>
    public override uint RoutingInode => Caller.Real(Parent);

    /// <inheritdoc/>
    public override bool StillHolds(NamespaceState state, Reply first) => first is OpenReply made && SessionEntry.LeadsTo(Caller, state, Parent, Name, made.Inode);

    /// <inheritdoc/>
    public override Reply Execute(NamespaceState state, in OperationContext context)
    {
        var status = Caller.WhyNotChange(DisabledOperations.Create);
        if (status == StatusCode.Ok)
        {
            var order = new CreationOrder(NodeType.File, Mode, Umask);
            status = Creation.TryCreate(Caller, state, Parent, Name, order, context.Now, out var created);
            if (status == StatusCode.Ok)
            {
                state.Open(Caller.Session, created.Number);
                return Opening.ReplyFor(Caller, state, created.Number, created.Inode, created.Directory);
            }
        }

        return StatusReply.Of(status);
    }
}
