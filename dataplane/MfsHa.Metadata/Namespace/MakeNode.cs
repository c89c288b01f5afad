using MemoryPack;
using MfsHa.Metadata.Kernel;
using MfsHa.Metadata.Operations;
using MfsHa.Metadata.Rules;
using MfsHa.Metadata.State;
using MfsHa.Protocol;

namespace MfsHa.Metadata.Namespace;

/// <summary>MKNOD (client-protocol 3.4; mfsmaster/filesystem.c: fs_mknod). A file that it makes is not open.</summary>
/// <param name="Parent">The directory, as the session calls it.</param>
/// <param name="Name">Name of the new object.</param>
/// <param name="Type">File, fifo, socket or device.</param>
/// <param name="Mode">Permission bits.</param>
/// <param name="Umask">Bits taken off them.</param>
/// <param name="Device">Device number of a device.</param>
/// <param name="Caller">On whose behalf.</param>
[MemoryPackable]
public sealed partial record MakeNode(uint Parent, Name Name, NodeType Type, ushort Mode, ushort Umask, uint Device, Caller Caller) : Command
{
    /// <inheritdoc/>
    public override uint RoutingInode => Caller.Real(Parent);

    /// <inheritdoc/>
    public override bool StillHolds(NamespaceState state, Reply first) => first is NodeReply made && SessionEntry.LeadsTo(Caller, state, Parent, Name, made.Inode);

    /// <inheritdoc/>
    public override Reply Execute(NamespaceState state, in OperationContext context)
    {
        var isDevice = Type is NodeType.BlockDevice or NodeType.CharDevice;
        var status = Caller.WhyNotChange(Type switch
        {
            NodeType.Fifo => DisabledOperations.MakeFifo,
            NodeType.BlockDevice or NodeType.CharDevice => DisabledOperations.MakeDevice,
            NodeType.Socket => DisabledOperations.MakeSocket,
            NodeType.File => DisabledOperations.Create,
            _ => DisabledOperations.None,
        });
        if (status == StatusCode.Ok && !isDevice && Type is not (NodeType.File or NodeType.Fifo or NodeType.Socket or NodeType.Directory))
        {
            status = StatusCode.EInval;
        }

        if (status == StatusCode.Ok && isDevice && Caller.Uid != 0)
        {
            status = StatusCode.EPerm;
        }

        if (status != StatusCode.Ok)
        {
            return StatusReply.Of(status);
        }

        var order = new CreationOrder(Type, Mode, Umask, Device: isDevice ? Device : 0);
        status = Creation.TryCreate(Caller, state, Parent, Name, order, context.Now, out var created);
        return status == StatusCode.Ok ? Creation.ReplyFor(Caller, state, created) : StatusReply.Of(status);
    }
}
