using MfsHa.Metadata.Kernel;
using MfsHa.Metadata.State;
using MfsHa.Protocol;

namespace MfsHa.Metadata.Chunks;

/// <summary>What is looked at before a snapshot is made over something that exists (mfsmaster/filesystem.c: fsnodes_snapshot_test, fsnodes_snapshot_recursive_test_quota).</summary>
internal static class SnapshotCheck
{
    private const ExtraAttributes Kept = ExtraAttributes.Undeletable | ExtraAttributes.Immutable | ExtraAttributes.AppendOnly;

    /// <summary>Why a copy cannot be made under a name; <see cref="StatusCode.Ok"/> if it can.</summary>
    public static StatusCode WhyNotOver(NamespaceState state, uint source, uint directory, Name name, bool canOverwrite)
    {
        var open = new Stack<(uint Source, uint Directory, Name Name)>([(source, directory, name)]);
        while (open.TryPop(out var pair))
        {
            if (state.Entries.Get((pair.Directory, pair.Name)) is not { } entry)
            {
                continue;
            }

            if (entry.Inode == source)
            {
                return StatusCode.EInval;
            }

            var original = state.Inodes.Require(pair.Source);
            var existing = state.Inodes.Require(entry.Inode);
            if (existing.Has(Kept) || existing.Type != original.Type || original.IsDetached)
            {
                return StatusCode.EPerm;
            }

            if (!original.IsDirectory)
            {
                if (!canOverwrite)
                {
                    return StatusCode.EExist;
                }

                continue;
            }

            var children = ChildrenOf(state, pair.Source);
            state.ExpectEntries(entry.Inode, children.Select(static c => c.Name));
            foreach (var (childName, child) in Enumerable.Reverse(children))
            {
                open.Push((child, entry.Inode, childName));
            }
        }

        return StatusCode.Ok;
    }

    /// <summary>True when a quota has no room for what a copy adds to what exists.</summary>
    public static bool ExceedsQuota(NamespaceState state, uint source, Inode original, uint directory, Name name)
    {
        var below = new Common();
        var open = new Stack<Frame>();
        Visit(state, source, directory, name, below, open);
        while (open.TryPeek(out var frame))
        {
            if (frame.Next < frame.Children.Count)
            {
                var (childName, child) = frame.Children[frame.Next++];
                Visit(state, child, frame.Directory, childName, frame.Common, open);
                continue;
            }

            open.Pop();
            var added = frame.Common.MissingFrom(state.Contribution(frame.Source, state.Inodes.Require(frame.Source)));
            if (state.QuotaWithUsage(frame.Directory) is var (quota, usage) && quota.HasNoRoom(usage, added))
            {
                return true;
            }

            frame.Above.Add(frame.Common.Sum);
        }

        return state.ExceedsQuota(directory, below.MissingFrom(state.Contribution(source, original)));
    }

    /// <summary>Names and children of a directory in the order of listings.</summary>
    internal static List<(Name Name, uint Inode)> ChildrenOf(NamespaceState state, uint directory)
    {
        var children = new List<(Name Name, uint Inode)>();
        foreach (var (_, edge) in state.Edges.Range((directory, 0), (directory + 1, 0)))
        {
            children.Add((edge.Name, edge.Inode));
        }

        return children;
    }

    private static void Visit(NamespaceState state, uint source, uint directory, Name name, Common common, Stack<Frame> open)
    {
        if (state.Entries.Get((directory, name)) is not { } entry)
        {
            return;
        }

        var existing = state.Inodes.Require(entry.Inode);
        if (existing.IsDirectory)
        {
            common.Add(new TotalsChange(1));
            open.Push(new Frame(source, entry.Inode, ChildrenOf(state, source), common));
            return;
        }

        var contribution = state.Contribution(entry.Inode, existing);
        common.Add(new TotalsChange(
            1, Length: contribution.Length, Size: contribution.Size, RealSize: existing.IsFile ? state.MostRealSize(existing.StorageClass, contribution.Size) : 0));
    }

    /// <summary>What exists on both sides, so that a copy does not add it.</summary>
    private sealed class Common
    {
        public TotalsChange Sum { get; private set; }

        public void Add(in TotalsChange more) => Sum -= -more;

        public TotalsChange MissingFrom(in TotalsChange whole) => (whole - Sum).Growth();
    }

    private sealed class Frame(uint source, uint directory, List<(Name Name, uint Inode)> children, Common above)
    {
        public uint Source => source;

        public uint Directory => directory;

        public List<(Name Name, uint Inode)> Children => children;

        public Common Above => above;

        public Common Common { get; } = new();

        public int Next { get; set; }
    }
}
