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
        number = named;
        if (caller.RootInode == NamespaceState.RootInode)
        {
            inode = state.Inodes.Get(named);
            return inode is not null;
        }

        if (caller.RootInode == 0)
        {
            inode = state.Inodes.Get(named);
            return inode is { IsDetached: true };
        }

        if (named == RootName)
        {
            number = caller.RootInode;
            inode = state.Inodes.Get(number);
            return inode is { IsDirectory: true };
        }

        inode = state.Inodes.Get(named);
        return inode is not null && (anywhere || state.IsBelow(caller.RootInode, named, inode));
    }

    /// <summary>What the session calls an object.</summary>
    public static uint NameOf(Caller caller, uint number) => number == caller.RootInode ? RootName : number;
}
