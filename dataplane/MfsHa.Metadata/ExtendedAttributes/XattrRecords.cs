using MemoryPack;
using MfsHa.Metadata.Operations;

namespace MfsHa.Metadata.ExtendedAttributes;

/// <summary>An extended attribute.</summary>
/// <param name="Order">Grows with every attribute that the object gets; lists show the newest first.</param>
/// <param name="Value">Its value.</param>
[MemoryPackable]
public sealed partial record Xattr(uint Order, byte[] Value)
{
    /// <summary>Longest value, bytes (MFS_XATTR_SIZE_MAX).</summary>
    public const int MaxValueLength = 65_536;

    /// <summary>Longest list of names with their NULs, bytes (MFS_XATTR_LIST_MAX).</summary>
    public const int MaxListLength = 65_536;
}

/// <summary>What an object has of extended attributes.</summary>
/// <param name="Count">How many, at least 1.</param>
/// <param name="ListLength">Their names with NULs, bytes.</param>
/// <param name="NextOrder">Order of the next one.</param>
[MemoryPackable]
public sealed partial record XattrSummary(uint Count, uint ListLength, uint NextOrder)
{
    /// <summary>Nothing yet.</summary>
    public static readonly XattrSummary None = new(0, 0, 0);
}

/// <summary>Answer to GETXATTR: a value, or the list of names, each with NUL.</summary>
/// <param name="Length">Bytes.</param>
/// <param name="Value">The bytes; null when only the length was asked for.</param>
[MemoryPackable]
public sealed partial record XattrReply(uint Length, byte[]? Value) : Reply;
