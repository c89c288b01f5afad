using MfsHa.Protocol;

namespace MfsHa.Cluster.Chunks;

/// <summary>Chunkservers that are connected to this node. Implemented by the gateway's chunkserver side.</summary>
public interface IChunkServerLinks
{
    /// <summary>
    /// Sends a command and returns the chunkserver's status. <see cref="StatusCode.Disconnected"/> when it is not connected here or its link broke
    /// before the answer (then the command may have been executed).
    /// </summary>
    ValueTask<StatusCode> ExecuteAsync(ChunkCommand command, CancellationToken cancellation);
}

/// <summary>A command to one chunkserver (chunkserver-protocol 3.2).</summary>
[MemoryPack.MemoryPackable]
public sealed partial record ChunkCommand
{
    /// <summary>Which command.</summary>
    public required ChunkCommandKind Kind { get; init; }

    /// <summary>Chunkserver id.</summary>
    public required ushort Server { get; init; }

    /// <summary>Chunk that is created, changed or deleted.</summary>
    public required ulong Chunk { get; init; }

    /// <summary>Its version afterwards (delete: the version to delete, 0 = any).</summary>
    public required uint Version { get; init; }

    /// <summary>Duplicate: chunk to copy from.</summary>
    public ulong OldChunk { get; init; }

    /// <summary>Version that the copy must have before, 0 = any.</summary>
    public uint OldVersion { get; init; }

    /// <summary>Truncate: length in the chunk, bytes 0..64 MiB.</summary>
    public uint Length { get; init; }

    /// <summary>Replicate: source address.</summary>
    public uint SourceAddress { get; init; }

    /// <summary>Replicate: source port.</summary>
    public ushort SourcePort { get; init; }

    /// <summary>The connection of the chunkserver that is meant; 0 = any. The chunkserver must not execute it on another one.</summary>
    public ulong Epoch { get; init; }

    /// <summary>Group of the shard that orders it.</summary>
    public ushort Group { get; init; }

    /// <summary>Term in which its leader decided; see <see cref="OrderFence"/>.</summary>
    public long Term { get; init; }

    /// <summary>The copy that must be there for the command to be executed, with its version; null if none must, or any version may.</summary>
    [MemoryPack.MemoryPackIgnore]
    public (ulong Chunk, uint Version)? Believed => Kind switch
    {
        ChunkCommandKind.Delete when Version != 0 => (Chunk, Version),
        ChunkCommandKind.SetVersion or ChunkCommandKind.Truncate when OldVersion != 0 => (Chunk, OldVersion),
        ChunkCommandKind.Duplicate or ChunkCommandKind.DuplicateTruncate when OldVersion != 0 => (OldChunk, OldVersion),
        _ => null,
    };
}

/// <summary>Commands to chunkservers, by their packet numbers.</summary>
public enum ChunkCommandKind : byte
{
    /// <summary>CREATE.</summary>
    Create = 110,

    /// <summary>DELETE.</summary>
    Delete = 120,

    /// <summary>DUPLICATE.</summary>
    Duplicate = 130,

    /// <summary>SET_VERSION.</summary>
    SetVersion = 140,

    /// <summary>REPLICATE.</summary>
    Replicate = 150,

    /// <summary>TRUNCATE.</summary>
    Truncate = 160,

    /// <summary>DUPTRUNC.</summary>
    DuplicateTruncate = 170,
}
