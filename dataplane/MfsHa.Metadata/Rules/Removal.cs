using MfsHa.Metadata.Kernel;
using MfsHa.Metadata.Operations;
using MfsHa.Metadata.State;
using MfsHa.Protocol;

namespace MfsHa.Metadata.Rules;

/// <summary>Checks that UNLINK and RMDIR share (mfsmaster/filesystem.c: fs_univ_unlink).</summary>
internal static class Removal
{
    /// <summary>Extra attributes of a directory that forbid taking entries out.</summary>
    public const ExtraAttributes Frozen = ExtraAttributes.Immutable | ExtraAttributes.AppendOnly;

    private const ExtraAttributes Kept = ExtraAttributes.Undeletable | ExtraAttributes.Immutable | ExtraAttributes.AppendOnly;

    /// <summary>Why an entry cannot be removed; <see cref="StatusCode.Ok"/> if it can, whatever it names.</summary>
    public static StatusCode Check(
        Caller caller, NamespaceState state, uint parent, Name name, DisabledOperations operation, out uint directory, out DirectoryEntry? entry, out Inode? inode)
    {
        directory = 0;
        entry = null;
        inode = null;
        var status = caller.WhyNotChange(operation);
        if (status != StatusCode.Ok)
        {
            return status;
        }

        if (!SessionView.TryFindDirectory(caller, state, parent, out directory, out var record))
        {
            return StatusCode.ENoEnt;
        }

        status = DirectoryCheck.WhyNotChange(caller, state, directory, record, Frozen);
        if (status != StatusCode.Ok)
        {
            return status;
        }

        if (!NameCheck.IsValid(name))
        {
            return StatusCode.EInval;
        }

        entry = state.Entries.Get((directory, name));
        if (entry is null)
        {
            return StatusCode.ENoEnt;
        }

        inode = state.Inodes.Require(entry.Inode);
        return !AccessCheck.AllowsRemoval(caller, record, inode) || inode.Has(Kept) ? StatusCode.EPerm : StatusCode.Ok;
    }
}
