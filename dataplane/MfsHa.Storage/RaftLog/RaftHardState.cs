namespace MfsHa.Storage.RaftLog;

/// <summary>What a replica must never forget (Raft, figure 2).</summary>
/// <param name="Term">The highest term seen.</param>
/// <param name="Vote">The member that got this replica's vote in that term, as the consensus layer encodes it; empty for none. At most 255 bytes.</param>
public readonly record struct RaftHardState(long Term, ReadOnlyMemory<byte> Vote);
