using MfsHa.Protocol;

namespace MfsHa.Metadata.State;

/// <content>Changes of a file's length and content that keep totals exact.</content>
public sealed partial class NamespaceState
{
    /// <summary>
    /// Replaces the record of a file whose length, chunks or storage class changed, and brings the totals above it up to date
    /// (mfsmaster/filesystem.c: fsnodes_setlength, fsnodes_add_sub_stats). Take <paramref name="before"/> = <see cref="Contribution"/>
    /// before changing slots.
    /// </summary>
    public void ReplaceFile(uint number, Inode old, Inode inode, in TotalsChange before)
    {
        Inodes.Set(number, inode);
        if (IsElsewhere(number))
        {
            // A new file that shares chunks: its shard counts it when it carries the transaction out.
            Reach!.Act(number, new Sharding.ShareChunks(number));
            return;
        }

        AdjustTotalsOfParents(number, inode, Contribution(number, inode) - before);
        if (old.IsDetached && old.Length != inode.Length)
        {
            var counters = Counters;
            var change = (long)inode.Length - (long)old.Length;
            Counters = old.Type == NodeType.Trash
                ? counters with { TrashLength = counters.TrashLength + change }
                : counters with { SustainedLength = counters.SustainedLength + change };
        }
    }

    /// <summary>
    /// Gives a file a length: chunks behind it are released, totals follow, the snapshot mark goes. Returns the new record, which is set.
    /// </summary>
    /// <param name="number">The file.</param>
    /// <param name="inode">Its record.</param>
    /// <param name="length">Bytes.</param>
    /// <param name="touched">Unix seconds to set as modification and change time; null leaves both.</param>
    public Inode SetFileLength(uint number, Inode inode, ulong length, uint? touched)
    {
        var before = Contribution(number, inode);
        var changed = WithChunksReleased(number, inode, FileLength.ChunksOf(length)) with
        {
            Length = length,
            ExtraAttributes = inode.ExtraAttributes & ~ExtraAttributes.Snapshot,
            SpaceFactor = SpaceFactorOf(inode.StorageClass),
            ModificationTime = touched ?? inode.ModificationTime,
            ChangeTime = touched ?? inode.ChangeTime,
        };
        ReplaceFile(number, inode, changed, before);
        return changed;
    }

    /// <summary>Data was written up to a length: a reservation that ends there is used up.</summary>
    public void DropReservation(uint number, ulong reached)
    {
        if (AppendReservations.Get(number) is { } reservation && reached >= reservation.End)
        {
            AppendReservations.Remove(number);
        }
    }

    /// <summary>Forgets what appenders have reserved behind the end of a file.</summary>
    public void DropReservation(uint number)
    {
        if (AppendReservations.Contains(number))
        {
            AppendReservations.Remove(number);
        }
    }
}
