using MfsHa.Metadata.Operations;
using MfsHa.Metadata.State;
using MfsHa.Protocol;

namespace MfsHa.Metadata.Rules;

/// <summary>What the tools' questions for values in whole subtrees share (client-protocol 3.5).</summary>
internal static class SubtreeCount
{
    /// <summary>Counts values in one step.</summary>
    public static Reply Answer(
        Caller caller, NamespaceState state, uint named, GetMode mode, TreeCursor? from, bool filesAndDirectoriesOnly, Func<Inode, uint> value)
    {
        if (mode > GetMode.Recursive)
        {
            return StatusReply.Of(StatusCode.EInval);
        }

        if (!SessionView.TryFind(caller, state, named, out var number, out var inode))
        {
            return StatusReply.Of(StatusCode.ENoEnt);
        }

        if (filesAndDirectoriesOnly && !inode.IsFile && !inode.IsDirectory)
        {
            return StatusReply.Of(StatusCode.EPerm);
        }

        var files = new Dictionary<uint, uint>();
        var directories = new Dictionary<uint, uint>();
        var elsewhere = new List<uint>();
        var next = TreeWalk.Visit(state, number, inode, mode == GetMode.Recursive, from, TreeWalk.MaxReads, (_, record) =>
        {
            if (filesAndDirectoriesOnly && !record.IsFile && !record.IsDirectory)
            {
                return;
            }

            var counts = record.IsDirectory ? directories : files;
            var found = value(record);
            counts[found] = counts.GetValueOrDefault(found) + 1;
        }, elsewhere);
        return new ValueCountsReply(ValueCount.Sorted(files), ValueCount.Sorted(directories), next) { Elsewhere = [.. elsewhere] };
    }
}
