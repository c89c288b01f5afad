using MfsHa.Node.Configuration.Keys;

namespace MfsHa.Node.Configuration;

/// <summary>How the process runs.</summary>
/// <param name="User">User to become when started by root: a name or #number.</param>
/// <param name="Group">Group to become; empty for the user's own.</param>
/// <param name="FileMask">Umask; only the bits of group and others count.</param>
/// <param name="NiceLevel">-20..19; 0 = leave as it is.</param>
/// <param name="LockMemory">True: mlockall.</param>
/// <param name="Identity">Name in log lines.</param>
public sealed record ProcessConfiguration(string User, string Group, int FileMask, int NiceLevel, bool LockMemory, string Identity)
{
    internal static ProcessConfiguration From(ConfigurationValues values) => new(
        values.Get(ProcessKeys.WorkingUser), values.Get(ProcessKeys.WorkingGroup), values.Get(ProcessKeys.FileMask), values.Get(ProcessKeys.NiceLevel),
        values.Get(ProcessKeys.LockMemory), values.Get(ProcessKeys.Identity));
}
