namespace MfsHa.Storage.RaftLog;

/// <summary>One entry of a group's log. Immutable: the payload is never changed after construction.</summary>
/// <param name="Index">Position, from 1.</param>
/// <param name="Term">Raft term in which a leader made it.</param>
/// <param name="Kind">What the payload is.</param>
/// <param name="Payload">The content.</param>
public sealed record RaftLogEntry(long Index, long Term, RaftEntryKind Kind, ReadOnlyMemory<byte> Payload);
