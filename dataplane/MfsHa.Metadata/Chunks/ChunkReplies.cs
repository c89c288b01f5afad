using MemoryPack;
using MfsHa.Metadata.Operations;
using MfsHa.Metadata.State;

namespace MfsHa.Metadata.Chunks;

/// <summary>Answer to <see cref="BeginWrite"/> and <see cref="BeginTruncate"/>: the chunk is locked, this is what chunkservers must do now.</summary>
/// <param name="Work">The order.</param>
/// <param name="Index">Index in the file.</param>
/// <param name="Chunk">Chunk in the slot now.</param>
/// <param name="Version">Its version, which its copies must have when the order is done.</param>
/// <param name="StorageClass">Class of the chunk.</param>
/// <param name="FileLength">Length of the file now, bytes.</param>
/// <param name="OtherSessions">Other sessions that have the file open; they must hear that the chunk has changed.</param>
[MemoryPackable]
public sealed partial record ChunkWorkReply(
    ChunkWork Work, uint Index, ulong Chunk, uint Version, byte StorageClass, ulong FileLength, uint[] OtherSessions) : Reply;

/// <summary>Answer to <see cref="EndWrite"/>.</summary>
/// <param name="Version">Version of the chunk.</param>
/// <param name="FileLength">Length of the file now, bytes; 0 if the write did not name one.</param>
/// <param name="LengthChanged">True when the file became longer.</param>
/// <param name="OtherSessions">Other sessions that have the file open.</param>
[MemoryPackable]
public sealed partial record WriteEndedReply(uint Version, ulong FileLength, bool LengthChanged, uint[] OtherSessions) : Reply;

/// <summary>A slot of a file and its chunk.</summary>
/// <param name="FileLength">Length of the file, bytes.</param>
/// <param name="StorageClass">Storage class of the file.</param>
/// <param name="Chunk">The chunk; null for a hole.</param>
[MemoryPackable]
public sealed partial record ChunkReply(ulong FileLength, byte StorageClass, ChunkView? Chunk) : Reply;

/// <summary>A chunk by its id.</summary>
/// <param name="Id">Chunk id.</param>
/// <param name="Record">What its shard knows of it.</param>
[MemoryPackable]
public sealed partial record ChunkView(ulong Id, Chunk Record);

/// <summary>A page of chunks, ascending by id.</summary>
/// <param name="Chunks">The chunks.</param>
/// <param name="Next">Id at which the next page begins; 0 at the end.</param>
[MemoryPackable]
public sealed partial record ChunksReply(ChunkView[] Chunks, ulong Next) : Reply;

/// <summary>A file's length.</summary>
/// <param name="Length">Bytes.</param>
/// <param name="Sessions">All sessions that have the file open; they must hear of it if it changed, the caller too.</param>
[MemoryPackable]
public sealed partial record FileLengthReply(ulong Length, uint[] Sessions) : Reply;
