using System.Runtime.InteropServices;
using MemoryPack;
using MfsHa.Metadata.State;

namespace MfsHa.Metadata.Rules;

/// <summary>Where a walk through a subtree goes on: the directories from its top to the place, the top first.</summary>
/// <param name="Frames">At least one.</param>
[MemoryPackable]
public sealed partial record TreeCursor(TreeFrame[] Frames);

/// <summary>A directory in which a walk is.</summary>
/// <param name="Directory">The directory.</param>
/// <param name="Edge">Edge id of the entry that was visited last; 0 = none.</param>
[MemoryPackable]
[StructLayout(LayoutKind.Sequential, Pack = 1)] // no padding: equal values have equal bytes on all nodes
public readonly partial record struct TreeFrame(uint Directory, ulong Edge);

/// <summary>
/// Visits an object and, if asked, everything below it, directories before what is in them, in bounded steps: recursive requests of tools may concern millions of objects.
/// A small subtree is one step, so one atomic command.
/// </summary>
public static class TreeWalk
{
    /// <summary>Most objects that one command changes.</summary>
    public const int MaxChanges = 2000;

    /// <summary>Most objects that one query looks at.</summary>
    public const int MaxReads = 10_000;

    /// <summary>Visits up to <paramref name="limit"/> objects. Returns where to go on, null at the end.</summary>
    /// <param name="state">The state. The visitor must not change entries.</param>
    /// <param name="top">Top of the subtree.</param>
    /// <param name="inode">Its record.</param>
    /// <param name="recursive">False: only the top.</param>
    /// <param name="from">Where the step before ended; null to begin.</param>
    /// <param name="limit">Most objects.</param>
    /// <param name="visit">Called for every object.</param>
    /// <param name="elsewhere">
    /// Takes the tops of what belongs to other shards, which is left out; without it, such an object ends the walk as every look at another shard's records does.
    /// </param>
    public static TreeCursor? Visit(
        NamespaceState state, uint top, Inode inode, bool recursive, TreeCursor? from, int limit, Action<uint, Inode> visit, List<uint>? elsewhere = null)
    {
        var frames = new List<TreeFrame>(from?.Frames ?? []);
        if (from is null)
        {
            visit(top, inode);
            limit--;
            if (recursive && inode.IsDirectory)
            {
                frames.Add(new TreeFrame(top, 0));
            }
        }

        while (frames.Count > 0)
        {
            if (!Descend(state, frames, ref limit, visit, elsewhere))
            {
                return new TreeCursor([.. frames]);
            }
        }

        return null;
    }

    // Visits entries of the last directory up to and including the next subdirectory, which becomes the last one; false when the limit is reached.
    private static bool Descend(NamespaceState state, List<TreeFrame> frames, ref int limit, Action<uint, Inode> visit, List<uint>? elsewhere)
    {
        var (directory, edge) = frames[^1];
        foreach (var (key, entry) in state.Edges.Range((directory, edge + 1), (directory + 1, 0)))
        {
            if (limit <= 0)
            {
                return false;
            }

            frames[^1] = new TreeFrame(directory, key.Edge);

            if (elsewhere is not null && state.IsElsewhere(entry.Inode))
            {
                elsewhere.Add(entry.Inode);
                limit--;
                continue;
            }

            if (state.Inodes.Get(entry.Inode) is not { } child)
            {
                continue;
            }

            visit(entry.Inode, child);
            limit--;
            if (child.IsDirectory)
            {
                frames.Add(new TreeFrame(entry.Inode, 0));
                return true;
            }
        }

        frames.RemoveAt(frames.Count - 1);
        return true;
    }
}
