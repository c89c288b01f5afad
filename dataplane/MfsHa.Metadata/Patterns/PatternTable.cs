using MemoryPack;
using MfsHa.Metadata.Kernel;
using MfsHa.Metadata.Operations;

namespace MfsHa.Metadata.Patterns;

/// <summary>All patterns in the order in which they are tried, at most <see cref="MostPatterns"/>.</summary>
[MemoryPackable]
public sealed partial record PatternTable(NamePattern[] Patterns)
{
    /// <summary>Most patterns (mfsmaster/patterns.c: PATTERNS_MAX).</summary>
    public const int MostPatterns = 1024;

    /// <summary>None.</summary>
    public static readonly PatternTable Empty = new([]);

    /// <summary>The one that counts for a name; null if none does.</summary>
    public NamePattern? Find(Caller caller, Name name) => Array.Find(Patterns, p => p.Matches(caller, name));

    /// <summary>With one more.</summary>
    public PatternTable With(NamePattern pattern)
    {
        NamePattern[] all = [.. Patterns, pattern];
        Array.Sort(all, NamePattern.Compare);
        return new PatternTable(all);
    }
}
