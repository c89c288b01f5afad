namespace MfsHa.Testbed.Native;

/// <summary>What stat(2) tells of a file; times in seconds since 1970, size in bytes, <paramref name="Mode"/> without type bits.</summary>
public sealed record FileStatus(
    FileKind Kind,
    uint Mode,
    uint User,
    uint Group,
    uint Links,
    ulong Inode,
    long Size,
    long AccessTime,
    long ModificationTime,
    long ChangeTime,
    (uint Major, uint Minor) RawDevice,
    (uint Major, uint Minor) Device);
