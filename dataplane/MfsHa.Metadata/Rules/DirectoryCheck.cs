using System.Diagnostics.CodeAnalysis;
using MfsHa.Metadata.Kernel;
using MfsHa.Metadata.Operations;
using MfsHa.Metadata.State;
using MfsHa.Protocol;

namespace MfsHa.Metadata.Rules;

/// <summary>Checks that all changes of a directory's entries share, in the order in which mfsmaster makes them.</summary>
public static class DirectoryCheck
{
    /// <summary>
    /// True when the caller may put an object under this name: the directory exists and may be written, the name is valid and free,
    /// quotas have room. Otherwise <paramref name="status"/> says why not.
    /// </summary>
    public static bool CanAdd(
        Caller caller, NamespaceState state, uint directory, Name name, in TotalsChange added, out uint number, [NotNullWhen(true)] out Inode? parent, out StatusCode status)
    {
        status = SessionView.TryFindDirectory(caller, state, directory, out number, out parent)
            ? WhyNotAdd(caller, state, number, parent, name, added)
            : StatusCode.ENoEnt;
        return status == StatusCode.Ok;
    }

    /// <summary>Why an object cannot be put under this name of a directory that was found; <see cref="StatusCode.Ok"/> if it can.</summary>
    public static StatusCode WhyNotAdd(Caller caller, NamespaceState state, uint number, Inode parent, Name name, in TotalsChange added)
    {
        var status = WhyNotChange(caller, state, number, parent, ExtraAttributes.Immutable);
        if (status != StatusCode.Ok)
        {
            return status;
        }

        if (!NameCheck.IsValid(name))
        {
            return StatusCode.EInval;
        }

        if (state.Entries.Contains((number, name)))
        {
            return StatusCode.EExist;
        }

        return state.ExceedsQuota(number, added) ? StatusCode.Quota : StatusCode.Ok;
    }

    /// <summary>Why entries of a directory cannot be changed; <see cref="StatusCode.Ok"/> if they can.</summary>
    /// <param name="caller">Who.</param>
    /// <param name="state">The state.</param>
    /// <param name="number">The directory.</param>
    /// <param name="directory">Its record.</param>
    /// <param name="forbidding">Extra attributes of the directory that forbid it.</param>
    public static StatusCode WhyNotChange(Caller caller, NamespaceState state, uint number, Inode directory, ExtraAttributes forbidding)
    {
        if (!directory.IsDirectory)
        {
            return StatusCode.ENotDir;
        }

        if (directory.Has(forbidding))
        {
            return StatusCode.EPerm;
        }

        return AccessCheck.Allows(caller, state, number, directory, AccessMask.Write | AccessMask.Execute) ? StatusCode.Ok : StatusCode.EAcces;
    }
}
