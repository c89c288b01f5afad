using MfsHa.Metadata.Kernel;
using MfsHa.Metadata.Sharding;
using MfsHa.Protocol;

namespace MfsHa.Metadata.State;

/// <content>What comes and goes in a directory changes its times and counts: here, or in another shard, where others may do the same at that time.</content>
public sealed partial class NamespaceState
{
    /// <summary>A directory's record for who changes or looks up single entries: true but for its times and counts, which must not be looked at.</summary>
    public Inode? FindDirectory(uint number) => Inodes.GetSettled(number);

    /// <summary>As <see cref="FindDirectory"/>; <see cref="InvariantException"/> when there is none.</summary>
    public Inode RequireDirectory(uint number) => Inodes.GetSettled(number) ?? throw new InvariantException($"directory {number} is missing");

    /// <summary>Before it is found out what a rename needs: what other shards will probably have to tell is asked for at once.</summary>
    internal void ExpectRename(uint from, Name name, uint to, Name target)
    {
        if (Reach is not { IsTrial: true } reach)
        {
            return;
        }

        var child = reach.IsLocal(from) ? Entries.GetUnlocked((from, name))?.Inode : null;
        RecordNeed?[] needs =
        [
            Inodes.NeedOf(to, to, settled: true),
            Entries.NeedOf(to, (to, target), settled: false),
            child is { } number && number != to ? Inodes.NeedOf(number, number, settled: false) : null,
        ];
        if (Array.Exists(needs, static n => n is not null))
        {
            throw new RecordsElsewhereException([.. needs.OfType<RecordNeed>()]);
        }
    }

    /// <summary>Carries out what a transaction has decided about a directory of this shard.</summary>
    internal void TakeEntryChange(ChangeEntries change, uint now)
    {
        var directory = RequireDirectory(change.Directory);

        // Others that were decided later may have been here before. A time that somebody has set to the future does not stay, as with any change of entries.
        var time = directory.ChangeTime <= now ? Math.Max(directory.ChangeTime, change.Time) : change.Time;
        Inodes.SetForEntries(change.Directory, WithEntries(directory, change.Entries, change.Directories, time));
    }

    private void AddEntry(uint directory, bool isDirectory, uint now) => ChangeEntriesOf(directory, 1, isDirectory ? 1 : 0, now);

    private void RemoveEntry(uint directory, bool isDirectory, uint now) => ChangeEntriesOf(directory, -1, isDirectory ? -1 : 0, now);

    private void ChangeEntriesOf(uint number, int entries, int directories, uint now)
    {
        if (!IsElsewhere(number) || Reach!.IsFresh(number) || Inodes.IsWrittenOutside(number))
        {
            Inodes.SetForEntries(number, WithEntries(RequireDirectory(number), entries, directories, now));
            return;
        }

        Reach.EnterWrite(number, lockable: true, moves: false, LockMode.Entries);
        Reach.ChangeEntries(new ChangeEntries(number, entries, directories, now));
        if (Inodes.GetKnown(number) is { } known)
        {
            // Unless the whole directory is held, others may have added or taken entries of which this does not know. Who looks at counts and times holds it whole.
            Inodes.Learn(number, WithCounts(known, Math.Max(known.Entries + (long)entries, 0), Math.Max(known.LinkCount + (long)directories, 2), now));
        }
    }

    private static Inode WithEntries(Inode directory, int entries, int directories, uint time)
    {
        var count = directory.Entries + (long)entries;
        var links = directory.LinkCount + (long)directories;
        if (!directory.IsDirectory || count < 0 || links < 2)
        {
            throw new InvariantException("a directory would have fewer than no entries");
        }

        return WithCounts(directory, count, links, time);
    }

    private static Inode WithCounts(Inode directory, long entries, long links, uint time) => directory with
    {
        ModificationTime = time,
        ChangeTime = time,
        Entries = (uint)entries,
        LinkCount = (uint)links,
        ExtraAttributes = directory.ExtraAttributes & ~ExtraAttributes.Snapshot,
    };
}
