using MfsHa.Metadata.Operations;
using MfsHa.Metadata.State;
using MfsHa.Protocol;

namespace MfsHa.Metadata.Trash;

/// <summary>Rules of the meta file system's operations.</summary>
internal static class TrashRules
{
    /// <summary>Why a trash file cannot be used; <see cref="StatusCode.Ok"/> if it can. Only meta sessions may.</summary>
    public static StatusCode WhyNot(Caller caller, NamespaceState state, uint number, bool changes, out Inode? inode)
    {
        inode = null;
        if (caller.RootInode != 0)
        {
            return StatusCode.EPerm;
        }

        if (changes && caller.Has(SessionFlags.ReadOnly))
        {
            return StatusCode.ERofs;
        }

        inode = state.Inodes.Get(number);
        return inode is { Type: NodeType.Trash } ? StatusCode.Ok : StatusCode.ENoEnt;
    }
}
