using MemoryPack;
using MfsHa.Metadata.Kernel;
using MfsHa.Metadata.Operations;
using MfsHa.Metadata.Rules;
using MfsHa.Protocol;

namespace MfsHa.Metadata.Patterns;

/// <summary>What new and renamed objects with matching names get (mfsmaster/patterns.c; mfscreatepattern of 4.x).</summary>
/// <param name="Glob">Pattern of names, not empty (<see cref="Rules.Glob"/>).</param>
/// <param name="Uid">Effective user of who creates or renames; <see cref="Anybody"/>: any.</param>
/// <param name="Gid">One of that user's groups; <see cref="Anybody"/>: any.</param>
/// <param name="Priority">Of several that match, the one with the greatest counts.</param>
/// <param name="Applies">Which of the settings apply.</param>
/// <param name="StorageClass">Id of a storage class; 0 when it does not apply.</param>
/// <param name="TrashHours">Trash retention, hours.</param>
/// <param name="Sets">Extra attributes that are set.</param>
/// <param name="Clears">Extra attributes that are cleared.</param>
[MemoryPackable]
public sealed partial record NamePattern(
    Name Glob,
    uint Uid,
    uint Gid,
    byte Priority,
    PatternSettings Applies,
    byte StorageClass,
    ushort TrashHours,
    ExtraAttributes Sets,
    ExtraAttributes Clears)
{
    /// <summary>Any user, or any group.</summary>
    public const uint Anybody = uint.MaxValue;

    /// <summary>True when it is about this name of this user's.</summary>
    public bool Matches(Caller caller, Name name) =>
        (Uid == Anybody || Uid == caller.Uid) && (Gid == Anybody || caller.Gids.AsSpan().Contains(Gid)) && Rules.Glob.Matches(Glob.Span, name.Span);

    /// <summary>True when no second pattern may be about the same.</summary>
    public bool IsAboutTheSame(Name glob, uint uid, uint gid) => Uid == uid && Gid == gid && Glob == glob;

    /// <summary>In which order patterns are tried and listed (mfsmaster/patterns.c: patterns_compare): greatest priority, then smallest class, then name.</summary>
    internal static int Compare(NamePattern a, NamePattern b)
    {
        var order = b.Priority.CompareTo(a.Priority);
        order = order != 0 ? order : a.StorageClass.CompareTo(b.StorageClass);
        order = order != 0 ? order : a.Glob.CompareTo(b.Glob);
        order = order != 0 ? order : a.Uid.CompareTo(b.Uid);
        return order != 0 ? order : a.Gid.CompareTo(b.Gid);
    }
}
