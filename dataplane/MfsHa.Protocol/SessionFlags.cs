namespace MfsHa.Protocol;

/// <summary>Rights of a session (`SESFLAG_*`).</summary>
[Flags]
public enum SessionFlags : byte
{
    None = 0,
    ReadOnly = 0x01,
    DynamicIp = 0x02,

    /// <summary>A caller who is not the owner gets group and other rights.</summary>
    IgnoreGid = 0x04,
    Admin = 0x08,
    MapAll = 0x10,

    /// <summary>Internal to stock masters; never exported by configuration.</summary>
    AttributeBit = 0x40,

    /// <summary>Internal to stock masters: a session of the meta file system.</summary>
    MetaRestore = 0x80,
}

/// <summary>Operations forbidden to a session (`DISABLE_*`).</summary>
[Flags]
public enum DisabledOperations : uint
{
    None = 0,
    Chown = 1u << 0,
    Chmod = 1u << 1,
    Symlink = 1u << 2,
    MakeFifo = 1u << 3,
    MakeDevice = 1u << 4,
    MakeSocket = 1u << 5,
    MakeDirectory = 1u << 6,
    Unlink = 1u << 7,
    RemoveDirectory = 1u << 8,
    Rename = 1u << 9,
    Move = 1u << 10,
    Link = 1u << 11,
    Create = 1u << 12,
    ReadDirectory = 1u << 13,
    Read = 1u << 14,
    Write = 1u << 15,
    Truncate = 1u << 16,
    SetLength = 1u << 17,
    AppendChunks = 1u << 18,
    Snapshot = 1u << 19,
    SetTrash = 1u << 20,
    SetStorageClass = 1u << 21,
    SetExtraAttributes = 1u << 22,
    SetXattr = 1u << 23,
    SetAcl = 1u << 24,
}
