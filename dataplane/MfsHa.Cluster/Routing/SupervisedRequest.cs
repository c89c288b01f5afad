using MemoryPack;
using MfsHa.Metadata.Operations;
using MfsHa.Protocol;

namespace MfsHa.Cluster.Routing;

/// <summary>A request that the leader's chunk supervisor serves in several steps. Tags are the wire format between nodes.</summary>
[MemoryPackable]
[MemoryPackUnion(1, typeof(ReadChunkRequest))]
[MemoryPackUnion(2, typeof(WriteChunkRequest))]
[MemoryPackUnion(3, typeof(EndWriteRequest))]
[MemoryPackUnion(4, typeof(TruncateRequest))]
[MemoryPackUnion(5, typeof(WaitForLockRequest))]
[MemoryPackUnion(6, typeof(CheckChunkRequest))]
public abstract partial record SupervisedRequest
{
    /// <summary>Decides the shard.</summary>
    public required uint Inode { get; init; }

    /// <summary>On whose behalf.</summary>
    public required Caller Caller { get; init; }

    /// <summary>Which client request this is.</summary>
    public RequestStamp? Stamp { get; init; }

    /// <summary>The client's IPv4 address, for the order of copies; 0 if unknown.</summary>
    public uint PeerAddress { get; init; }
}

/// <summary>READ_CHUNK (client-protocol 4.2).</summary>
[MemoryPackable]
public sealed partial record ReadChunkRequest(uint Index, byte Flags) : SupervisedRequest;

/// <summary>WRITE_CHUNK (client-protocol 4.3).</summary>
[MemoryPackable]
public sealed partial record WriteChunkRequest(uint Index, byte Flags) : SupervisedRequest;

/// <summary>WRITE_CHUNK_END (client-protocol 4.5).</summary>
[MemoryPackable]
public sealed partial record EndWriteRequest(ulong Chunk, uint Index, ulong Length, byte Flags, uint Offset, uint Size) : SupervisedRequest;

/// <summary>TRUNCATE, all four kinds (client-protocol 4.5).</summary>
[MemoryPackable]
public sealed partial record TruncateRequest(byte Flags, ulong Length) : SupervisedRequest;

/// <summary>Returns when a lock of the inode was released at the leader, or after <see cref="MaxMilliseconds"/>.</summary>
/// <param name="MaxMilliseconds">1..10000.</param>
[MemoryPackable]
public sealed partial record WaitForLockRequest(int MaxMilliseconds) : SupervisedRequest;

/// <summary>CHECK by index (client-protocol 3.5): a chunk and all its known copies.</summary>
[MemoryPackable]
public sealed partial record CheckChunkRequest(uint Index) : SupervisedRequest;

/// <summary>Answers to <see cref="SupervisedRequest"/>.</summary>
[MemoryPackable]
[MemoryPackUnion(1, typeof(SupervisedStatus))]
[MemoryPackUnion(2, typeof(ChunkAccess))]
[MemoryPackUnion(3, typeof(TruncateDone))]
public abstract partial record SupervisedReply
{
    /// <summary>Outcome.</summary>
    [MemoryPackIgnore]
    public abstract StatusCode Status { get; }
}

/// <summary>Only a status.</summary>
[MemoryPackable]
public sealed partial record SupervisedStatus(StatusCode Code) : SupervisedReply
{
    /// <inheritdoc/>
    public override StatusCode Status => Code;
}

/// <summary>A chunk and where its copies are. Chunk 0 = hole.</summary>
/// <param name="FileLength">Length of the file, bytes.</param>
/// <param name="Chunk">Chunk id, 0 = hole.</param>
/// <param name="Version">Its version.</param>
/// <param name="Copies">Where good copies are, nearest first.</param>
[MemoryPackable]
public sealed partial record ChunkAccess(ulong FileLength, ulong Chunk, uint Version, ChunkCopy[] Copies) : SupervisedReply
{
    /// <inheritdoc/>
    public override StatusCode Status => StatusCode.Ok;
}

/// <summary>One copy as a client hears of it.</summary>
[MemoryPackable]
public readonly partial record struct ChunkCopy(uint Address, ushort Port, uint ServerVersion, uint Labels, byte State);

/// <summary>A truncate that was done.</summary>
[MemoryPackable]
public sealed partial record TruncateDone(ulong PreviousLength, AttributeRecord Attributes) : SupervisedReply
{
    /// <inheritdoc/>
    public override StatusCode Status => StatusCode.Ok;
}
