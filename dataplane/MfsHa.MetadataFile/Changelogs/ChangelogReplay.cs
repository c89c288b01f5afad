using System.Globalization;
using MfsHa.MetadataFile.Changelogs.Replays;
using MfsHa.MetadataFile.Import;

namespace MfsHa.MetadataFile.Changelogs;

/// <summary>
/// Does again what an mfsmaster did after it had stored its metadata. What a line says of the result (numbers of new objects and chunks, how many were changed) must come out again: a replay that is not
/// exact ends, and nothing is imported.
/// </summary>
internal static class ChangelogReplay
{
    private static readonly Dictionary<string, Action<ReplayTarget, Change>> Operations = new(StringComparer.Ordinal)
    {
        ["IDLE"] = static (_, _) => { },
        ["ACCESS"] = TimeReplay.Access,
        ["AMTIME"] = TimeReplay.Times,
        ["ATTR"] = TimeReplay.Attributes,
        ["CREATE"] = EntryReplay.Create,
        ["SYMLINK"] = EntryReplay.Symlink,
        ["LINK"] = EntryReplay.Link,
        ["UNLINK"] = EntryReplay.Unlink,
        ["MOVE"] = EntryReplay.Move,
        ["LENGTH"] = ContentReplay.Length,
        ["WRITE"] = ContentReplay.Write,
        ["TRUNC"] = ContentReplay.Truncate,
        ["ROLLBACK"] = ContentReplay.RollBack,
        ["UNLOCK"] = ChunkReplay.Unlock,
        ["SETVERSION"] = ChunkReplay.SetVersion,
        ["CHUNKFLAGSCLR"] = ArchiveReplay.TakeBack,
        ["CHUNKADD"] = ChunkReplay.Add,
        ["CHUNKDEL"] = ChunkReplay.Delete,
        ["FREEINODES"] = RemovalReplay.FreeInodes,
        ["EMPTYTRASH"] = RemovalReplay.EmptyTrash,
        ["EMPTYSUSTAINED"] = RemovalReplay.EmptySustained,
        ["PURGE"] = RemovalReplay.Purge,
        ["ACQUIRE"] = SessionReplay.Acquire,
        ["RELEASE"] = SessionReplay.Release,
        ["SESADD"] = SessionReplay.Add,
        ["SESCHANGED"] = SessionReplay.Changed,
        ["SESCONNECTED"] = SessionReplay.Connected,
        ["SESDISCONNECTED"] = SessionReplay.Disconnected,
        ["SESDEL"] = SessionReplay.Delete,
        ["FLOCK"] = LockReplay.Flock,
        ["POSIXLOCK"] = LockReplay.Posix,
        ["SETXATTR"] = AttributeReplay.SetXattr,
        ["SETACL"] = AttributeReplay.SetAcl,
        ["QUOTA"] = AttributeReplay.Quota,
        ["ADDATTR"] = AllAttributesReplay.Run,
        ["SETEATTR"] = TreeReplay.ExtraAttributes,
        ["SETTRASHTIME"] = TreeReplay.TrashRetention,
        ["SETSCLASS"] = TreeReplay.StorageClass,
        ["CSDBOP"] = ChunkServerReplay.Run,
        ["SNAPSHOT"] = SnapshotReplay.Run,
        ["SETPATH"] = TrashReplay.SetPath,
        ["UNDEL"] = TrashReplay.Undelete,
        ["TRASH_REMOVE"] = RemovalReplay.Purge,
        ["APPEND"] = RepairReplay.Append,
        ["REPAIR"] = RepairReplay.Repair,
        ["ARCHCHG"] = ArchiveReplay.Run,
        ["AUTOARCH"] = ArchiveReplay.Automatic,
        ["SETFILECHUNK"] = ArchiveReplay.TakeOut,
        ["TRASH_RECOVER"] = TrashReplay.Recover,
        ["RENUMERATEEDGES"] = EntryReplay.RenumberEdges,
        ["SCSET"] = ClassReplay.Set,
        ["SCDUP"] = ClassReplay.Duplicate,
        ["SCREN"] = ClassReplay.Rename,
        ["SCDEL"] = ClassReplay.Delete,
        ["SCECVERSION"] = ClassReplay.ErasureCodingLevel,
        ["PATADD"] = PatternReplay.Add,
        ["PATDEL"] = PatternReplay.Delete,
    };

    /// <summary>Replays all changes; returns the number of the next one. <see cref="MetadataFileException"/> at the first one that cannot be replayed exactly, with file and line.</summary>
    public static ulong Run(ImportTarget target, IReadOnlyList<ChangelogFile> files, ulong version)
    {
        var reader = new ChangelogReader(files, version);
        var replay = new ReplayTarget(target);
        foreach (var change in reader.All())
        {
            if (!Operations.TryGetValue(change.Operation, out var operation))
            {
                throw CannotReplay(reader, change, "this operation is not known here");
            }

            try
            {
                operation(replay, change);
            }
            catch (FormatException) when (change.IsCutOff)
            {
                LoseCutOff(target, reader.Place);
                break;
            }
            catch (Exception e) when (e is MetadataFileException or Metadata.Kernel.InvariantException or FormatException)
            {
                throw CannotReplay(reader, change, e.Message);
            }

            target.Step();
            version = change.Number + 1;
            target.Report.Replayed++;
        }

        if (reader.CutOff is { } place)
        {
            LoseCutOff(target, place);
        }

        replay.Check();
        return version;
    }

    // The master that wrote it would not replay it, either.
    private static void LoseCutOff(ImportTarget target, string place) => target.Report.Lose($"{place}: the last change was not written to its end");

    private static MetadataFileException CannotReplay(ChangelogReader reader, Change change, string why) => new(string.Create(
        CultureInfo.InvariantCulture,
        $"{reader.Place}: change {change.Number} ({change.Operation}) cannot be replayed exactly: {why}. Let its mfsmaster do it (mfsmaster -a restore, in the directory of the file) and import the metadata.mfs that it writes"));
}
