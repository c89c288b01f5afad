namespace MfsHa.Metadata.Patterns;

/// <summary>Which settings of a pattern apply (MFSCommunication.h: PATTERN_OMASK_*).</summary>
[Flags]
public enum PatternSettings : byte
{
    /// <summary>None.</summary>
    None = 0,

    /// <summary>Storage class, of files and directories.</summary>
    StorageClass = 1,

    /// <summary>Trash retention, of files and directories.</summary>
    TrashRetention = 2,

    /// <summary>Extra attributes, of everything but symbolic links.</summary>
    ExtraAttributes = 4,
}
