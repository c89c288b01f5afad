using MfsHa.Metadata.Kernel;
using MfsHa.Metadata.Operations;
using MfsHa.Metadata.State;

namespace MfsHa.Metadata.Rules;

/// <summary>What a name stands for, without asking whether the caller may know it: for deciding whether a command's effect is still there.</summary>
internal static class SessionEntry
{
    /// <summary>The inode that an entry leads to, by its real number; null if there is no such entry.</summary>
    /// <param name="caller">Whose session.</param>
    /// <param name="state">The state.</param>
    /// <param name="parent">The directory, as the session calls it.</param>
    /// <param name="name">The entry's name.</param>
    public static uint? Find(Caller caller, NamespaceState state, uint parent, Name name) => state.Entries.Get((caller.Real(parent), name))?.Inode;

    /// <summary>True when the entry leads to this inode, given as the session calls it.</summary>
    public static bool LeadsTo(Caller caller, NamespaceState state, uint parent, Name name, uint inode) => Find(caller, state, parent, name) == caller.Real(inode);
}
