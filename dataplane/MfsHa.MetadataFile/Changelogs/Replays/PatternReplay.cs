using MfsHa.Metadata.Kernel;
using MfsHa.Metadata.Patterns;
using MfsHa.Protocol;

namespace MfsHa.MetadataFile.Changelogs.Replays;

/// <summary>Name patterns of 4.x (mfsmaster/patterns.c: patterns_univ_add, patterns_univ_delete).</summary>
internal static class PatternReplay
{
    /// <summary>PATADD(glob,uid,gid,priority,what applies,class,hours in the trash,attributes set[,attributes cleared]).</summary>
    public static void Add(ReplayTarget target, Change change)
    {
        var glob = new Name(change.Bytes("("));
        var (uid, gid, priority) = (change.UInt32(), change.UInt32(), change.Byte());
        var applies = (PatternSettings)change.Byte();
        var (storageClass, hours, sets) = (change.Byte(), change.UInt16(), (ExtraAttributes)change.Byte());
        var clears = change.HasMore ? (ExtraAttributes)change.Byte() : ExtraAttributes.None;
        change.EndArguments();
        change.End();
        var known = target.Shard.NamePatterns;
        if (glob.Length == 0 || known.Patterns.Length >= PatternTable.MostPatterns || Array.Exists(known.Patterns, p => p.IsAboutTheSame(glob, uid, gid)))
        {
            throw change.Mismatch($"there are {known.Patterns.Length} patterns already, or \"{glob}\" is one of them");
        }

        target.Shard.NamePatterns = known.With(new NamePattern(glob, uid, gid, priority, applies, storageClass, hours, sets, clears));
    }

    /// <summary>PATDEL(glob,uid,gid).</summary>
    public static void Delete(ReplayTarget target, Change change)
    {
        var glob = new Name(change.Bytes("("));
        var (uid, gid) = (change.UInt32(), change.UInt32());
        change.EndArguments();
        change.End();
        if (!target.Shard.KeepPatterns(p => !p.IsAboutTheSame(glob, uid, gid)))
        {
            throw change.Mismatch($"\"{glob}\" is no pattern");
        }
    }
}
