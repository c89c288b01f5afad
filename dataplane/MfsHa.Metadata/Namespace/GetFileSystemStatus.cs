using MemoryPack;
using MfsHa.Metadata.Kernel;
using MfsHa.Metadata.Operations;
using MfsHa.Metadata.Rules;
using MfsHa.Metadata.State;
using MfsHa.Protocol;

namespace MfsHa.Metadata.Namespace;

/// <summary>STATFS (client-protocol 3.4; mfsmaster/filesystem.c: fs_statfs).</summary>
/// <param name="Total">Bytes of all chunkservers.</param>
/// <param name="Available">Bytes that clients may still use.</param>
/// <param name="Free">Bytes that are free.</param>
/// <param name="Caller">On whose behalf.</param>
[MemoryPackable]
public sealed partial record GetFileSystemStatus(ulong Total, ulong Available, ulong Free, Caller Caller) : Query
{
    /// <inheritdoc/>
    public override uint RoutingInode => Caller.RootInode;

    /// <inheritdoc/>
    public override Reply Execute(NamespaceState state, in OperationContext context)
    {
        var counters = state.Counters;
        var whole = Caller.RootInode == NamespaceState.RootInode;
        var trash = whole ? (ulong)counters.TrashLength : 0;
        var sustained = whole ? (ulong)counters.SustainedLength : 0;
        if (state.Totals.Get(Caller.RootInode) is not { } totals)
        {
            return new FileSystemReply(0, 0, 0, trash, sustained, 0);
        }

        var (total, available, free) = (Total, Available, Free);
        state.ClipSpace(Caller.RootInode, ref total, ref available);
        state.ClipSpace(Caller.RootInode, ref total, ref free);
        return new FileSystemReply(total, available, free, trash, sustained, (uint)Math.Min(totals.Inodes + 1, uint.MaxValue));
    }
}
