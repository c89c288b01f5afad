using MemoryPack;
using MfsHa.Metadata.Kernel;
using MfsHa.Metadata.Operations;
using MfsHa.Metadata.Rules;
using MfsHa.Metadata.State;
using MfsHa.Protocol;

namespace MfsHa.Metadata.Namespace;

/// <summary>
/// TRUNCATE in its four kinds (client-protocol 4.5; mfsmaster/filesystem.c: fs_try_setlength, fs_do_setlength). Where the new end lies inside a chunk,
/// that chunk must be cut on its chunkservers first: then the answer is <see cref="StatusCode.Delayed"/> and nothing has changed
/// until the same command comes with <see cref="IsCut"/>.
/// </summary>
/// <param name="Inode">The file, as the session calls it.</param>
/// <param name="Flags">Which kind.</param>
/// <param name="Length">New length, or bytes to reserve.</param>
/// <param name="IsCut">True when the checks were made and the chunk at the new end is cut.</param>
/// <param name="Caller">On whose behalf.</param>
[MemoryPackable]
public sealed partial record SetLength(uint Inode, TruncateFlags Flags, ulong Length, bool IsCut, Caller Caller) : Command
{
    /// <inheritdoc/>
    public override uint RoutingInode => Caller.Real(Inode);

    private bool IsOpened => (Flags & TruncateFlags.Opened) != 0;

    private bool Updates => (Flags & TruncateFlags.Update) != 0;

    private bool Reserves => (Flags & TruncateFlags.Reserve) != 0;

    /// <inheritdoc/>
    public override bool MayChangeNothing => true;

    /// <inheritdoc/>
    public override Reply? AnswerWithoutChange(NamespaceState state, in OperationContext context)
    {
        var status = Check(state, out var number, out var inode);
        if (status != StatusCode.Ok)
        {
            return StatusReply.Of(status);
        }

        return Updates && !Reserves && Length <= inode!.Length && (state.AppendReservations.Get(number)?.End ?? ulong.MaxValue) > Length
            ? ReplyFor(state, number, inode, inode.Length)
            : null;
    }

    /// <inheritdoc/>
    public override Reply Execute(NamespaceState state, in OperationContext context)
    {
        var status = Check(state, out var number, out var inode);
        if (status != StatusCode.Ok)
        {
            return StatusReply.Of(status);
        }

        var before = inode!.Length;
        if (Reserves)
        {
            before = Math.Max(before, state.AppendReservations.Get(number)?.End ?? 0);
            state.AppendReservations.Set(number, new AppendReservation(before + Length));
            return ReplyFor(state, number, inode, before);
        }

        if (!Updates)
        {
            var keepsTimes = Length == before && (Flags & TruncateFlags.TimeFix) != 0;
            inode = state.SetFileLength(number, inode, Length, keepsTimes ? null : context.Now);
        }
        else if (Length > before)
        {
            inode = state.SetFileLength(number, inode, Length, touched: null);
        }

        if (Updates)
        {
            // Stock masters forget the reservations of all appenders here; those beyond the written data are still needed.
            state.DropReservation(number, reached: Length);
        }
        else
        {
            state.DropReservation(number);
        }

        return ReplyFor(state, number, inode, before);
    }

    private LengthReply ReplyFor(NamespaceState state, uint number, Inode inode, ulong before) =>
        new(before, inode.Length, AttributeView.Of(Caller, state, number, inode, through: null));

    internal StatusCode Check(NamespaceState state, out uint number, out Inode? inode)
    {
        if (IsCut)
        {
            return SessionView.TryFind(Caller, state, Inode, IsOpened, out number, out inode) && inode.IsFile ? StatusCode.Ok : StatusCode.ENoEnt;
        }

        number = 0;
        inode = null;
        const DisabledOperations Both = DisabledOperations.Truncate | DisabledOperations.SetLength;
        if (Updates || Reserves ? Caller.MayNot(DisabledOperations.Write) : (Caller.Disables & Both) == Both)
        {
            return StatusCode.EPerm;
        }

        if (Caller.Has(SessionFlags.ReadOnly))
        {
            return StatusCode.ERofs;
        }

        if (!SessionView.TryFind(Caller, state, Inode, IsOpened, out number, out inode))
        {
            return StatusCode.ENoEnt;
        }

        if (inode.Has(ExtraAttributes.Immutable) || (!Updates && !Reserves && inode.Has(ExtraAttributes.AppendOnly)))
        {
            return StatusCode.EPerm;
        }

        if (!IsOpened && !AccessCheck.Allows(Caller, state, number, inode, AccessMask.Write))
        {
            return StatusCode.EAcces;
        }

        return inode.IsFile ? CheckLength(state, number, inode) : StatusCode.EPerm;
    }

    private StatusCode CheckLength(NamespaceState state, uint number, Inode inode)
    {
        var target = Length;
        if (Reserves)
        {
            target += Math.Max(inode.Length, state.AppendReservations.Get(number)?.End ?? 0);
        }

        if (target < Length || FileLength.IsTooLong(target))
        {
            return StatusCode.IndexTooBig;
        }

        if (Updates)
        {
            return StatusCode.Ok;
        }

        if (!Reserves && Caller.MayNot(target < inode.Length
            ? DisabledOperations.Truncate
            : target > inode.Length ? DisabledOperations.SetLength : DisabledOperations.None))
        {
            return StatusCode.EPerm;
        }

        if (target > inode.Length && GrowthExceedsQuota(state, number, inode, target))
        {
            return StatusCode.Quota;
        }

        return !Reserves && target != inode.Length && FileLength.CutAt(target) is { } cut && state.ChunkAt(number, inode, cut.Index) != 0
            ? StatusCode.Delayed
            : StatusCode.Ok;
    }

    /// <summary>Growing occupies more of the chunk that the file ends in, if there is one; what comes behind it is a hole.</summary>
    private static bool GrowthExceedsQuota(NamespaceState state, uint number, Inode inode, ulong length)
    {
        var last = FileLength.LastChunk(inode.Length);
        long size = 0;
        if (state.ChunkAt(number, inode, last) != 0)
        {
            var occupied = FileLength.LastChunk(length) > last ? FileLength.OccupiedByFullChunk : FileLength.OccupiedInLastChunk(length);
            size = occupied - FileLength.OccupiedInLastChunk(inode.Length);
        }

        var real = state.MostRealSize(inode.StorageClass, size);
        return state.FileExceedsQuota(number, inode, new TotalsChange(0, Length: (long)(length - inode.Length), Size: size, RealSize: real));
    }
}
