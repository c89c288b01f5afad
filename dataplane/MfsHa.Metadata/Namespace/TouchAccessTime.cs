using MemoryPack;
using MfsHa.Metadata.Operations;
using MfsHa.Metadata.Rules;
using MfsHa.Metadata.State;
using MfsHa.Protocol;

namespace MfsHa.Metadata.Namespace;

/// <summary>
/// READDIR or READLINK has read an object: its access time becomes now where ATIME_MODE says so (client-protocol 7.3). Unlike times that clients report it may
/// go back, as with stock masters. Nothing happens if it is no longer due or the object has gone.
/// </summary>
/// <param name="Inode">Real number.</param>
[MemoryPackable]
public sealed partial record TouchAccessTime(uint Inode) : Command
{
    /// <inheritdoc/>
    public override uint RoutingInode => Inode;

    /// <inheritdoc/>
    public override Reply Execute(NamespaceState state, in OperationContext context)
    {
        if (state.Inodes.Get(Inode) is { } inode && AccessTimes.IsDue(state.Settings.AccessTimes, inode, context.Now))
        {
            state.Inodes.Set(Inode, inode with { AccessTime = context.Now });
        }

        return StatusReply.Ok;
    }
}
