using MfsHa.Metadata.Kernel;
using MfsHa.Protocol;

namespace MfsHa.Metadata.State;

/// <content>Totals of subtrees, kept exact with every change (client-protocol 7.6).</content>
public sealed partial class NamespaceState
{
    /// <summary>More directories on the way to the root than any tree has: a longer way is a cycle.</summary>
    public const int MaxDepth = 1_000_000;

    /// <summary>Adds a change to a directory and to all directories above it that this shard holds.</summary>
    public void AdjustTotals(uint directory, in TotalsChange change)
    {
        if (change.IsEmpty)
        {
            return;
        }

        for (var depth = 0; depth < MaxDepth; depth++)
        {
            if (Totals.Get(directory) is not { } totals)
            {
                return;
            }

            Totals.Set(directory, totals.Plus(change));
            if (directory == RootInode)
            {
                return;
            }

            // A transaction that holds the directory counts with it when it moves it: until then it counts where it is.
            var parent = (Inodes.GetUnlocked(directory) ?? throw new InvariantException($"directory {directory} has totals and no record")).Parent;
            if (IsElsewhere(parent))
            {
                ReportTotalsSoon(directory);
                return;
            }

            directory = parent;
        }

        throw new InvariantException($"directory {directory} is its own ancestor");
    }

    /// <summary>Adds a change once for every link of an object.</summary>
    public void AdjustTotalsOfParents(uint number, Inode inode, in TotalsChange change)
    {
        if (inode.Parent == 0 || change.IsEmpty)
        {
            return;
        }

        if (IsElsewhere(number))
        {
            throw new InvariantException($"totals above inode {number} are another shard's affair");
        }

        AdjustTotalsOfParent(number, inode.Parent, change);
        if (inode.LinkCount > 1 && !inode.IsDirectory)
        {
            foreach (var (parent, _) in FurtherLinks(number))
            {
                AdjustTotalsOfParent(number, parent, change);
            }
        }
    }

    /// <summary>What an object counts for in each of its parents.</summary>
    public TotalsChange Contribution(uint number, Inode inode) => IsElsewhere(number) ? ContributionElsewhere(number, inode) : inode.Type switch
    {
        NodeType.Directory => Totals.Require(number).WithDirectory(),
        NodeType.File or NodeType.Trash or NodeType.Sustained => FileContribution(number, inode),
        _ => ContributionWithoutContent(inode),
    };

    /// <summary>What an object that is neither directory nor file counts for in each of its parents.</summary>
    internal static TotalsChange ContributionWithoutContent(Inode inode) => inode.Type == NodeType.Symlink ? new TotalsChange(1, Length: inode.Target?.Length ?? 0) : TotalsChange.OneObject;

    /// <summary>What a file counts for in each of its parents.</summary>
    /// <param name="inode">The file.</param>
    /// <param name="size">Bytes that its chunks occupy, each once.</param>
    internal static TotalsChange FileContribution(Inode inode, long size) =>
        new(1, 0, 1, inode.ChunkCount, (long)inode.Length, size, size / 16 * inode.SpaceFactor);

    private void AdjustTotalsOfParent(uint number, uint parent, in TotalsChange change)
    {
        if (IsElsewhere(parent))
        {
            ReportTotalsSoon(number);
        }
        else
        {
            AdjustTotals(parent, change);
        }
    }

    private TotalsChange FileContribution(uint number, Inode inode)
    {
        if (inode.ChunkCount == 0)
        {
            return FileContribution(inode, 0);
        }

        var last = FileLength.LastChunk(inode.Length);
        long tail = 0;
        long size = 0;
        for (var index = last; index < inode.ChunkSlots; index++)
        {
            if (ChunkAt(number, inode, index) != 0)
            {
                tail++;
                size += FileLength.OccupiedInSlot(inode.Length, index);
            }
        }

        return FileContribution(inode, size + ((inode.ChunkCount - tail) * FileLength.OccupiedByFullChunk));
    }
}
