using System.Diagnostics.CodeAnalysis;
using MfsHa.Metadata.Operations;
using MfsHa.Metadata.State;

namespace MfsHa.Metadata.Rules;

/// <summary>
/// The part of the tree that a session sees, and its numbers: its root is called 1 (client-protocol 7.1;
/// mfsmaster/filesystem.c: fsnodes_node_find_ext).
/// </summary>
public static class SessionView
{
    /// <summary>What the session calls its root.</summary>
    public const uint RootName = 1;

    /// <summary>Finds an object by the session's number for it. Only what lies below the session's root is found.</summary>
    public static bool TryFind(Caller caller, NamespaceState state, uint named, out uint number, [NotNullWhen(true)] out Inode? inode) =>
        TryFind(caller, state, named, anywhere: false, out number, out inode);

    /// <summary>Finds an object by the session's number for it.</summary>
    /// <param name="caller">Whose session.</param>
    /// <param name="state">The state.</param>
    /// <param name="named">Number as the session calls it.</param>
    /// <param name="anywhere">True: it need not lie below the session's root (files that are open, ACCESS, AMTIME).</param>
    /// <param name="number">Its real number.</param>
    /// <param name="inode">Its record.</param>
    public static bool TryFind(Caller caller, NamespaceState state, uint named, bool anywhere, out uint number, [NotNullWhen(true)] out Inode? inode)
    {
        number = caller.Real(named);
        inode = state.Inodes.Get(number);
        return inode is not null && IsSeen(caller, state, named, anywhere, inode);
    }

    /// <summary>Finds a directory for who changes or looks up single entries of it. Not to be looked at: its times and counts (<see cref="NamespaceState.FindDirectory"/>).</summary>
    public static bool TryFindDirectory(Caller caller, NamespaceState state, uint named, out uint number, [NotNullWhen(true)] out Inode? inode)
    {
        number = caller.Real(named);
        inode = state.FindDirectory(number);
        return inode is not null && IsSeen(caller, state, named, anywhere: false, inode);
    }

    private static bool IsSeen(Caller caller, NamespaceState state, uint named, bool anywhere, Inode inode) => caller.RootInode switch
    {
        NamespaceState.RootInode => true,
        0 => inode.IsDetached,
        _ when named == RootName => inode.IsDirectory,
        _ => anywhere || state.IsBelow(caller.RootInode, named, inode),
    };

    /// <summary>What the session calls an object.</summary>
    public static uint NameOf(Caller caller, uint number) => number == caller.RootInode ? RootName : number;
}
