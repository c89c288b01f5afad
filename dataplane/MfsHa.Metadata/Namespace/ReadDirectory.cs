using MemoryPack;
using MfsHa.Metadata.Kernel;
using MfsHa.Metadata.Operations;
using MfsHa.Metadata.Rules;
using MfsHa.Metadata.State;
using MfsHa.Protocol;

namespace MfsHa.Metadata.Namespace;

/// <summary>
/// READDIR (client-protocol 3.4; mfsmaster/filesystem.c: fs_readdir_size, fsnodes_readdirdata): one page of a directory, newest entries first.
/// A cursor stays valid when the entry it stands at is removed.
/// </summary>
/// <param name="Directory">The directory, as the session calls it.</param>
/// <param name="Flags">With or without attributes.</param>
/// <param name="MaxEntries">Most entries of this page; also at most <see cref="MaxPage"/>, so a whole directory takes several pages.</param>
/// <param name="Cursor">0 at the beginning, otherwise what the page before said.</param>
/// <param name="Caller">On whose behalf.</param>
[MemoryPackable]
public sealed partial record ReadDirectory(uint Directory, ReadDirectoryFlags Flags, uint MaxEntries, ulong Cursor, Caller Caller) : Query
{
    /// <summary>Most entries of one page: what is read while everything else waits.</summary>
    public const int MaxPage = 4096;

    private const ulong AtSelf = 0;
    private const ulong AtParent = 1;
    private const ulong AtFirstEdge = 2;

    private static readonly Name Self = new(".");
    private static readonly Name Above = new("..");

    /// <inheritdoc/>
    public override uint RoutingInode => Caller.Real(Directory);

    private bool WithAttributes => (Flags & ReadDirectoryFlags.WithAttributes) != 0;

    /// <inheritdoc/>
    public override Reply Execute(NamespaceState state, in OperationContext context)
    {
        if (Caller.MayNot(DisabledOperations.ReadDirectory))
        {
            return StatusReply.Of(StatusCode.EPerm);
        }

        if (!SessionView.TryFind(Caller, state, Directory, out var number, out var directory))
        {
            return StatusReply.Of(StatusCode.ENoEnt);
        }

        if (!directory.IsDirectory)
        {
            return StatusReply.Of(StatusCode.ENotDir);
        }

        var mask = WithAttributes ? AccessMask.Read | AccessMask.Execute : AccessMask.Read;
        if (Cursor == AtSelf && !AccessCheck.Allows(Caller, state, number, directory, mask))
        {
            return StatusReply.Of(StatusCode.EAcces);
        }

        var due = !Caller.Has(SessionFlags.ReadOnly) && AccessTimes.IsDue(state.Settings.AccessTimes, directory, context.Now);
        if (due)
        {
            // The listing shows its own directory as read already.
            directory = directory with { AccessTime = context.Now };
        }

        var entries = new List<ListedEntry>((int)Math.Min(Math.Min(MaxEntries, MaxPage), directory.Entries + 2));
        var next = Fill(state, number, directory, entries);
        return new DirectoryReply(next, [.. entries], number, due);
    }

    private ulong Fill(NamespaceState state, uint number, Inode directory, List<ListedEntry> entries)
    {
        var room = (int)Math.Min(MaxEntries, MaxPage);
        var cursor = Cursor;
        if (cursor == AtSelf && entries.Count < room)
        {
            entries.Add(List(state, Self, number, directory, directory));
            cursor = AtParent;
        }

        if (cursor == AtParent && entries.Count < room)
        {
            var isTop = number == Caller.RootInode || directory.Parent == 0;
            var above = isTop ? number : directory.Parent;
            entries.Add(List(state, Above, above, isTop ? directory : state.Inodes.Require(above), directory));
            cursor = AtFirstEdge;
        }

        if (cursor < AtFirstEdge)
        {
            return cursor;
        }

        if (cursor >= DirectoryReply.EndCursor)
        {
            return DirectoryReply.EndCursor;
        }

        state.ExpectEntriesOf(number, cursor, room - entries.Count);
        foreach (var ((_, edge), entry) in state.Edges.Range((number, cursor), (number, DirectoryReply.EndCursor)))
        {
            if (entries.Count >= room)
            {
                return edge;
            }

            entries.Add(List(state, entry.Name, entry.Inode, inode: null, directory));
        }

        return DirectoryReply.EndCursor;
    }

    private ListedEntry List(NamespaceState state, Name name, uint number, Inode? inode, Inode directory)
    {
        inode ??= state.Inodes.Require(number);
        var attributes = WithAttributes ? AttributeView.Of(Caller, state, number, inode, directory) : default;
        return new ListedEntry(name, SessionView.NameOf(Caller, number), inode.Type, attributes);
    }
}
