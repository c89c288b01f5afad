namespace MfsHa.Protocol;

/// <summary>Which attributes SETATTR changes.</summary>
[Flags]
public enum SetAttributesMask : byte
{
    None = 0,
    WindowsAttributes = 0x01,
    Mode = 0x02,
    Uid = 0x04,
    Gid = 0x08,
    ModificationTimeNow = 0x10,
    ModificationTime = 0x20,
    AccessTime = 0x40,
    AccessTimeNow = 0x80,
}

/// <summary>What becomes of set-user-id and set-group-id bits when owners change.</summary>
public enum SetIdClearMode : byte
{
    Never = 0,
    Always = 1,
    Osx = 2,
    Bsd = 3,
    Ext = 4,
    Xfs = 5,
}

/// <summary>Flags of an OPEN request.</summary>
[Flags]
public enum OpenFlags : byte
{
    None = 0,
    Read = 0x01,
    Write = 0x02,

    /// <summary>Permissions were checked before; do not check again.</summary>
    AfterCreate = 0x04,
    Truncate = 0x08,

    /// <summary>The client's kernel has dropped its cached data.</summary>
    CacheCleared = 0x10,
}

/// <summary>Flags of OPEN and CREATE replies.</summary>
[Flags]
public enum OpenReplyFlags : byte
{
    None = 0,
    KeepCache = 0x01,
    DirectMode = 0x02,
    AppendOnly = 0x04,
}

/// <summary>Flags of a LOOKUP reply. Bits 0..7: bit i says that access mask i (R4 W2 X1) is granted.</summary>
[Flags]
public enum LookupFlags : ushort
{
    None = 0,

    /// <summary>Locations of chunk 0 follow.</summary>
    HasChunk = 0x0100,
    ReadOnlyFileSystem = 0x0200,
    KeepCache = 0x0400,
    Immutable = 0x0800,
    DirectMode = 0x1000,
    AppendOnly = 0x2000,
}

/// <summary>Flags of READ_CHUNK, WRITE_CHUNK and WRITE_CHUNK_END.</summary>
[Flags]
public enum ChunkOperationFlags : byte
{
    None = 0,
    CanModifyTime = 0x01,

    /// <summary>Goes on with a write after a chunkserver's error: the caller's own chunk lock does not count.</summary>
    Continue = 0x02,
    UseReservedSpace = 0x04,
}

/// <summary>Which of its four meanings a TRUNCATE has.</summary>
[Flags]
public enum TruncateFlags : byte
{
    None = 0,

    /// <summary>The file is open: permissions are not checked.</summary>
    Opened = 0x01,

    /// <summary>The file is at least that long: only extend.</summary>
    Update = 0x02,

    /// <summary>Keep times if the length does not change.</summary>
    TimeFix = 0x04,

    /// <summary>Reserve space behind the end for an append.</summary>
    Reserve = 0x08,
}

public enum RenameMode : byte
{
    Standard = 0,
    Exchange = 1,
    NoReplace = 2,
}

/// <summary>Flags of a READDIR request.</summary>
[Flags]
public enum ReadDirectoryFlags : byte
{
    None = 0,
    WithAttributes = 0x01,

    /// <summary>Ignored by stock masters.</summary>
    AddToCache = 0x02,
}

/// <summary>What SETXATTR does.</summary>
public enum XattrSetMode : byte
{
    CreateOrReplace = 0,
    Create = 1,
    Replace = 2,
    Remove = 3,
}

/// <summary>What GETXATTR returns.</summary>
public enum XattrGetMode : byte
{
    Data = 0,
    LengthOnly = 1,
}

public enum AclType : byte
{
    None = 0,
    Access = 1,
    Default = 2,
}

/// <summary>Commands of FLOCK.</summary>
public enum FlockCommand : byte
{
    Unlock = 0,
    TryShared = 1,
    LockShared = 2,
    TryExclusive = 3,
    LockExclusive = 4,

    /// <summary>Ends a waiting request with EINTR.</summary>
    Interrupt = 5,
    Release = 6,
}

/// <summary>Commands of POSIX_LOCK.</summary>
public enum PosixLockCommand : byte
{
    Get = 0,

    /// <summary>Waits for conflicting locks to go.</summary>
    Set = 1,
    Try = 2,
    Interrupt = 3,
}

public enum PosixLockType : byte
{
    Unlock = 0,
    Read = 1,
    Write = 2,
}

/// <summary>Mode of SETTRASHRETENTION, SETSCLASS and SETEATTR: an operation, perhaps for a whole subtree.</summary>
[Flags]
public enum SetModes : byte
{
    Set = 0,
    Increase = 1,
    Decrease = 2,
    Exchange = 3,

    /// <summary>Selects the operation.</summary>
    OperationMask = 3,
    Recursive = 4,
}

/// <summary>Scope of GETTRASHRETENTION, GETSCLASS and GETEATTR.</summary>
public enum GetMode : byte
{
    Normal = 0,
    Recursive = 1,
}

/// <summary>How SNAPSHOT copies.</summary>
[Flags]
public enum SnapshotModes : byte
{
    None = 0,
    Overwrite = 0x01,

    /// <summary>Attributes as cp would give them.</summary>
    CopyLike = 0x02,
    ForceRemoval = 0x04,
    PreserveHardLinks = 0x08,
    Delete = 0x80,
}

/// <summary>Slice bounds of APPEND_SLICE counted from the end.</summary>
[Flags]
public enum AppendSliceFlags : byte
{
    None = 0,
    FromIsNegative = 1,
    ToIsNegative = 2,
}

/// <summary>Commands of ARCHCTL.</summary>
public enum ArchiveCommand : byte
{
    Clear = 0,
    Set = 1,
    Get = 2,
}

/// <summary>Limits set on a directory.</summary>
[Flags]
public enum QuotaFlags : byte
{
    None = 0,
    SoftInodes = 0x01,
    SoftLength = 0x02,
    SoftSize = 0x04,
    SoftRealSize = 0x08,
    HardInodes = 0x10,
    HardLength = 0x20,
    HardSize = 0x40,
    HardRealSize = 0x80,
}

/// <summary>Flags of WFLAGS: what a 4.x client does by itself.</summary>
[Flags]
public enum WorkFlags : byte
{
    None = 0,

    /// <summary>The client invalidates changed ranges of its kernel's cache.</summary>
    InvalidatesRanges = 1,
}
