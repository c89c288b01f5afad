using MemoryPack;
using MfsHa.Metadata.Operations;
using MfsHa.Metadata.State;
using MfsHa.Protocol;

namespace MfsHa.Metadata.Trash;

/// <summary>A page of trash or sustained files, ascending by inode.</summary>
/// <param name="Files">The files.</param>
/// <param name="LastInode">Give this as the next page's <see cref="ListDetached.AfterInode"/>; 0 at the end.</param>
[MemoryPackable]
public sealed partial record DetachedReply(ListedDetached[] Files, uint LastInode) : Reply;

/// <summary>A trash or sustained file.</summary>
/// <param name="Inode">The file.</param>
/// <param name="Path">Where it was, without leading slash.</param>
/// <param name="Attributes">Its attributes as its owner sees them.</param>
/// <param name="TrashHours">Its retention, hours.</param>
/// <param name="Sessions">Sessions that have it open.</param>
[MemoryPackable]
public sealed partial record ListedDetached(uint Inode, byte[] Path, AttributeRecord Attributes, ushort TrashHours, uint[] Sessions);

/// <summary>Path of a trash file, without leading slash.</summary>
[MemoryPackable]
public sealed partial record TrashPathReply(byte[] Path) : Reply;

/// <summary>Names under which the meta file system shows trash and sustained files (mfsmaster/filesystem.c: fsnodes_getdetached).</summary>
public static class DetachedNames
{
    private const int MaxLength = 240;
    private const int KeptLength = 235;

    /// <summary>The path with '|' for '/', cut to "(...)" and its last 235 bytes if it has more than 240.</summary>
    public static byte[] Of(ReadOnlySpan<byte> path)
    {
        byte[] name = path.Length <= MaxLength ? path.ToArray() : [.. "(...)"u8, .. path[^KeptLength..]];
        name.AsSpan().Replace((byte)'/', (byte)'|');
        return name;
    }
}
