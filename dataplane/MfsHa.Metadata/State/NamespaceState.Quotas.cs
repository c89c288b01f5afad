namespace MfsHa.Metadata.State;

/// <content>Quotas.</content>
public sealed partial class NamespaceState
{
    /// <summary>True when a quota above an object has no room for this (mfsmaster/filesystem.c: fsnodes_test_quota).</summary>
    public bool ExceedsQuotaOf(uint number, Inode inode, in TotalsChange added)
    {
        if (added.IsEmpty || inode.Parent == 0)
        {
            return false;
        }

        if (ExceedsQuota(inode.Parent, added))
        {
            return true;
        }

        if (inode.LinkCount > 1 && !inode.IsDirectory)
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
}
