using System.Runtime.InteropServices;
using MemoryPack;

namespace MfsHa.Metadata.State;

/// <summary>A POSIX ACL (mfsmaster/posixacl.c). Permissions are rwx in the low three bits; <see cref="Unset"/> = not given.</summary>
/// <param name="User">Permission of the owner.</param>
/// <param name="Group">Permission of the owning group.</param>
/// <param name="Other">Permission of everybody else.</param>
/// <param name="Mask">Upper bound of the group's and all named permissions.</param>
/// <param name="NamedUsers">Further users.</param>
/// <param name="NamedGroups">Further groups.</param>
[MemoryPackable]
public sealed partial record PosixAcl(ushort User, ushort Group, ushort Other, ushort Mask, AclEntry[] NamedUsers, AclEntry[] NamedGroups)
{
    /// <summary>A permission that is not given.</summary>
    public const ushort Unset = 0xFFFF;

    /// <summary>True when the nine mode bits say the same: no mask and nobody named.</summary>
    [MemoryPackIgnore]
    public bool IsTrivial => Mask == Unset && NamedUsers.Length == 0 && NamedGroups.Length == 0;
}

/// <summary>Permission of one named user or group.</summary>
/// <param name="Id">User or group id.</param>
/// <param name="Permission">rwx in the low three bits.</param>
[MemoryPackable]
[StructLayout(LayoutKind.Sequential, Pack = 1)] // no padding: equal values have equal bytes on all nodes
public readonly partial record struct AclEntry(uint Id, ushort Permission);
