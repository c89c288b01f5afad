using MfsHa.Metadata.Operations;
using MfsHa.Metadata.Rules;
using MfsHa.Metadata.State;
using MfsHa.Protocol;

namespace MfsHa.Metadata.Chunks;

/// <summary>Rules of TRUNCATE's four kinds (client-protocol 4.5; mfsmaster/filesystem.c: fs_try_setlength, fs_do_setlength).</summary>
internal static class Truncation
{
    private const TruncateFlags PartOfWrite = TruncateFlags.Update | TruncateFlags.Reserve;

    /// <summary>Why a file cannot get a length; <see cref="StatusCode.Ok"/> if it can.</summary>
    public static StatusCode WhyNot(
        Caller caller, NamespaceState state, uint named, TruncateFlags flags, ulong length, out uint number, out Inode? inode)
    {
        (number, inode) = (0, null);
        var status = WhyNotAtAll(caller, flags);
        if (status != StatusCode.Ok)
        {
            return status;
        }

        if (!SessionView.TryFind(caller, state, named, (flags & TruncateFlags.Opened) != 0, out number, out inode))
        {
            return StatusCode.ENoEnt;
        }

        if (inode.Has(ExtraAttributes.Immutable) || (inode.Has(ExtraAttributes.AppendOnly) && (flags & PartOfWrite) == 0))
        {
            return StatusCode.EPerm;
        }

        if ((flags & TruncateFlags.Opened) == 0 && !AccessCheck.Allows(caller, state, number, inode, AccessMask.Write))
        {
            return StatusCode.EAcces;
        }

        if (!inode.IsFile)
        {
            return StatusCode.EPerm;
        }

        return WhyNotLength(caller, state, flags, length, number, inode);
    }

    /// <summary>The end behind which the next reservation begins.</summary>
    public static ulong VirtualEnd(NamespaceState state, uint number, Inode inode) =>
        Math.Max(inode.Length, state.AppendReservations.Get(number)?.End ?? 0);

    /// <summary>The chunk that must be cut before the file gets the length; null if there is none.</summary>
    public static (uint Index, uint Bytes, ulong Chunk)? Cut(NamespaceState state, TruncateFlags flags, ulong length, uint number, Inode inode)
    {
        if ((flags & PartOfWrite) != 0 || length == inode.Length || FileLength.CutAt(length) is not { } cut)
        {
            return null;
        }

        var chunk = state.ChunkAt(number, inode, cut.Index);
        return chunk == 0 ? null : (cut.Index, cut.Bytes, chunk);
    }

    /// <summary>Gives the file the length; nothing has to be cut any more. The times stay with "time fix" if the length is the same.</summary>
    public static LengthReply Finish(Caller caller, NamespaceState state, TruncateFlags flags, ulong length, uint number, Inode inode, uint now)
    {
        var previous = inode.Length;
        var touched = length == previous && (flags & TruncateFlags.TimeFix) != 0 ? (uint?)null : now;
        inode = state.SetFileLength(number, inode, length, touched);
        state.DropReservation(number);
        return Reply(caller, state, previous, number, inode);
    }

    /// <summary>The answer.</summary>
    public static LengthReply Reply(Caller caller, NamespaceState state, ulong previous, uint number, Inode inode) =>
        new(previous, inode.Length, AttributeView.Of(caller, state, number, inode, through: null))
        {
            OtherSessions = ChunkRules.OthersWithOpen(state, number, caller.Session),
        };

    /// <summary>Data has been written up to a length: a reservation that ends there is used up.</summary>
    public static void DropReachedReservation(NamespaceState state, uint number, ulong length)
    {
        if (state.AppendReservations.Get(number) is { } reservation && length >= reservation.End)
        {
            state.AppendReservations.Remove(number);
        }
    }

    private static StatusCode WhyNotAtAll(Caller caller, TruncateFlags flags)
    {
        const DisabledOperations both = DisabledOperations.Truncate | DisabledOperations.SetLength;
        var forbidden = (flags & PartOfWrite) != 0 ? caller.MayNot(DisabledOperations.Write) : (caller.Disables & both) == both;
        return forbidden ? StatusCode.EPerm : caller.WhyNotChange(DisabledOperations.None);
    }

    private static StatusCode WhyNotLength(Caller caller, NamespaceState state, TruncateFlags flags, ulong length, uint number, Inode inode)
    {
        if ((flags & TruncateFlags.Reserve) != 0)
        {
            var end = VirtualEnd(state, number, inode);
            if (length > ulong.MaxValue - end || FileLength.IsTooLong(end + length))
            {
                return StatusCode.IndexTooBig;
            }

            length += end;
        }
        else if (FileLength.IsTooLong(length))
        {
            return StatusCode.IndexTooBig;
        }

        if ((flags & TruncateFlags.Update) != 0)
        {
            return StatusCode.Ok;
        }

        if ((flags & TruncateFlags.Reserve) == 0
            && ((length < inode.Length && caller.MayNot(DisabledOperations.Truncate)) || (length > inode.Length && caller.MayNot(DisabledOperations.SetLength))))
        {
            return StatusCode.EPerm;
        }

        return length > inode.Length && state.ExceedsQuotaOf(number, inode, Growth(state, length, number, inode)) ? StatusCode.Quota : StatusCode.Ok;
    }

    // The chunk in which the file ends now is the only one that grows.
    private static TotalsChange Growth(NamespaceState state, ulong length, uint number, Inode inode)
    {
        var last = FileLength.LastChunk(inode.Length);
        long size = 0;
        if (state.ChunkAt(number, inode, last) != 0)
        {
            var after = FileLength.LastChunk(length) > last ? FileLength.OccupiedByFullChunk : FileLength.OccupiedInLastChunk(length);
            size = after - FileLength.OccupiedInLastChunk(inode.Length);
        }

        return new TotalsChange(0, Length: (long)(length - inode.Length), Size: size, RealSize: state.MostRealSize(inode.StorageClass, size));
    }
}
