namespace MfsHa.Protocol;

/// <summary>First byte of an <see cref="AttributeRecord"/>: hints for the client's caches (`MATTR_*`).</summary>
[Flags]
public enum AttributeFlags : byte
{
    None = 0,

    /// <summary>The kernel keeps these attributes for no time.</summary>
    NoAttributeCache = 0x01,

    /// <summary>The kernel keeps the directory entry for no time.</summary>
    NoEntryCache = 0x02,

    /// <summary>File data may be cached; only for clients that do not know flags in OPEN replies.</summary>
    AllowDataCache = 0x04,

    /// <summary>The object has neither extended attributes nor ACLs; wrongly set it hides them.</summary>
    NoXattr = 0x08,
    DirectMode = 0x10,
    Undeletable = 0x20,
}

/// <summary>Windows attributes of a file.</summary>
[Flags]
public enum WindowsAttributes : byte
{
    None = 0,
    ReadOnly = 1,
    Hidden = 2,
    System = 4,
    Archive = 8,
}

/// <summary>MooseFS's extra attributes of an object (`EATTR_*`).</summary>
[Flags]
public enum ExtraAttributes : byte
{
    None = 0,
    NoOwner = 0x01,
    NoAttributeCache = 0x02,

    /// <summary>Directories only.</summary>
    NoEntryCache = 0x04,
    NoDataCache = 0x08,
    Snapshot = 0x10,
    Undeletable = 0x20,
    AppendOnly = 0x40,
    Immutable = 0x80,
}

/// <summary>Permission bits of ACCESS and of access checks.</summary>
[Flags]
public enum AccessMask : byte
{
    None = 0,
    Execute = 1,
    Write = 2,
    Read = 4,
}
