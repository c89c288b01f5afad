namespace MfsHa.Metadata.Formats;

/// <summary>
/// The format levels of this release (docs/architecture.md, "Format levels"). Whoever changes what is written, or what a command does, raises <see cref="Newest"/> by one, goes on writing as before while
/// the level in force is a lower one (<see cref="Operations.OperationContext.Level"/> decides where commands are applied), and may raise <see cref="Oldest"/> one release later.
/// </summary>
public static class FormatLevels
{
    /// <summary>The lowest level that this release reads.</summary>
    public const byte Oldest = 1;

#if MFSHA_FORMAT_LEVEL_2
    /// <summary>The highest level that this release reads and writes: of a build for tests, which stands for the next release.</summary>
    public const byte Newest = 2;
#else
    /// <summary>The highest level that this release reads and writes.</summary>
    public const byte Newest = 1;
#endif
}
