using MfsHa.Metadata.Kernel;
using MfsHa.Metadata.Operations;
using MfsHa.Protocol;

namespace MfsHa.Metadata.State;

/// <content>Where other parts of the state take part in the verbs of the tree. A part that is not there does nothing.</content>
public sealed partial class NamespaceState
{
    /// <summary>Sixteenths of one copy: what <see cref="Inode.SpaceFactor"/> counts in.</summary>
    public const ushort OneCopy = 16;

    /// <summary>What a byte occupies in this storage class, in sixteenths of itself.</summary>
    public ushort SpaceFactorOf(byte storageClass)
    {
        // The predefined classes 1..9 keep as many copies as their number says.
        var factor = (ushort)(storageClass is >= 1 and <= 9 ? storageClass * OneCopy : OneCopy);
        FindSpaceFactor(storageClass, ref factor);
        return factor;
    }

    /// <summary>True when a quota of the directory or of one above it has no room for this.</summary>
    public bool ExceedsQuota(uint directory, in TotalsChange added)
    {
        var exceeded = false;
        TestQuota(directory, added, ref exceeded);
        return exceeded;
    }

    /// <summary>True when a quota above any link of a file has no room for its growth.</summary>
    public bool FileExceedsQuota(uint number, Inode inode, in TotalsChange added)
    {
        if (inode.Parent == 0)
        {
            return false;
        }

        if (ExceedsQuota(inode.Parent, added))
        {
            return true;
        }

        if (inode.LinkCount > 1)
        {
            foreach (var (parent, _) in FurtherLinks(number))
            {
                if (ExceedsQuota(parent, added))
                {
                    return true;
                }
            }
        }

        return false;
    }

    /// <summary>True when a quota above <paramref name="destination"/> that does not also count <paramref name="source"/> has no room for this.</summary>
    public bool ExceedsQuotaOfMove(uint destination, uint source, in TotalsChange added)
    {
        var exceeded = false;
        if (destination != source)
        {
            TestQuotaOfMove(destination, source, added, ref exceeded);
        }

        return exceeded;
    }

    /// <summary>Clips the space that STATFS shows by the quotas on the way from a directory to the root (mfsmaster/filesystem.c: fsnodes_quota_fixspace).</summary>
    public void ClipSpace(uint directory, ref ulong total, ref ulong available) => ClipByQuotas(directory, ref total, ref available);

    /// <summary>The object as the name patterns want it (new or renamed).</summary>
    public Inode WithPatterns(Caller caller, Name name, uint number, Inode inode)
    {
        ApplyPatterns(caller, name, number, ref inode);
        return inode;
    }

    partial void FindSpaceFactor(byte storageClass, ref ushort sixteenths);

    partial void TestQuota(uint directory, in TotalsChange added, ref bool exceeded);

    partial void TestQuotaOfMove(uint destination, uint source, in TotalsChange added, ref bool exceeded);

    partial void ClipByQuotas(uint directory, ref ulong total, ref ulong available);

    partial void ApplyPatterns(Caller caller, Name name, uint number, ref Inode inode);

    /// <summary>An object was created.</summary>
    partial void OnCreated(uint number, Inode inode);

    /// <summary>An object is about to go: extended attributes, locks, quota.</summary>
    partial void OnRemoving(uint number, Inode inode);

    /// <summary>A session no longer has an inode open: its locks go.</summary>
    partial void OnClosed(uint session, uint number);
}
