using MemoryPack;
using MfsHa.Metadata.Operations;
using MfsHa.Metadata.State;
using MfsHa.Protocol;

namespace MfsHa.Metadata.Chunks;

/// <summary>
/// TRUNCATE as far as no chunk must be cut: "at least that long" (update), the reservation of an append, and real truncates between chunks, in holes or to a
/// larger length (client-protocol 4.5). The supervisor tries it first; <see cref="StatusCode.Delayed"/> says that a chunk must be cut:
/// <see cref="BeginTruncate"/>. Carries the client's stamp: a reservation must not be made twice.
/// <para>Errors: EPERM, EROFS, ENOENT, EACCES, INDEXTOOBIG, QUOTA.</para>
/// </summary>
/// <param name="Inode">The file, as the session calls it.</param>
/// <param name="Flags">Which kind.</param>
/// <param name="Length">Length; for a reservation the bytes to reserve.</param>
/// <param name="Caller">On whose behalf.</param>
[MemoryPackable]
public sealed partial record SetLength(uint Inode, TruncateFlags Flags, ulong Length, Caller Caller) : Command
{
    /// <inheritdoc/>
    public override uint RoutingInode => Caller.Real(Inode);

    /// <inheritdoc/>
    public override Reply Execute(NamespaceState state, in OperationContext context)
    {
        var status = Truncation.WhyNot(Caller, state, Inode, Flags, Length, out var number, out var inode);
        if (status == StatusCode.Ok && Truncation.Cut(state, Flags, Length, number, inode!) is not null)
        {
            status = StatusCode.Delayed;
        }

        if (status != StatusCode.Ok)
        {
            return StatusReply.Of(status);
        }

        if ((Flags & TruncateFlags.Reserve) != 0)
        {
            var end = Truncation.VirtualEnd(state, number, inode!);
            state.AppendReservations.Set(number, new AppendReservation(end + Length));
            return Truncation.Reply(Caller, state, end, number, inode!);
        }

        if ((Flags & TruncateFlags.Update) == 0)
        {
            return Truncation.Finish(Caller, state, Flags, Length, number, inode!, context.Now);
        }

        var previous = inode!.Length;
        if (Length > previous)
        {
            inode = state.SetFileLength(number, inode, Length, touched: null);
        }

        // Stock masters forget the reservations of all appenders here; those beyond the written data are still needed.
        Truncation.DropReachedReservation(state, number, Length);
        return Truncation.Reply(Caller, state, previous, number, inode);
    }
}
